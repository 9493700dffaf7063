"""Deleting a lead for good, with all its history.

1. At once, in one transaction (`begin`): what was on its way stops, the placement goes and with it the lead from every
   list, board, search and count, its contact points go, so that nobody is taken for them, its links and what it holds
   in the workspace's own fields, and its texts are emptied.
2. Then, as durable work in steps (`deliver`): the participants remove their rows in batches, the highest floor first;
   at last the lead itself goes, and by its cascade what is left.

A lead without a placement is one that is being deleted. Nothing brings it back.
"""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import transaction

from crm import work
from crm.feed.models import ParkedRow
from crm.work.models import Item
from directory import erasure, listening
from directory.erasure import Step
from directory.models import ContactPoint, CustomValue, Event, Lead, Placement, SocialProfile
from directory.models.lead import NOBODY
from directory.permissions import DirectoryPermission
from workspaces import permissions
from workspaces.actions import audit
from workspaces.models import Membership, Verb

BATCH = 2_000  # events deleted at once
STEP = 45.0  # seconds of removing in one step
PATIENCE = timedelta(seconds=20)  # until something that is under way has ended
KIND_NAME = "directory.erasure"


@transaction.atomic
def begin(lead: Lead, *, by: Membership) -> None:
    """Raises PermissionDenied, and Placement.DoesNotExist where the person may not see the lead (any more)."""
    permissions.check(by, DirectoryPermission.ERASE_LEADS)
    Placement.objects.visible_to(by).get(pk=lead.pk)
    for participant in erasure.participants():
        participant.stop(lead)
    # Locked after what the participants locked, as by whoever takes a message in or ends an attempt.
    placement = Placement.objects.visible_to(by).select_for_update(of=("self",)).get(pk=lead.pk)
    audit.record(by.workspace_id, verb=Verb.LEAD_ERASED, by=by, target=f"#{lead.pk}")
    listening.tell(placement)
    ContactPoint.objects.filter(lead=lead).delete()
    placement.delete()
    CustomValue.objects.filter(lead=lead).delete()
    SocialProfile.objects.filter(lead=lead).delete()
    Lead.objects.filter(pk=lead.pk).update(**NOBODY)
    _enqueue(lead.workspace_id, lead.pk, step=0)


def deliver(item: Item) -> work.Receipt:
    """One step."""
    lead = Lead.objects.filter(pk=item.payload["lead"], placement__isnull=True).first()
    if lead is None:
        return work.Receipt()
    outcome = exhaust(lead, [one.erase for one in erasure.participants()])
    if outcome is Step.DONE:
        _finish(lead)
    else:
        delay = PATIENCE if outcome is Step.WAIT else None
        _enqueue(lead.workspace_id, lead.pk, step=item.payload["step"] + 1, delay=delay)
    return work.Receipt()


def erase_events(lead: Lead) -> Step:
    """The participant of this floor. What events have caused elsewhere stays, and names no cause any more."""
    rows = list(Event.objects.filter(lead=lead).order_by("id").values_list("pk", flat=True)[:BATCH])
    if not rows:
        Event.objects.naming(lead).delete()
        return Step.DONE
    with transaction.atomic():
        Event.objects.filter(cause_id__in=rows).update(cause=None)
        Event.objects.filter(pk__in=rows).delete()
    return Step.MORE


def exhaust(lead: Lead, acts: Iterable[Callable[[Lead], Step]]) -> Step:
    """One step of work: each act until it is done, as long as STEP lasts."""
    ends = time.monotonic() + STEP
    for act in acts:
        while (outcome := act(lead)) is Step.MORE:
            if time.monotonic() > ends:
                return Step.MORE
        if outcome is not Step.DONE:
            return outcome
    return Step.DONE


@transaction.atomic
def _finish(lead: Lead) -> None:
    ParkedRow.objects.filter(subject_key=f"lead:{lead.pk}", workspace_id=lead.workspace_id).delete()
    lead.delete()


def _enqueue(workspace: int, lead: int, *, step: int, delay: timedelta | None = None) -> None:
    work.enqueue(
        kind=KIND_NAME,
        lane=f"workspace:{workspace}",
        key=f"lead:{lead}",
        payload={"lead": lead, "step": step},
        correlation=f"{lead}-{step}",
        workspace=workspace,
        delay=delay,
    )


KIND = work.Kind(
    KIND_NAME,
    deliver=deliver,
    idempotent=True,
    queue="bulk",
    batch=1,
    parallel=2,
    lease=timedelta(minutes=5),
    max_attempts=10,
    backoff=timedelta(seconds=10),
)

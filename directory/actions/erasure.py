"""Deleting leads for good, with all their history; one, or some hundreds by the same statements.

1. At once, in one transaction (`begin`): what was on its way stops, the placement goes and with it the lead from every
   list, board, search and count, its contact points go, so that nobody is taken for them, its links and what it holds
   in the workspace's own fields, and its texts are emptied.
2. Then, as durable work in steps (`deliver`): the participants remove their rows in batches, the highest floor first;
   at last the leads themselves go, and by their cascade what is left.

A lead without a placement is one that is being deleted. Nothing brings it back.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from crm import work
from crm.feed.models import ParkedRow
from crm.tenancy import current_workspace
from crm.work.models import Item
from directory import cascade, erasure
from directory.actions.events import tell_of
from directory.erasure import Leads, Step
from directory.models import ContactPoint, CustomValue, Event, Lead, Placement, SocialProfile
from directory.models.lead import NOBODY
from directory.permissions import DirectoryPermission
from workspaces import permissions
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb

AT_ONCE = 300  # leads; a row of work names them all
BATCH = 2_000  # events deleted at once
STEP = 45.0  # seconds of removing in one step
PATIENCE = timedelta(seconds=20)  # until something that is under way has ended
KIND_NAME = "directory.erasure"


class Gone(Placement.DoesNotExist):
    """Some of the leads are not there, or the person sees them no more: which."""

    def __init__(self, leads: set[int]) -> None:
        super().__init__(f"Not there, or not seen: {sorted(leads)}")
        self.leads = leads


class Merging(Refused):
    """A merge of some is under way: of which."""

    def __init__(self, leads: set[int]) -> None:
        super().__init__(_("A merge of this lead is still under way. Try again in a minute."))
        self.leads = leads


@transaction.atomic
def begin(leads: Iterable[int], *, by: Membership) -> None:
    """All of them, AT_ONCE at most, or none. Raises PermissionDenied, Gone, and Merging."""
    permissions.check(by, DirectoryPermission.ERASE_LEADS)
    ids = sorted(set(leads))
    if not 0 < len(ids) <= AT_ONCE:
        raise ValueError(f"{len(ids)} leads are not deleted at once.")
    seen = Placement.objects.visible_to(by).filter(pk__any=ids)
    check_there(ids, seen.values_list("pk", flat=True))
    for participant in erasure.participants():
        participant.stop(Leads(by.workspace_id, ids))
    # Locked after what the participants locked, as by whoever takes a message in or ends an attempt.
    placements = list(seen.order_by("pk").select_for_update(of=("self",)))
    check_there(ids, [placement.pk for placement in placements])
    audit.record_many(by.workspace_id, verb=Verb.LEAD_ERASED, by=by, targets=[f"#{pk}" for pk in ids])
    tell_of([(placement, None) for placement in placements])
    ContactPoint.objects.filter(lead_id__any=ids).delete()
    Placement.objects.filter(pk__any=ids).delete()
    CustomValue.objects.filter(lead_id__any=ids).delete()
    SocialProfile.objects.filter(lead_id__any=ids).delete()
    Lead.objects.filter(pk__any=ids).update(**NOBODY)
    _enqueue(by.workspace_id, ids, step=0)


def deliver(item: Item) -> work.Receipt:
    """One step."""
    asked = item.payload["leads"]
    there = Lead.objects.filter(pk__any=asked, placement__isnull=True).values_list("pk", flat=True)
    leads = Leads(current_workspace(), list(there))
    if not leads.ids:
        return work.Receipt()
    outcome = exhaust(leads, [one.erase for one in erasure.participants()])
    if outcome is Step.DONE:
        _finish(leads)
    else:
        delay = PATIENCE if outcome is Step.WAIT else None
        _enqueue(leads.workspace_id, asked, step=item.payload["step"] + 1, delay=delay)
    return work.Receipt()


def erase_events(leads: Leads) -> Step:
    """The participant of this floor. What events have caused elsewhere stays, and names no cause any more."""
    rows = leads.rows("directory_event", order="id DESC", most=BATCH)
    if not rows:
        Event.objects.naming(leads.ids).delete()
        return Step.DONE
    with transaction.atomic():
        Event.objects.filter(cause_id__any=rows).update(cause=None)
        Event.objects.filter(pk__any=rows).delete_alone()
    return Step.MORE


def exhaust(leads: Leads, acts: Iterable[Callable[[Leads], Step]]) -> Step:
    """One step of work: each act until it is done, as long as STEP lasts; one that has to wait holds up no other."""
    ends, whole = time.monotonic() + STEP, Step.DONE
    for act in acts:
        while (outcome := act(leads)) is Step.MORE:
            if time.monotonic() > ends:
                return Step.MORE
        if outcome is Step.WAIT:
            whole = Step.WAIT
    return whole


def check_there(asked: Collection[int], seen: Collection[int]) -> None:
    """Raises Gone where some of what was asked for is not seen, and Merging."""
    if gone := set(asked).difference(seen):
        raise Gone(gone)
    held = Lead.objects.filter(pk__any=list(asked), merging_since__isnull=False)
    if merging := set(held.values_list("pk", flat=True)):
        raise Merging(merging)


@transaction.atomic
def _finish(leads: Leads) -> None:
    keys = [f"lead:{pk}" for pk in leads.ids]
    ParkedRow.objects.filter(subject_key__any=keys, workspace_id=leads.workspace_id).delete()
    cascade.remove(leads.ids, leads.workspace_id)


def _enqueue(workspace: int, leads: Sequence[int], *, step: int, delay: timedelta | None = None) -> None:
    """Each lead begins to go but once, so the first of them names them all."""
    work.enqueue(
        kind=KIND_NAME,
        lane=f"workspace:{workspace}",
        key=f"lead:{leads[0]}",
        payload={"leads": list(leads), "step": step},
        correlation=f"{leads[0]}-{step}",
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

"""Erasing the personal data of a lead: who it was is gone, what it counts for stays.

1. At once, in one transaction (`begin`): what was on its way stops and who wrote is known by nothing any more, as when
   a lead is deleted; its name becomes "Erased person #7", its contact points and texts go, nobody has to answer it.
2. Then, as durable work in steps (`deliver`): the participants take out of their rows what is of the person.

Placement, history of stages, value, outcome, tags, and how many messages there were and when, stay. Nothing brings the
person back; who writes again is a new lead.
"""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm import prepared, work
from crm.work.models import Item
from directory import erasure
from directory.actions import events
from directory.actions.erasure import PATIENCE, check_there, exhaust
from directory.erasure import Leads, Step
from directory.models import ContactPoint, CustomValue, Event, Lead, Notification, Placement, SocialProfile
from directory.models.lead import NOBODY
from directory.permissions import DirectoryPermission
from directory.verbs import Verb
from workspaces import permissions
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.models import Verb as AuditVerb

BATCH = 2_000  # events written anew at once
KIND_NAME = "directory.personal"

# What nobody has said names no person goes. `name` is a tag's, beside the tag.
_PERSONAL = "CASE WHEN facts ? 'tag' THEN facts - 'name' ELSE facts END - %(kept)s::text[]"
_STRIP = f"""
    UPDATE directory_event SET
        changes = changes - ARRAY(SELECT jsonb_object_keys(changes - %(kept)s::text[])),
        facts = facts - ARRAY(SELECT jsonb_object_keys({_PERSONAL}))
    WHERE workspace_id = %(workspace)s AND id = ANY(ARRAY(
        SELECT id FROM directory_event WHERE workspace_id = %(workspace)s AND lead_id = ANY(%(leads)s)
        AND (changes - %(kept)s::text[] <> '{{}}' OR {_PERSONAL} <> '{{}}') LIMIT %(batch)s))
"""  # noqa: S608 (put together from constants)


@transaction.atomic
def begin(lead: Lead, *, by: Membership) -> None:
    """Raises PermissionDenied, Placement.DoesNotExist where the person may not see the lead (any more), and Refused
    where it has been done before."""
    permissions.check(by, DirectoryPermission.ERASE_PERSONAL)
    seen = Placement.objects.visible_to(by).filter(pk=lead.pk)
    check_there([lead.pk], seen.values_list("pk", flat=True))
    those = Leads(by.workspace_id, [lead.pk])
    for participant in erasure.participants():
        participant.stop(those)
    # Locked after what the participants locked, as by whoever takes a message in or ends an attempt.
    placement = seen.select_for_update(of=("self",)).get()
    check_there([lead.pk], [placement.pk])
    with override(by.workspace.language):
        name = _("Erased person #%(number)s") % {"number": lead.pk}
    erased = {**NOBODY, "name": name, "is_named_by_us": True, "erased_at": Now()}
    if not Lead.objects.filter(pk=lead.pk, erased_at=None).update(**erased):
        raise Refused(_("The personal data of this lead are erased already."))
    for participant in erasure.participants():
        participant.seal(those)
    ContactPoint.objects.filter(lead=lead).delete()
    CustomValue.objects.filter(lead=lead).delete()
    SocialProfile.objects.filter(lead=lead).delete()
    Notification.objects.filter(lead=lead).delete()
    placement.waiting_since = placement.window_ends_at = None
    prepared.update(placement, ["waiting_since", "window_ends_at"])
    audit.record(by.workspace_id, verb=AuditVerb.PERSONAL_ERASED, by=by, target=f"#{lead.pk}")
    events.record(placement, by=by, verb=Verb.PERSONAL_ERASED)
    _enqueue(lead.workspace_id, lead.pk, step=0)


def deliver(item: Item) -> work.Receipt:
    """One step."""
    lead = Lead.objects.filter(pk=item.payload["lead"], erased_at__isnull=False).first()
    if lead is None:
        return work.Receipt()  # deleted meanwhile
    outcome = exhaust(Leads(lead.workspace_id, [lead.pk]), [one.strip for one in erasure.participants()])
    if outcome is not Step.DONE:
        delay = PATIENCE if outcome is Step.WAIT else None
        _enqueue(lead.workspace_id, lead.pk, step=item.payload["step"] + 1, delay=delay)
    return work.Receipt()


def strip_events(leads: Leads) -> Step:
    """The participant of this floor."""
    given: dict[str, Any] = {
        "workspace": leads.workspace_id,
        "leads": list(leads.ids),
        "kept": erasure.kept_in_events(),
        "batch": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STRIP, given)
        if cursor.rowcount:
            return Step.MORE
    Event.objects.naming(leads.ids).delete()
    return Step.DONE


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

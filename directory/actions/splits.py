"""Taking a merge back: two leads again, each with what is its own.

The rows go the way they came (`directory.merging.moving`). What came later follows its identity, or stays; a field goes
back unless somebody changed it since. Locks as for the merge.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import live
from directory import merging
from directory.actions import duplicates, events, merges
from directory.merging import fields, moving
from directory.models import CloseReason, DuplicatePair, Lead, Merge, Placement
from directory.permissions import DirectoryPermission
from directory.verbs import Verb
from workspaces import permissions
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.models import Verb as AuditVerb


@transaction.atomic
def split(merge: Merge, *, by: Membership) -> Merge:
    """Takes a merge back: two leads again. What was set since and differs from what the merge made of it stays.

    Raises PermissionDenied; Placement.DoesNotExist where the person does not see the remaining lead; Refused.
    """
    permissions.check(by, DirectoryPermission.MERGE_LEADS)
    kept = Lead.objects.get(pk=merge.kept_id)
    gone = Lead.objects.get(pk=merge.gone_id)
    if kept.merged_into_id is not None:
        raise Refused(_("It was merged into another lead since: undo that first."))
    Placement.objects.visible_to(by).get(pk=kept.pk)
    for participant in merging.participants():
        participant.hold([kept, gone])
    [kept] = merges.locked([kept.pk], by)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    _check_undo(merge, kept)
    merge.stayed = moving.stayed(merge)
    placement = _come_back(merge)
    merge.state, merge.undone_by, merge.undone_at, merge.step = (
        Merge.State.SPLITTING,
        by,
        timezone.now(),
        0,
    )
    merge.stayed["fields"] = _undo_fields(merge, kept)
    more = moving.put_back(merge)
    moving.restore(merge)
    for participant in merging.participants():
        participant.split(merge)
    merges.settle([kept.placement, placement])
    _reopen_pair(merge)
    live.signal(f"workspace:{by.workspace_id}", duplicates.TOPIC)
    merges.go_on(merge, more)
    facts = {"merge": merge.pk, "other": merge.gone_id, "stayed": merge.stayed}
    events.record(
        kept.placement, by=by, verb=Verb.SPLIT, changes={"merged": [merge.gone_id, None]}, facts=facts
    )
    facts = {"merge": merge.pk, "other": merge.kept_id}
    events.record(placement, by=by, verb=Verb.SPLIT, changes={"merged": [merge.kept_id, None]}, facts=facts)
    merges.tell(kept.placement, placement)
    audit.record(by.workspace_id, verb=AuditVerb.LEAD_SPLIT, by=by, target=f"#{kept.pk} → #{gone.pk}")
    return merge


def _check_undo(merge: Merge, kept: Lead) -> None:
    if merge.state in (Merge.State.SPLITTING, Merge.State.UNDONE):
        raise Refused(_("This merge was undone already."))
    if merge.state == Merge.State.MOVING or kept.merging_since is not None:
        raise Refused(_("A merge of one of them is still under way. Try again in a minute."))
    if merge.state == Merge.State.DONE and not merge.before and timezone.now() < merge.undo_until:
        raise Refused(_("The personal data of this lead are erased already."))
    if not merge.can_be_undone:
        raise Refused(_("A merge can be undone for 30 days."))


def _come_back(merge: Merge) -> Placement:
    """The merged lead stands where it did; in the Inbox where that stage is gone, and nobody's where they left."""
    saved = dict(merge.before["gone"])
    at = Placement(**{name: fields.read(name, value) for name, value in saved.items()})
    stage: Any = Placement._meta.get_field("stage").related_model
    if at.stage_id is not None and not stage._default_manager.filter(pk=at.stage_id).exists():
        at.stage_id = None
    active = Membership.objects.active().filter(workspace_id=merge.workspace_id)
    if at.assignee_id is not None and not active.filter(pk=at.assignee_id).exists():
        at.assignee_id = None
    if at.close_reason_id is not None and not CloseReason.objects.filter(pk=at.close_reason_id).exists():
        at.close_reason_id = None
    at.save(force_insert=True)
    Lead.objects.filter(pk=merge.gone_id).update(merged_into=None)
    return at


def _undo_fields(merge: Merge, kept: Lead) -> list[str]:
    """What the merge wrote goes back; names of what somebody changed since, which stays. Columns that belong together
    go back together. What messages say of where a lead stands is counted anew."""
    left = []
    lead: dict[str, Any] = {}
    for name, (old, new) in merge.before["kept"].items():
        if getattr(kept, name) == new:
            lead[name] = old
        elif name in fields.TEXTS:
            left.append(name)
    placed: dict[str, Any] = {}
    for key, columns in {
        **fields.PLACED,
        "is_archived": ("is_archived",),
        "is_starred": ("is_starred",),
    }.items():
        wrote = {name: pair for name, pair in merge.before["placed"].items() if name in columns}
        if all(fields.stored(getattr(kept.placement, name)) == new for name, (_old, new) in wrote.items()):
            placed |= {name: fields.read(name, old) for name, (old, _new) in wrote.items()}
        elif key in fields.PLACED:
            left.append(key)
    merges.write(kept, fields.United(lead, _still_there(placed, merge)))
    for source in fields.sources:
        left += source.undo(merge)
    return left


def _still_there(placed: dict[str, Any], merge: Merge) -> dict[str, Any]:
    """Without a stage, a person or a reason that is gone."""
    stage: Any = Placement._meta.get_field("stage").related_model
    found = dict(placed)
    if found.get("stage_id") is not None and not stage._default_manager.filter(pk=found["stage_id"]).exists():
        found = {name: value for name, value in found.items() if name not in fields.PLACED["stage"]}
    person = found.get("assignee_id")
    active = Membership.objects.active().filter(workspace_id=merge.workspace_id)
    if person is not None and not active.filter(pk=person).exists():
        del found["assignee_id"]
    reason = found.get("close_reason_id")
    if reason is not None and not CloseReason.objects.filter(pk=reason).exists():
        found["close_reason_id"] = None
    return found


def _reopen_pair(merge: Merge) -> None:
    """They may be one person still: somebody says so again, or says that they are not."""
    first, second = sorted((merge.kept_id, merge.gone_id))
    DuplicatePair.objects.filter(first_id=first, second_id=second).update(
        state=DuplicatePair.State.OPEN, decided_by=None, decided_at=None
    )

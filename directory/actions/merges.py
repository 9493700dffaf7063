"""Two leads that are one person become one; and are two again.

1. One transaction decides. Under intake's locks on all names of both, and with both placements locked, the merged
   lead's placement goes, and with it the lead from every list, board, search and count; its identities, and the newest
   rows of every table, are the remaining lead's from then on.
2. What is left moves as durable work in batches (`deliver`); `Lead.merging_since` says so meanwhile.
3. The undo goes the same way back. What came later follows its identity, or stays.

Order of locks, as everywhere: rows of work, names, placements by their id.
"""

import copy
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import live, work
from crm.work.models import Item
from directory import listening, merging
from directory.actions import duplicates, events
from directory.merging import fields, moving
from directory.models import CloseReason, DuplicatePair, Lead, Merge, Placement, SetAside
from directory.permissions import DirectoryPermission
from directory.verbs import Verb
from workspaces import permissions
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.models import Verb as AuditVerb

KIND_NAME = "directory.merge"


@transaction.atomic
def merge(kept: Lead, gone: Lead, *, by: Membership, choices: Mapping[str, str] | None = None) -> Merge:
    """`gone` becomes part of `kept`. `choices`: {field: "kept", "gone" or "both"}, see directory.merging.fields.

    Raises PermissionDenied; Placement.DoesNotExist where the person does not see both; Refused where it cannot be.
    """
    permissions.check(by, DirectoryPermission.MERGE_LEADS)
    if kept.pk == gone.pk:
        raise Refused(_("A lead cannot be merged with itself."))
    _check_there([kept, gone], by)
    for participant in merging.participants():
        participant.hold([kept, gone])
    kept, gone = _locked([kept.pk, gone.pk], by)
    _check_still([kept, gone])
    chosen = fields.decided(choices or {}, kept, gone)
    united = fields.united(kept, gone, chosen)
    made = Merge.objects.create(kept=kept, gone=gone, by=by, before=_before(kept, gone, united))
    before = _leave(gone, made)
    _write(kept, united)
    for source in fields.sources:
        source.apply(made, choices or {})
    for participant in merging.participants():
        participant.prepare(made)
    made.save(update_fields=["before"])
    more = moving.move(made)
    for participant in merging.participants():
        participant.merged(made)
    _decide_pairs(made, by)
    live.signal(f"workspace:{by.workspace_id}", duplicates.TOPIC)
    _go_on(made, more)
    _record_merge(made, kept, before, united, by)
    return made


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
    [kept] = _locked([kept.pk], by)
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
    _settle([kept.placement, placement])
    _reopen_pair(merge)
    live.signal(f"workspace:{by.workspace_id}", duplicates.TOPIC)
    _go_on(merge, more)
    facts = {"merge": merge.pk, "other": merge.gone_id, "stayed": merge.stayed}
    events.record(
        kept.placement, by=by, verb=Verb.SPLIT, changes={"merged": [merge.gone_id, None]}, facts=facts
    )
    facts = {"merge": merge.pk, "other": merge.kept_id}
    events.record(placement, by=by, verb=Verb.SPLIT, changes={"merged": [merge.kept_id, None]}, facts=facts)
    _tell(kept.placement, placement)
    audit.record(by.workspace_id, verb=AuditVerb.LEAD_SPLIT, by=by, target=f"#{kept.pk} → #{gone.pk}")
    return merge


def deliver(item: Item) -> work.Receipt:
    """A batch of the rest, either way."""
    _step(item.payload["merge"], item.payload["step"])
    return work.Receipt()


@transaction.atomic
def _step(pk: int, step: int) -> None:
    found = Merge.objects.select_related("kept", "gone").filter(pk=pk).first()
    if found is None:
        return  # deleted for good meanwhile
    ids = [found.kept_id, found.gone_id]
    placements = list(_placements().select_for_update(no_key=True, of=("self",)).filter(pk__in=ids))
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=pk)
    if not merge.is_under_way or merge.step != step:
        return  # another worker did it
    more = moving.move(merge) if merge.state == Merge.State.MOVING else moving.put_back(merge)
    _go_on(merge, more)
    if not more:
        _settle(placements)
    for placement in placements:
        _tell(placement)


def _check_there(leads: Sequence[Lead], by: Membership) -> None:
    """Says why where one of them stands nowhere; else nothing of what the person does not see."""
    ids = [lead.pk for lead in leads]
    if Placement.objects.visible_to(by).filter(pk__in=ids).count() == len(ids):
        return
    now = {lead.pk: lead for lead in Lead.objects.filter(pk__in=ids)}
    into = {lead.merged_into_id for lead in now.values() if lead.merged_into_id is not None}
    if into and Placement.objects.visible_to(by).filter(pk__in=into).exists():
        raise Refused(_("One of them was merged already, perhaps by somebody else a moment ago."))
    raise Placement.DoesNotExist


def _locked(ids: Sequence[int], by: Membership) -> list[Lead]:
    """The leads as they are now, in the order asked for, their placements locked in the order of their ids."""
    rows = Placement.objects.visible_to(by).filter(pk__in=ids).order_by("pk")
    there = {row.pk for row in rows.select_for_update(of=("self",))}
    if there != set(ids):
        _check_there(list(Lead.objects.filter(pk__in=ids)), by)
        raise Placement.DoesNotExist
    found = Lead.objects.with_card().in_bulk(ids)
    return [found[pk] for pk in ids]


def _check_still(leads: Sequence[Lead]) -> None:
    if any(lead.merging_since is not None for lead in leads):
        raise Refused(_("A merge of one of them is still under way. Try again in a minute."))


def _check_undo(merge: Merge, kept: Lead) -> None:
    if merge.state in (Merge.State.SPLITTING, Merge.State.UNDONE):
        raise Refused(_("This merge was undone already."))
    if merge.state == Merge.State.MOVING or kept.merging_since is not None:
        raise Refused(_("A merge of one of them is still under way. Try again in a minute."))
    if not merge.can_be_undone:
        raise Refused(_("A merge can be undone for 30 days."))


def _before(kept: Lead, gone: Lead, united: fields.United) -> dict[str, Any]:
    """What the undo needs: columns that change, [before, after]; and the other's placement whole."""
    at = gone.placement
    columns = [one.attname for one in Placement._meta.local_concrete_fields]
    return {
        "kept": {name: [getattr(kept, name), value] for name, value in united.lead.items()},
        "placed": {
            name: [fields.stored(getattr(kept.placement, name)), fields.stored(value)]
            for name, value in united.placement.items()
        },
        "gone": {name: fields.stored(getattr(at, name)) for name in columns},
    }


def _leave(gone: Lead, merge: Merge) -> Placement:
    """It stands nowhere from now on; a copy of where it did."""
    at = copy.copy(gone.placement)
    Placement.objects.filter(pk=gone.pk).delete()
    Lead.objects.filter(pk=gone.pk).update(merged_into_id=merge.kept_id)
    return at


def _write(kept: Lead, united: fields.United) -> None:
    for name, value in united.lead.items():
        setattr(kept, name, value)
    if united.lead:
        kept.save(update_fields=list(united.lead))
    for name, value in united.placement.items():
        setattr(kept.placement, name, value)
    if united.placement:
        Placement.objects.filter(pk=kept.pk).update(**united.placement)


def _decide_pairs(merge: Merge, by: Membership) -> None:
    """The pair is merged. Whom the merged one was said not to be, the remaining one is not, either."""
    first, second = sorted((merge.kept_id, merge.gone_id))
    DuplicatePair.objects.filter(first_id=first, second_id=second).update(
        state=DuplicatePair.State.MERGED, decided_by=by, decided_at=timezone.now()
    )
    others = DuplicatePair.objects.of_lead(merge.gone).filter(state=DuplicatePair.State.DISMISSED)
    made = []
    for pair in others.exclude(first_id=first, second_id=second):
        other = pair.second_id if pair.first_id == merge.gone_id else pair.first_id
        low, high = sorted((merge.kept_id, other))
        made.append(
            DuplicatePair(
                first_id=low,
                second_id=high,
                reasons=pair.reasons,
                score=pair.score,
                state=DuplicatePair.State.DISMISSED,
                decided_by_id=pair.decided_by_id,
                decided_at=pair.decided_at,
            )
        )
    DuplicatePair.objects.bulk_create(made, ignore_conflicts=True)


def _reopen_pair(merge: Merge) -> None:
    """They may be one person still: somebody says so again, or says that they are not."""
    first, second = sorted((merge.kept_id, merge.gone_id))
    DuplicatePair.objects.filter(first_id=first, second_id=second).update(
        state=DuplicatePair.State.OPEN, decided_by=None, decided_at=None
    )


def _record_merge(merge: Merge, kept: Lead, before: Placement, united: fields.United, by: Membership) -> None:
    changes: dict[str, list[Any]] = {"merged": [None, merge.gone_id]}
    for name, pair in {**merge.before["kept"], **merge.before["placed"]}.items():
        if name in _TOLD:
            changes[name] = [None, None] if name == "notes" else pair
    facts = {"merge": merge.pk, "other": merge.gone_id}
    events.record(kept.placement, by=by, verb=Verb.MERGED, changes=changes, facts=facts, before=before)
    _tell(kept.placement, before)
    audit.record(
        by.workspace_id, verb=AuditVerb.LEAD_MERGED, by=by, target=f"#{merge.gone_id} → #{merge.kept_id}"
    )


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
    _write(kept, fields.United(lead, _still_there(placed, merge)))
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


def _settle(placements: Sequence[Placement]) -> None:
    for placement in placements:
        for participant in merging.participants():
            participant.settle(placement)


def _go_on(merge: Merge, more: bool) -> None:
    """The rest is work; or it is done."""
    if more:
        merge.step += 1
        since = timezone.now()
        Lead.objects.filter(pk__in=[merge.kept_id, merge.gone_id], merging_since=None).update(
            merging_since=since
        )
        work.enqueue(
            kind=KIND_NAME,
            lane=f"workspace:{merge.workspace_id}",
            key=f"merge:{merge.pk}",
            payload={"merge": merge.pk, "step": merge.step},
            correlation=f"{merge.pk}-{merge.state}-{merge.step}",
            workspace=merge.workspace_id,
        )
    else:
        over = merge.state == Merge.State.SPLITTING
        merge.state = Merge.State.UNDONE if over else Merge.State.DONE
        Lead.objects.filter(pk__in=[merge.kept_id, merge.gone_id]).update(merging_since=None)
        if over:
            SetAside.objects.filter(merge=merge).delete()
            merge.before = {}
    merge.save(update_fields=["state", "step", "stayed", "undone_by", "undone_at", "before"])


def _tell(*placements: Placement) -> None:
    for placement in placements:
        listening.tell(placement)
        listening.tell(placement, kind="thread")


def _placements() -> Any:
    return Placement.objects.select_related("lead").order_by("pk")


_TOLD = {*fields.TEXTS, "stage_id", "assignee_id", "status", "value", "outcome", "close_reason_id"}

KIND = work.Kind(
    KIND_NAME,
    deliver=deliver,
    idempotent=True,
    queue="bulk",  # a thread of 100,000 messages holds up no message: the newest rows have moved already
    batch=1,
    parallel=1,
    lease=timedelta(minutes=2),
    max_attempts=20,
    backoff=timedelta(seconds=5),
)

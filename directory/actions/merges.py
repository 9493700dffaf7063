"""Two leads that are one person become one. Taking that back is `directory.actions.splits`.

1. One transaction decides. Under intake's locks on all names of both, and with both placements locked, the merged
   lead's placement goes, and with it the lead from every list, board, search and count; its identities, and the newest
   rows of every table, are the remaining lead's from then on.
2. What is left moves as durable work in batches (`deliver`), either way; `Lead.merging_since` says so meanwhile.

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
from directory.models import DuplicatePair, Lead, Merge, Placement, SetAside
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
    kept, gone = locked([kept.pk, gone.pk], by)
    _check_still([kept, gone])
    chosen = fields.decided(choices or {}, kept, gone)
    united = fields.united(kept, gone, chosen)
    made = Merge.objects.create(kept=kept, gone=gone, by=by, before=_before(kept, gone, united))
    before = _leave(gone, made)
    write(kept, united)
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
    go_on(made, more)
    _record_merge(made, kept, before, united, by)
    return made


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
    over = merge.state == Merge.State.SPLITTING
    more = moving.put_back(merge) if over else moving.move(merge)
    go_on(merge, more)
    if over and not more:
        settle(placements)
    for placement in placements:
        tell(placement)


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


def locked(ids: Sequence[int], by: Membership) -> list[Lead]:
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


def write(kept: Lead, united: fields.United) -> None:
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


def _record_merge(merge: Merge, kept: Lead, before: Placement, united: fields.United, by: Membership) -> None:
    changed = {**merge.before["kept"], **merge.before["placed"]}
    changes: dict[str, list[Any]] = {
        "merged": [None, merge.gone_id],
        **{name: pair for name, pair in changed.items() if name in _TOLD},
    }
    facts = {"merge": merge.pk, "other": merge.gone_id}
    events.record(kept.placement, by=by, verb=Verb.MERGED, changes=changes, facts=facts, before=before)
    tell(kept.placement, before)
    audit.record(
        by.workspace_id, verb=AuditVerb.LEAD_MERGED, by=by, target=f"#{merge.gone_id} → #{merge.kept_id}"
    )


def settle(placements: Sequence[Placement]) -> None:
    """What their rows say of them, counted anew, once those are apart. (United they were without counting.)"""
    for placement in placements:
        for participant in merging.participants():
            participant.settle(placement)


def go_on(merge: Merge, more: bool) -> None:
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


def tell(*placements: Placement) -> None:
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

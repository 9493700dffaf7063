"""Undo of a whole import, rows from the last to the first: so what two rows changed goes back in the right order.

1. A lead that the import made goes, unless somebody wrote, changed or starred anything since. 2. A field that the
import wrote gets what it held before, unless it holds something else by now. 3. Tags and fields that were made on its
way go, unless somebody else uses them. 4. What is left is counted, with why.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from crm import feed
from crm.jobs import Progress
from crm.jobs.models import Job
from directory import cascade, custom, listening
from directory.importing import leftovers, matching, planning, storing, telling, writing
from directory.importing.deciding import ADDED, PEOPLE, TEXTS, Changes
from directory.importing.matching import Standing
from directory.importing.planning import Plan
from directory.importing.working import allowed, import_of, save
from directory.models import (
    Event,
    Import,
    ImportRow,
    ImportState,
    Placement,
    RowOutcome,
)
from workspaces.models import Membership

BATCH = 1_000  # rows: deleting a lead looks into every table that may name it


def run(job: Job, progress: Progress) -> None:
    one = import_of(job, ImportState.UNDOING)
    plan = planning.of(one, allowed(job))
    job.done = int(job.cursor.get("done", 0))
    progress.total(one.created + one.updated)
    before = job.cursor.get("before")
    while rows := _page(one, before):
        before = rows[-1].number
        done = job.done + len(rows)
        with progress.batch(advance=len(rows), cursor={"before": before, "done": done}):
            progress.without_waiting()
            counts = _take_back(rows, plan)
            _count(one, counts)
            feed.announce(Event)
    with progress.batch():
        _count(one, leftovers.take_away(plan))
        save(one, job, state=ImportState.UNDONE, undone_at=Now(), refused_file="", file="", table="")
        listening.tell_of_many(plan.workspace.pk)
    storing.delete(one.refused_file, one.file, one.table)


def _count(one: Import, counts: Counter[str]) -> None:
    held = Import.objects.select_for_update().get(pk=one.pk)
    held.undone = dict(Counter(held.undone) + counts)
    held.save(update_fields=["undone"])


def _page(one: Import, before: int | None) -> list[ImportRow]:
    did = [RowOutcome.CREATED, RowOutcome.UPDATED]
    rows = ImportRow.objects.filter(of=one, outcome__in=did).order_by("-number")
    return list((rows.filter(number__lt=before) if before is not None else rows)[:BATCH])


def _take_back(rows: Sequence[ImportRow], plan: Plan) -> Counter[str]:
    """In a transaction. "removed", "restored" and "left_<why>" are leads, or rows that changed one."""
    matching.by_index()
    ids = sorted({row.lead_id for row in rows if row.lead_id is not None})
    list(Placement.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    seen = set(Placement.objects.visible_to(plan.by).filter(pk__in=ids).values_list("pk", flat=True))
    counts: Counter[str] = Counter()
    updated = [row for row in rows if row.outcome == RowOutcome.UPDATED and row.lead_id is not None]
    counts += _restore([row for row in updated if row.lead_id in seen], plan)
    made = [row.lead_id for row in rows if row.outcome == RowOutcome.CREATED and row.lead_id is not None]
    touched = _touched(made, plan)
    gone = [pk for pk in made if pk in seen and pk not in touched]
    cascade.remove(gone, plan.workspace.pk)
    counts["removed"] += len(gone)
    for pk in made:
        if pk in seen and pk in touched:
            counts[f"left_{touched[pk]}"] += 1
    counts["left_unseen"] += len([row for row in rows if row.lead_id is not None and row.lead_id not in seen])
    return +counts


def _touched(ids: Sequence[int], plan: Plan) -> dict[int, str]:
    """{lead: "written" or "changed"}"""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, [str(plan.one.pk), plan.workspace.pk, list(ids)])
        return {pk: "written" if written else "changed" for pk, written in cursor.fetchall()}


def _restore(rows: Sequence[ImportRow], plan: Plan) -> Counter[str]:
    counts: Counter[str] = Counter()
    leads = matching.standings(sorted({row.lead_id for row in rows if row.lead_id}), plan)
    keep, went_off = _Keeping(rows), _take_off(rows, plan)
    events: list[telling.Row] = []
    values: dict[tuple[int, int], Any] = {}
    for row in rows:
        lead = leads.get(row.lead_id or 0)
        if lead is None:
            continue
        changes, left = _changes(row.changes, lead, plan, keep)
        counts["restored"] += 1 if changes or not left else 0
        counts["left_fields"] += left
        for name, (_now, old) in changes.items():
            if name.startswith("custom."):
                values[lead.pk, int(name[7:])] = old
                lead.custom.pop(int(name[7:]), None)
                if old is not None:
                    lead.custom[int(name[7:])] = old
            else:
                setattr(lead, name, old)
                lead.touched.add(name)
        told = telling.told_of({**changes, **_taken(row, went_off)}, plan, undo=True)
        events += [
            (lead.pk, verb, told_changes, {**facts, "undo": True}) for verb, told_changes, facts in told
        ]
    writing.update([lead for lead in leads.values() if lead.touched], plan)
    writing.put_values(values, plan)
    telling.record(events, plan)
    return counts


class _Keeping:
    """What there still is of what rows held before: people, stages."""

    def __init__(self, rows: Sequence[ImportRow]) -> None:
        held = {
            name: {pair[0] for row in rows if (pair := row.changes.get(name)) and pair[0]}
            for name in ("stage", *PEOPLE)
        }
        stages, people = held["stage"], {pk for name in PEOPLE for pk in held[name]}
        stage: Any = Placement._meta.get_field("stage").related_model
        found = stage._default_manager.filter(pk__in=stages).values_list("pk", flat=True) if stages else ()
        active = (
            Membership.objects.active().filter(pk__in=people).values_list("pk", flat=True) if people else ()
        )
        self._there = {"stage": {None, *found}, **{name: {None, *active} for name in PEOPLE}}

    def has(self, name: str, value: Any) -> bool:
        return name not in self._there or value in self._there[name]


def _changes(stored: dict[str, Any], lead: Standing, plan: Plan, keep: _Keeping) -> tuple[Changes, int]:
    """{field: [what it holds, what it held before]}, and how many are left since they hold something else."""
    changes: Changes = {}
    left = 0
    for name, pair in stored.items():
        if name in ADDED:
            continue
        field = plan.fields.get(int(name[7:])) if name.startswith("custom.") else None
        if name.startswith("custom.") and field is None:
            continue  # the field was deleted, and all that it held
        now = lead.custom.get(field.pk) if field else getattr(lead, name)
        if custom.frozen(now) != pair[1] or not keep.has(name, pair[0]):
            left += 1
            continue
        old = custom.thawed(field, pair[0]) if field else _thawed(name, pair[0])
        changes[name] = [now, old]
    if "name" not in changes:
        changes.pop("is_named_by_us", None)  # somebody gave another one since
    return changes, left


def _thawed(name: str, held: Any) -> Any:
    if name == "value":
        return Decimal(held) if held is not None else None
    return held or "" if name in TEXTS else held


def _take_off(rows: Sequence[ImportRow], plan: Plan) -> set[tuple[Any, ...]]:
    """What rows added goes, if it is still there, each kind by a statement: (kind, lead, what) of what went. A number
    that was proven since stays."""
    added = [(row.lead_id, row.changes) for row in rows if row.changes.keys() & set(ADDED)]
    tags = [(lead, tag) for lead, changes in added for tag in changes.get("tags", ())]
    points = [(lead, kind, key) for lead, changes in added for kind, key, *_more in changes.get("points", ())]
    links = [(lead, url) for lead, changes in added for _network, url in changes.get("profiles", ())]
    gone: set[tuple[Any, ...]] = set()
    with connection.cursor() as cursor:
        for kind, statement, those in (
            ("tags", _UNTAG, tags),
            ("points", _UNREACH, points),
            ("profiles", _UNLINK, links),
        ):
            if those:
                columns = [list(column) for column in zip(*those, strict=True)]
                cursor.execute(statement, [*columns, plan.workspace.pk])
                gone.update((kind, *found) for found in cursor.fetchall())
    return gone


def _taken(row: ImportRow, gone: set[tuple[Any, ...]]) -> Changes:
    """Of what went off, what this row had added."""
    lead, changes = row.lead_id, row.changes
    return {
        "tags": [tag for tag in changes.get("tags", ()) if ("tags", lead, tag) in gone],
        "points": [one for one in changes.get("points", ()) if ("points", lead, *one[:2]) in gone],
        "profiles": [one for one in changes.get("profiles", ()) if ("profiles", lead, one[1]) in gone],
    }


_TOUCHED = """
    SELECT placement.lead_id, placement.last_message_id IS NOT NULL
    FROM directory_placement placement
    WHERE (
        placement.last_message_id IS NOT NULL OR placement.is_starred OR EXISTS (
            SELECT FROM directory_event event
            WHERE event.workspace_id = placement.workspace_id AND event.lead_id = placement.lead_id
                AND event.facts->>'import' IS DISTINCT FROM %s
        )
    ) AND placement.workspace_id = %s AND placement.lead_id = ANY(%s::bigint[])
"""
_UNTAG = """
    DELETE FROM directory_leadtag held USING unnest(%s::bigint[], %s::bigint[]) AS gone (lead, tag)
    WHERE held.workspace_id = %s AND held.lead_id = gone.lead AND held.tag_id = gone.tag
    RETURNING held.lead_id, held.tag_id
"""
_UNREACH = """
    DELETE FROM directory_contactpoint held
    USING unnest(%s::bigint[], %s::text[], %s::text[]) AS gone (lead, kind, match_key)
    WHERE held.workspace_id = %s AND held.lead_id = gone.lead AND held.kind = gone.kind
        AND held.match_key = gone.match_key AND NOT held.is_verified
    RETURNING held.lead_id, held.kind, held.match_key
"""
_UNLINK = """
    DELETE FROM directory_socialprofile held USING unnest(%s::bigint[], %s::text[]) AS gone (lead, url)
    WHERE held.workspace_id = %s AND held.lead_id = gone.lead AND held.url = gone.url
    RETURNING held.lead_id, held.url
"""

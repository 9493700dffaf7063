"""The events of an import: those that single acts would have written, each with the import's name among its facts."""

from collections.abc import Iterable, Sequence
from typing import Any

from directory import custom
from directory.importing.copying import as_json, copy, line
from directory.importing.deciding import TEXTS, Decision
from directory.importing.planning import Plan
from directory.models import Event, Origin, Source
from directory.verbs import Verb

LONGEST = 200
_EVENT = ("lead_id", "workspace_id", "verb", "actor_id", "origin", "changes", "facts")
Row = tuple[int, str, dict[str, Any], dict[str, Any]]  # lead, verb, changes, facts


def tell(created: Sequence[Decision], updated: Sequence[Decision], plan: Plan) -> None:
    copy(Event, _EVENT, _births(created, plan))
    rows: list[Row] = []
    for one in updated:
        if one.lead is not None:
            told = told_of(one.changes, plan)
            rows += [
                (one.lead.pk, verb, changes, {**facts, "row": one.draft.number})
                for verb, changes, facts in told
            ]
    record(rows, plan)


def record(rows: Iterable[Row], plan: Plan) -> None:
    """(lead, verb, changes, facts), by who imports, for this import."""
    mark = _mark(plan)
    workspace, by, origin = plan.workspace.pk, plan.by.pk, Origin.IMPORT.value
    copy(
        Event,
        _EVENT,
        [
            line(lead, workspace, str(verb), by, origin, as_json(changes), as_json({**facts, **mark}))
            for lead, verb, changes, facts in rows
        ],
    )


def _births(created: Sequence[Decision], plan: Plan) -> list[str]:
    """One after the other they differ in three numbers."""
    common = (plan.workspace.pk, str(Verb.CREATED), plan.by.pk, Origin.IMPORT.value, "{}")
    begun = as_json({"source": Source.IMPORT.value, **_mark(plan)})[:-1]
    rest = line(*common, begun).removesuffix("\n")
    lines = []
    for one in created:
        if one.lead is not None:
            given = f', "assignee": {one.lead.assignee}' if one.lead.assignee else ""
            lines.append(f'{one.lead.pk}\t{rest}, "row": {one.draft.number}{given}}}\n')
    return lines


def _mark(plan: Plan) -> dict[str, Any]:
    return {"import": plan.one.pk, "file": plan.one.name[:80]}


def told_of(
    changes: dict[str, Any], plan: Plan, *, undo: bool = False
) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """What single acts would have written: (verb, changes, facts). `undo`: what had been added went off again."""
    told: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
    edited = {name: [custom.frozen(one) for one in pair] for name, pair in changes.items() if name in TEXTS}
    edited |= {
        name: [_short(one) for one in pair] for name, pair in changes.items() if name.startswith("custom.")
    }
    if edited:
        told.append((Verb.EDITED, edited, {}))
    for name, verb, column in (
        ("value", Verb.VALUED, "value"),
        ("status", Verb.STATUS_SET, "status"),
        ("stage", Verb.MOVED, "stage_id"),
        ("assignee", Verb.ASSIGNED, "assignee_id"),
        ("manager", Verb.MANAGED, "manager_id"),
    ):
        if name in changes:
            told.append((verb, {column: [custom.frozen(one) for one in changes[name]]}, {}))
    for kind, _key, _raw, value in changes.get("points", ()):
        verb, pair = (
            (Verb.CONTACT_POINT_REMOVED, [value, None]) if undo else (Verb.CONTACT_POINT_ADDED, [None, value])
        )
        told.append((verb, {kind: pair}, {"kind": kind}))
    for network, url in changes.get("profiles", ()):
        verb, pair = (Verb.PROFILE_REMOVED, [url, None]) if undo else (Verb.PROFILE_ADDED, [None, url])
        told.append((verb, {"profile": pair}, {"network": network}))
    tagged = Verb.UNTAGGED if undo else Verb.TAGGED
    told += [
        (tagged, {}, {"tag": tag, "name": plan.tag_names.get(tag, "")}) for tag in changes.get("tags", ())
    ]
    return told


def _short(value: Any) -> Any:
    said = custom.frozen(value)
    return f"{said[:LONGEST]}…" if isinstance(said, str) and len(said) > LONGEST else said

"""A batch's effects, in a transaction of its caller: each table by one statement, whatever the number of rows.

New rows are copied in; triggers count placements a statement at a time. What changed of leads that were there is
written from arrays. Every row gets its events, as single acts would have written them, and its `ImportRow`.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from crm.tenancy import references
from directory import ordering
from directory.actions import tags as tag_actions
from directory.importing import creating, leftovers, telling
from directory.importing.copying import as_json, copy, line
from directory.importing.deciding import LEADS, PLACED, TEXTS, Decision, frozen
from directory.importing.drafts import Draft
from directory.importing.matching import Standing
from directory.importing.planning import Plan
from directory.models import (
    ContactPoint,
    ImportRow,
    LeadTag,
    RowOutcome,
    SocialProfile,
    Tag,
)


def lacking_tags(drafts: Iterable[Draft], plan: Plan) -> dict[str, str]:
    """Those that rows name and that are not there yet, by their folded names."""
    return {
        key: name
        for draft in drafts
        if not draft.problems
        for key, name in draft.tags.items()
        if key not in plan.tags
    }


def make_tags(wanted: Mapping[str, str], plan: Plan) -> None:
    """Others may make the same at this moment: then it is theirs."""
    plan.learn(Tag.objects.filter(name__in=list(wanted.values())))
    for key, name in wanted.items():
        if key not in plan.tags:
            made = tag_actions.create(by=plan.by, name=name)
            plan.tags[key], plan.tag_names[made.pk] = made.pk, made.name
            leftovers.note(plan.one, leftovers.TAGS, made.pk)


def write(decisions: Sequence[Decision], plan: Plan) -> None:
    created = [one for one in decisions if one.outcome == RowOutcome.CREATED]
    updated = [one for one in decisions if one.outcome == RowOutcome.UPDATED]
    made = [one.lead for one in created if one.lead is not None]
    # What rows did to leads that were there, and to those that rows before them made, is all in the leads by now.
    there = list({one.lead.pk: one.lead for one in updated if one.lead and not one.lead.is_new}.values())
    if there:
        update(there, plan)
        _add(updated, plan)
    with references.by_statement():
        if made:
            creating.create(made, plan)
        telling.tell(created, updated, plan)
        _note(decisions, plan)


def update(there: Sequence[Standing], plan: Plan) -> None:
    told = [one for one in there if one.touched & set(LEADS)]
    placed = [one for one in there if one.touched & set(PLACED)]
    top = time.time_ns() // 1000 + len(placed)
    with connection.cursor() as cursor:
        if told:
            columns = [[getattr(one, name) for one in told] for name in LEADS]
            cursor.execute(_LEADS, [[one.pk for one in told], *columns, plan.workspace.pk])
        if placed:
            moved = ["stage" in one.touched for one in placed]
            positions = [ordering.at_top(top - place) for place in range(len(placed))]
            columns = [[getattr(one, name) for one in placed] for name in PLACED]
            ids = [one.pk for one in placed]
            cursor.execute(_PLACED, [ids, *columns, moved, positions, plan.workspace.pk])


def _add(updated: Sequence[Decision], plan: Plan) -> None:
    """Points, tags and values of leads that were there."""
    workspace = plan.workspace.pk
    those = [(one.lead, one.changes) for one in updated if one.lead is not None and not one.lead.is_new]
    copy(
        ContactPoint,
        creating.POINT,
        [
            f"{lead.pk}\t{creating.point(plan, kind, raw, value, key)}"
            for lead, changes in those
            for kind, key, raw, value in changes.get("points", ())
        ],
    )
    copy(
        LeadTag,
        creating.TAG,
        [f"{lead.pk}\t{workspace}\t{tag}\n" for lead, changes in those for tag in changes.get("tags", ())],
    )
    copy(
        SocialProfile,
        creating.PROFILE,
        [
            f"{lead.pk}\t{creating.profile(plan, network, url)}"
            for lead, changes in those
            for network, url in changes.get("profiles", ())
        ],
    )
    last = {
        (lead.pk, int(name[7:])): lead.custom[int(name[7:])]
        for lead, changes in those
        for name in changes
        if name.startswith("custom.")
    }
    put_values(last, plan)


def put_values(values: dict[tuple[int, int], Any], plan: Plan) -> None:
    """{(lead, field): value} in the place of what is there; None takes it away."""
    if not values:
        return
    leads, fields = zip(*values, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM directory_customvalue held USING unnest(%s::bigint[], %s::bigint[]) AS gone (lead, field)"
            " WHERE held.workspace_id = %s AND held.lead_id = gone.lead AND held.field_id = gone.field",
            [list(leads), list(fields), plan.workspace.pk],
        )
    creating.copy_values(((lead, {pk: value}) for (lead, pk), value in values.items()), plan)


def _note(decisions: Sequence[Decision], plan: Plan) -> None:
    mark = f"{plan.workspace.pk}\t{plan.one.pk}\t"
    copy(
        ImportRow,
        ("workspace_id", "of_id", "number", "outcome", "lead_id", "changes", "problems"),
        [mark + _row(one) for one in decisions],
    )


def _row(one: Decision) -> str:
    lead = one.lead.pk if one.lead else None
    if one.outcome == RowOutcome.CREATED:
        return f"{one.draft.number}\tcreated\t{lead}\t{{}}\t[]\n"
    return line(one.draft.number, str(one.outcome), lead, as_json(frozen(one.changes)), as_json(one.problems))


_LEADS = f"""
    UPDATE directory_lead lead
    SET {", ".join(f"{name} = new.{name}" for name in TEXTS)}, manager_id = new.manager,
        is_named_by_us = new.is_named_by_us
    FROM unnest(%s::bigint[], {"%s::text[], " * len(TEXTS)} %s::bigint[], %s::boolean[])
        AS new (id, {", ".join(LEADS)})
    WHERE lead.workspace_id = %s AND lead.id = new.id
"""  # noqa: S608 (put together from constants)
_PLACED = """
    UPDATE directory_placement p SET stage_id = new.stage, assignee_id = new.assignee, status = new.status,
        value = new.value,
        stage_since = CASE WHEN new.moved THEN statement_timestamp() ELSE p.stage_since END,
        position = CASE WHEN new.moved THEN new.position ELSE p.position END
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::numeric[], %s::boolean[], %s::text[])
        AS new (id, stage, assignee, status, value, moved, position)
    WHERE p.workspace_id = %s AND p.lead_id = new.id
"""

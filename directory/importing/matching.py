"""Who is there already: the leads that a batch's rows may be, found by what identifies them, and read as they are now.

What a stranger claimed (a visitor of a web chat) identifies nobody, as in intake.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from directory import custom, locks
from directory.custom import Value
from directory.importing.copying import as_json
from directory.importing.drafts import Draft
from directory.importing.options import CREATE, SKIP
from directory.importing.planning import Plan
from directory.models import ContactPoint, LeadTag, Placement, SocialProfile

_LOCKS = {"phone": locks.phone, "email": locks.email, "external_id": locks.external_id}
ALIKE = 20  # leads with one number that are looked at
Key = tuple[str, str]


class Texts(NamedTuple):
    """What is copied in of a lead that is made, without its number; see `creating`."""

    lead: str
    placement: str
    points: Sequence[str]
    profiles: Sequence[str]
    values: Sequence[str]


@dataclass(slots=True)
class Standing:
    """A lead as it is, or will be when the batch is written. `pk` is 0 until a new one has its number."""

    pk: int = 0
    is_new: bool = False
    is_seen: bool = True
    is_earlier: bool = False  # in a trial run: an earlier row would have made it
    made_by: int = 0  # the number of the row, of a new one
    name: str = ""
    first_name: str = ""
    second_name: str = ""
    last_name: str = ""
    city: str = ""
    address: str = ""
    delivery_address: str = ""
    notes: str = ""
    came_from: str = ""
    external_id: str = ""
    time_zone: str = ""  # no file says it; stages ask for it
    is_named_by_us: bool = False
    manager: int | None = None
    stage: int | None = None
    assignee: int | None = None
    status: str = "neutral"
    value: Decimal | None = None
    created: Any = None
    points: dict[Key, tuple[str, str]] = field(default_factory=dict)  # as written, what is sent to
    tags: set[int] = field(default_factory=set)
    custom: dict[int, Value] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)  # networks by their links
    touched: set[str] = field(default_factory=set)  # columns to be written
    texts: Texts | None = None  # made ahead, of a new one that no other row changed

    @property
    def parts(self) -> tuple[str, str, str]:
        return self.first_name, self.second_name, self.last_name


def lock(drafts: Iterable[Draft]) -> None:
    """On all by which the rows are known, at once: the numbers as intake locks them, so that who writes at this moment
    is made once; and what the file is compared by, so that another import at this moment does not make them again."""
    locks.take(name for draft in drafts for name in draft.locks)


def locks_of(draft: Draft, plan: Plan) -> list[str]:
    compared = () if plan.options.rule == CREATE else plan.options.keys
    workspace = plan.marks[0]
    return [
        _LOCKS[kind](workspace, key)
        for kind, key in draft.identities()
        if kind == "phone" or (kind in compared and kind in _LOCKS)
    ]


def by_index() -> None:
    """In a transaction: all that a batch asks are keys. Without statistics (a table that has just been filled) the
    planner would read whole tables for them, each time more."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX)


def found(drafts: Sequence[Draft], plan: Plan, *, to_change: bool) -> dict[Key, list[Standing]]:
    """By key, the surest first. `to_change`: their placements are locked, in the order of their ids."""
    keys = {key for draft in drafts for key in draft.identities() if key[0] in plan.options.keys}
    if not keys or plan.options.rule == CREATE:
        return {}
    pairs = _leads_of(keys, plan.workspace.pk)
    ids = sorted({lead for _key, lead in pairs})
    if not ids:
        return {}
    seen = _seen(ids, plan)
    if plan.options.rule == SKIP:
        known = {pk: Standing(pk, is_seen=pk in seen) for pk in ids}
    else:
        known = _read(ids, seen, plan, to_change=to_change)
    index: dict[Key, list[Standing]] = {}
    for key, lead in pairs:
        if lead in known:
            index.setdefault(key, []).append(known[lead])
    for those in index.values():
        those.sort(key=lambda one: not one.is_seen)
    return index


def standings(ids: list[int], plan: Plan) -> dict[int, Standing]:
    """Leads as they are; their placements are locked by the caller."""
    return _read(ids, set(ids), plan, to_change=False) if ids else {}


def _leads_of(keys: Collection[Key], workspace: int) -> list[tuple[Key, int]]:
    """(key, lead): whose address or number was proven first, then the oldest."""
    by_kind: dict[str, list[str]] = {}
    for kind, value in keys:
        by_kind.setdefault(kind, []).append(value)
    outside = by_kind.pop("external_id", [])
    pairs: list[tuple[Key, int]] = []
    with connection.cursor() as cursor:
        alike: list[
            tuple[bool, int, Key]
        ] = []  # as JSON: the driver takes longer for a list than the database
        for kind, values in by_kind.items():
            cursor.execute(_POINTS, [as_json(values), workspace, kind, kind, ALIKE])
            alike += [(not verified, lead, (kind, key)) for key, lead, verified in cursor.fetchall()]
        there = _placed({lead for _unproven, lead, _key in alike}, workspace)
        pairs += [(key, lead) for _unproven, lead, key in sorted(alike) if lead in there]
        if outside:
            cursor.execute(_OUTSIDE, [as_json(outside), workspace])
            pairs += [(("external_id", value), lead) for value, lead in cursor.fetchall()]
    return pairs


def _placed(leads: Collection[int], workspace: int) -> set[int]:
    if not leads:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_PLACED, [sorted(leads), workspace])
        return {lead for (lead,) in cursor.fetchall()}


def _seen(ids: list[int], plan: Plan) -> set[int]:
    if not plan.by.is_seller:
        return set(ids)
    rows = Placement.objects.visible_to(plan.by).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True))


def _read(ids: list[int], seen: set[int], plan: Plan, *, to_change: bool) -> dict[int, Standing]:
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDINGS + (" FOR NO KEY UPDATE OF p" if to_change else ""), [plan.workspace.pk, ids]
        )
        known = {
            row[0]: Standing(row[0], False, row[0] in seen, False, 0, *row[1:]) for row in cursor.fetchall()
        }
    visible = [pk for pk in known if pk in seen]
    points = ContactPoint.objects.filter(lead_id__in=visible)
    for lead, kind, key, raw, value in points.values_list("lead_id", "kind", "match_key", "raw", "value"):
        known[lead].points[kind, key] = (raw, value)
    for lead, tag in LeadTag.objects.filter(lead_id__in=visible).values_list("lead_id", "tag_id"):
        known[lead].tags.add(tag)
    if plan.reads("profile"):
        links = SocialProfile.objects.filter(lead_id__in=visible)
        for lead, url, network in links.values_list("lead_id", "url", "network"):
            known[lead].profiles[url] = network
    if plan.fields:
        for lead, values in custom.values(visible, list(plan.fields.values())).items():
            known[lead].custom = dict(values)
    return known


_BY_INDEX = "SELECT " + ", ".join(
    f"set_config('enable_{way}', 'off', true)"
    for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort")
)
# Each key is looked up in the one index that has points in the order asked for: whatever the planner knows of a table
# that is being filled, or of a workspace that is new, no other gives them unsorted. An equality instead of the two
# comparisons would fit `contact_point_once`, too, which reads all points of the workspace for it.
_POINTS = """
    SELECT key.value, alike.lead_id, alike.is_verified
    FROM json_array_elements_text(%s::json) AS key (value), LATERAL (
        SELECT lead_id, is_verified FROM directory_contactpoint
        WHERE workspace_id = %s AND (kind, match_key) >= (%s, key.value) AND (kind, match_key) <= (%s, key.value)
            AND NOT is_claimed
        ORDER BY kind, match_key, lead_id LIMIT %s
    ) AS alike
"""
# A lead without a placement is being deleted. The workspace is no condition of the look-up itself, or a planner that
# takes the workspace to be empty reads all of it.
_PLACED = """
    SELECT one.lead FROM unnest(%s::bigint[]) AS one (lead), LATERAL (
        SELECT workspace_id FROM directory_placement WHERE lead_id = one.lead OFFSET 0
    ) AS placement WHERE placement.workspace_id = %s
"""
_OUTSIDE = """
    SELECT found.external_id, found.id
    FROM json_array_elements_text(%s::json) AS key (value), LATERAL (
        SELECT external_id, id FROM directory_lead
        WHERE workspace_id = %s AND external_id >= key.value AND external_id <= key.value AND external_id <> ''
        ORDER BY external_id OFFSET 0
    ) AS found
    JOIN directory_placement placement ON placement.lead_id = found.id
    ORDER BY found.id
"""
_STANDINGS = """
    SELECT lead.id, lead.name, lead.first_name, lead.second_name, lead.last_name, lead.city, lead.address,
        lead.delivery_address, lead.notes, lead.came_from, lead.external_id, lead.time_zone, lead.is_named_by_us,
        lead.manager_id, p.stage_id, p.assignee_id, p.status, p.value
    FROM directory_placement p JOIN directory_lead lead ON lead.id = p.lead_id
    WHERE p.workspace_id = %s AND p.lead_id = ANY(%s::bigint[]) ORDER BY p.lead_id
"""

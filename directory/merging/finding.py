"""Finding leads that may be one person: what they have in common becomes a pair, once, however often it is found.

A group is whoever has one number, address, or name and city in common. Of a large one (the shop's own number on 5,000
leads) only the first GROUP are compared: that many are no duplicates of each other, and millions of pairs help nobody.
"""

# ruff: noqa: S608 - the statements are put together from constants of this file and of who registers a scan

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.tenancy import current_workspace
from crm.ui.registry import Registry
from directory.models.duplicate import WEIGHTS

GROUP = 10  # leads of one group that are compared with each other
ROWS = 20_000  # looked at in one batch of a scan
SAME_NAME = 500  # leads of one name among which one of the same city is looked for, as a lead arises

# Of (a, b, reason), both standing somewhere; what was decided stays decided.
_NOTE = """
WITH found (a, b, reason) AS ({found}),
pairs AS (
    SELECT DISTINCT least(found.a, found.b) AS first, greatest(found.a, found.b) AS second, found.reason,
        weight.points::int AS points
    FROM found JOIN jsonb_each_text(%(weights)s::jsonb) AS weight (reason, points) ON weight.reason = found.reason
    WHERE found.a <> found.b
)
INSERT INTO directory_duplicatepair AS pair (workspace_id, first_id, second_id, reasons, score, state)
SELECT %(workspace)s, first, second, to_jsonb(array_agg(reason ORDER BY reason)),
    least(99, max(points) + 3 * (count(*) - 1)), 'open'
FROM pairs
WHERE EXISTS (SELECT FROM directory_placement p WHERE p.workspace_id = %(workspace)s AND p.lead_id = first)
    AND EXISTS (SELECT FROM directory_placement p WHERE p.workspace_id = %(workspace)s AND p.lead_id = second)
GROUP BY first, second ORDER BY first, second
ON CONFLICT (workspace_id, first_id, second_id) DO UPDATE SET
    reasons = (SELECT jsonb_agg(DISTINCT one ORDER BY one)
        FROM jsonb_array_elements_text(pair.reasons || EXCLUDED.reasons) AS one),
    score = (SELECT least(99, max((%(weights)s::jsonb ->> one)::int) + 3 * (count(DISTINCT one) - 1))
        FROM jsonb_array_elements_text(pair.reasons || EXCLUDED.reasons) AS one)
WHERE pair.state = 'open' AND NOT pair.reasons @> EXCLUDED.reasons
"""

_POINTS_OF = """
SELECT mine.lead_id, other.lead_id, CASE WHEN mine.is_claimed OR other.is_claimed THEN 'claim' ELSE mine.kind END
FROM directory_contactpoint mine CROSS JOIN LATERAL (
    SELECT o.lead_id, o.is_claimed FROM directory_contactpoint o
    WHERE o.workspace_id = %(workspace)s AND o.kind = mine.kind AND o.match_key = mine.match_key
        AND o.lead_id <> mine.lead_id
    ORDER BY o.lead_id LIMIT %(group)s
) other
WHERE mine.workspace_id = %(workspace)s AND mine.lead_id = %(lead)s
"""
_NAMES_OF = """
SELECT mine.id, other.id, 'name'
FROM directory_lead mine CROSS JOIN LATERAL (
    SELECT named.id FROM (
        SELECT o.id, o.city FROM directory_lead o
        WHERE o.workspace_id = %(workspace)s AND o.name_key = mine.name_key AND o.id <> mine.id
        ORDER BY o.id LIMIT %(same_name)s
    ) named WHERE directory_fold(named.city) = directory_fold(mine.city) LIMIT %(group)s
) other
WHERE mine.workspace_id = %(workspace)s AND mine.id = %(lead)s AND mine.city <> ''
    AND position(' ' IN mine.name_key) > 0
"""
_POINTS_BETWEEN = """
SELECT a.lead_id, b.lead_id, CASE WHEN a.is_claimed OR b.is_claimed THEN 'claim' ELSE a.kind END
FROM grouped a JOIN grouped b ON b.kind = a.kind AND b.match_key = a.match_key AND b.place > a.place
WHERE a.many > 1 AND b.place <= %(group)s
"""
_GROUPED_POINTS = """
SELECT kind, match_key, lead_id, is_claimed,
    row_number() OVER (PARTITION BY kind, match_key ORDER BY lead_id) AS place,
    count(*) OVER (PARTITION BY kind, match_key) AS many
FROM directory_contactpoint
WHERE workspace_id = %(workspace)s AND (kind, match_key) > (%(kind)s, %(key)s)
    AND (%(last_kind)s::text IS NULL OR (kind, match_key) <= (%(last_kind)s, %(last_key)s))
"""
_NAMES_BETWEEN = """
SELECT a.id, b.id, 'name'
FROM grouped a JOIN grouped b ON b.name_key = a.name_key AND b.city = a.city AND b.place > a.place
WHERE a.many > 1 AND b.place <= %(group)s
"""
_GROUPED_NAMES = """
SELECT id, name_key, directory_fold(city) AS city,
    row_number() OVER (PARTITION BY name_key, directory_fold(city) ORDER BY id) AS place,
    count(*) OVER (PARTITION BY name_key, directory_fold(city)) AS many
FROM directory_lead
WHERE workspace_id = %(workspace)s AND name_key > %(key)s
    AND (%(last_key)s::text IS NULL OR name_key <= %(last_key)s) AND city <> '' AND position(' ' IN name_key) > 0
    AND merged_into_id IS NULL
"""


@dataclass(frozen=True)
class Batch:
    """found: pairs that are new, or have a reason more. large: groups of which only the first were compared. after:
    where the next begins; None: this scan is through."""

    found: int
    large: int
    after: list[Any] | None


@dataclass(frozen=True)
class Scan:
    """One way through all leads, in batches of about ROWS rows. total: how many rows it goes through."""

    key: str
    batch: Callable[[list[Any]], Batch]
    total: Callable[[], int]
    order: int = 100


scans: Registry[Scan] = Registry("Scan for duplicates")


def register(scan: Scan) -> Scan:
    return scans.register(scan)


def note(found: str, params: Mapping[str, Any]) -> int:
    """`found` is a SELECT of (lead, other lead, Reason); how many pairs are new, or have a reason more."""
    given = {
        "workspace": current_workspace(),
        "weights": _WEIGHTS,
        "group": GROUP,
        "same_name": SAME_NAME,
        **params,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE.format(found=found), given)
        return int(cursor.rowcount)


def note_of(lead_id: int) -> int:
    """As it arises: whoever has something in common with one lead."""
    return note(f"({_POINTS_OF}) UNION ALL ({_NAMES_OF})", {"lead": lead_id})


def note_pair(lead_id: int, other: int, reason: str) -> int:
    """What somebody else has found out: the other may have been deleted, or merged, since."""
    return note(
        "SELECT %(lead)s::bigint, %(other)s::bigint, %(reason)s::text",
        {"lead": lead_id, "other": other, "reason": reason},
    )


def points_batch(after: list[Any]) -> Batch:
    kind, key = after or ["", ""]
    last = _one(
        "SELECT kind, match_key FROM directory_contactpoint WHERE workspace_id = %s AND (kind, match_key) > (%s, %s)"
        " ORDER BY kind, match_key OFFSET %s LIMIT 1",
        [current_workspace(), kind, key, ROWS - 1],
    )
    given = {
        "kind": kind,
        "key": key,
        "last_kind": last[0] if last else None,
        "last_key": last[1] if last else None,
    }
    return _batch(_GROUPED_POINTS, _POINTS_BETWEEN, given, "kind, match_key", list(last) if last else None)


def names_batch(after: list[Any]) -> Batch:
    [key] = after or [""]
    last = _one(
        "SELECT name_key FROM directory_lead WHERE workspace_id = %s AND name_key > %s"
        " ORDER BY name_key OFFSET %s LIMIT 1",
        [current_workspace(), key, ROWS - 1],
    )
    given = {"key": key, "last_key": last[0] if last else None}
    return _batch(_GROUPED_NAMES, _NAMES_BETWEEN, given, "name_key, city", list(last) if last else None)


def _batch(
    grouped: str, between: str, given: Mapping[str, Any], group: str, after: list[Any] | None
) -> Batch:
    found = note(f"WITH grouped AS MATERIALIZED ({grouped}) {between}", given)
    large = _one(
        f"SELECT count(*) FROM (SELECT FROM ({grouped}) rows GROUP BY {group} HAVING count(*) > %(group)s) large",
        {**given, "workspace": current_workspace(), "group": GROUP},
    )
    return Batch(found, int(large[0]) if large else 0, after)


def _total(table: str) -> Callable[[], int]:
    def count() -> int:
        row = _one(f"SELECT count(*) FROM {table} WHERE workspace_id = %s", [current_workspace()])
        return int(row[0]) if row else 0

    return count


def _one(sql: str, params: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


_WEIGHTS = "{" + ", ".join(f'"{reason}": {weight}' for reason, weight in WEIGHTS.items()) + "}"
POINTS = Scan("points", points_batch, _total("directory_contactpoint"), order=10)
NAMES = Scan("names", names_batch, _total("directory_lead"), order=20)

"""New leads, each table by one COPY. What a row's lead would be as texts is known before its number is: a thread makes
them ahead (`foresee`), and a lead that a later row of its batch changed gets others."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from django.db import connection

from directory import ordering, phones
from directory.importing import matching
from directory.importing.copying import SIGN, cell, copy, line
from directory.importing.deciding import TEXTS, born
from directory.importing.drafts import Draft
from directory.importing.matching import Standing, Texts
from directory.importing.planning import Plan
from directory.models import (
    ContactPoint,
    CustomKind,
    CustomValue,
    Direction,
    Lead,
    LeadTag,
    Placement,
    SocialProfile,
    Source,
)

# The lead's number comes first, so that the rest of a row can be put together without it.
LEAD = (
    "id", "workspace_id", *TEXTS, "manager_id", "is_named_by_us", "time_zone", "direction", "source",
    "created_by_id", "created_at",
)  # fmt: skip
PLACEMENT = (
    "lead_id", "position", "workspace_id", "stage_id", "stage_since", "assignee_id", "status", "outcome", "value",
    "is_archived", "is_starred", "created_at", "last_activity_at",
)  # fmt: skip
POINT = ("lead_id", "workspace_id", "kind", "raw", "value", "match_key", "is_verified", "created_at")
TAG = ("lead_id", "workspace_id", "tag_id")
PROFILE = ("lead_id", "workspace_id", "network", "url")
VALUE = (
    "lead_id", "workspace_id", "field_id", "slot", "text", "match_key", "number", "date", "choice_id",
)  # fmt: skip
_texts_of = attrgetter(*TEXTS)
_FROM_FILE = f"\t\t{Direction.OUTBOUND.value}\t{Source.IMPORT.value}\t"  # time zone, direction, source


def foresee(draft: Draft, plan: Plan) -> None:
    """The names of its locks; what the row would make of somebody new, and its texts."""
    draft.locks = matching.locks_of(draft, plan)
    if not draft.problems:
        draft.lead = born(draft, plan)
        draft.lead.texts = _texts(draft.lead, plan)


def create(made: Sequence[Standing], plan: Plan) -> None:
    """In a transaction; they get their numbers here."""
    _number(made)
    those = [(one.pk, one.texts or _texts(one, plan), one.tags) for one in made]
    workspace = plan.marks[0]
    copy(Lead, LEAD, [f"{pk}\t{texts.lead}" for pk, texts, _tags in those])
    top = time.time_ns() // 1000 + len(made)
    copy(
        Placement,
        PLACEMENT,
        [
            f"{pk}\t{position}\t{texts.placement}"
            for position, (pk, texts, _tags) in zip(ordering.down_from(top), those, strict=False)
        ],
    )
    copy(ContactPoint, POINT, [f"{pk}\t{rest}" for pk, texts, _tags in those for rest in texts.points])
    copy(LeadTag, TAG, [f"{pk}\t{workspace}\t{tag}\n" for pk, _texts, tags in those for tag in tags])
    copy(SocialProfile, PROFILE, [f"{pk}\t{rest}" for pk, texts, _tags in those for rest in texts.profiles])
    copy(CustomValue, VALUE, [f"{pk}\t{rest}" for pk, texts, _tags in those for rest in texts.values])


def _number(made: Sequence[Standing]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [len(made)])
        for lead, (pk,) in zip(made, cursor.fetchall(), strict=True):
            lead.pk = pk


def _texts(lead: Standing, plan: Plan) -> Texts:
    """Written out, since it is done for each row: `line` of all the columns takes three times as long."""
    workspace, by, began = plan.marks
    created = began if lead.created is plan.began else _moment(lead.created)
    stage, assignee, manager = cell(lead.stage), cell(lead.assignee), cell(lead.manager)
    named = "t" if lead.is_named_by_us else "f"
    return Texts(
        f"{workspace}\t{_joined(_texts_of(lead))}\t{manager}\t{named}{_FROM_FILE}{by}\t{created}\n",
        f"{workspace}\t{stage}\t{began}\t{assignee}\t{lead.status}\t\t{cell(lead.value)}\tf\tf\t{created}"
        f"\t{created}\n",
        [point(plan, kind, raw, value, key) for (kind, key), (raw, value) in lead.points.items()],
        [profile(plan, network, url) for url, network in lead.profiles.items()] if lead.profiles else (),
        value_lines(lead.custom, plan) if lead.custom else (),
    )


@lru_cache(maxsize=4096)
def _moment(at: datetime) -> str:
    """Days repeat themselves."""
    return at.isoformat()


def _joined(texts: Sequence[str]) -> str:
    if SIGN.search("".join(texts)):
        texts = [cell(text) for text in texts]
    return "\t".join(texts)


def point(plan: Plan, kind: str, raw: str, value: str, key: str) -> str:
    """All but the lead, as are the others."""
    workspace, _by, began = plan.marks
    return f"{workspace}\t{kind}\t{_joined((raw, value, key))}\tf\t{began}\n"


def profile(plan: Plan, network: str, url: str) -> str:
    return line(plan.marks[0], network, url)


def value_lines(held: Mapping[int, Any], plan: Plan) -> list[str]:
    """Values repeat themselves."""
    lines: list[str] = []
    for pk, value in held.items():
        lines += plan.remembered(("value", pk, value), partial(_value_lines, pk, value, plan))
    return lines


def _value_lines(pk: int, value: Any, plan: Plan) -> list[str]:
    return [line(plan.marks[0], pk, *columns) for columns in _columns(plan.fields[pk].kind, value)]


def copy_values(held: Iterable[tuple[int, Mapping[int, Any]]], plan: Plan) -> None:
    copy(
        CustomValue,
        VALUE,
        [f"{lead}\t{rest}" for lead, values in held for rest in value_lines(values, plan)],
    )


def _columns(kind: str, value: Any) -> list[tuple[Any, ...]]:
    """slot, text, match_key, number, date, choice: as `directory.custom.forms.rows_of` has them, without a model's
    instance for each of a hundred thousand."""
    if value is None:
        return []
    if kind == CustomKind.CHOICES:
        return [(pk, "", "", None, None, pk) for pk in value]
    if kind == CustomKind.CHOICE:
        return [(0, "", "", None, None, value)]
    if kind == CustomKind.YES_NO:
        return [(0, "", "", int(value), None, None)]
    if kind in (CustomKind.NUMBER, CustomKind.MONEY):
        return [(0, "", "", value, None, None)]
    if kind == CustomKind.DATE:
        return [(0, "", "", None, value, None)]
    return [(0, value, phones.match_key(value) if kind == CustomKind.PHONE else "", None, None, None)]


# The sequence's name is looked up once, not for each number.
_NUMBERS = """
    SELECT nextval(held.name::regclass)
    FROM (SELECT pg_get_serial_sequence('directory_lead', 'id') AS name OFFSET 0) AS held, generate_series(1, %s)
"""

"""An import as its pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from crm.jobs.models import Job
from crm.ui import money
from directory import custom, phones
from directory.importing import cells, planning, reasons
from directory.importing.cells import Unclear
from directory.importing.drafting import Drafting
from directory.importing.planning import Plan
from directory.importing.records import Record
from directory.importing.targets import CUSTOM
from directory.models import Import, ImportRow, RowOutcome, Status
from workspaces.models import Membership

PREVIEWED = 10
STATUSES = dict(Status.choices)


@dataclass(frozen=True)
class Cell:
    text: str
    problem: str = ""


@dataclass(frozen=True)
class Reason:
    """One kind of refusal: in which column, why, how often, in which rows first."""

    column: str
    text: str
    count: int
    rows: Sequence[int]


def preview(one: Import, by: Membership) -> tuple[list[str], list[tuple[int, list[Cell], str]]]:
    """The headers of what is imported; and of the first rows, the number, the cells as they will be read, and what is
    wrong with the whole row."""
    plan = planning.of(one, by)
    drafting = Drafting(plan)
    first = int(one.profile["header_number"]) + 1
    headers = [one.profile["headers"][place] for place, _key in plan.columns]
    rows = []
    for number, row in enumerate(one.profile["samples"][:PREVIEWED], first):
        draft = drafting.draft(Record(number, row))
        wrong = {column: reasons.of_row(code, args) for column, code, args in draft.problems}
        cells_ = [
            Cell(row[place], wrong[place]) if place in wrong else Cell(_shown(plan, key, _cell(row, place)))
            for place, key in plan.columns
        ]
        rows.append((number, cells_, wrong.get(reasons.NO_COLUMN, "")))
    return headers, rows


def reasons_of(one: Import) -> list[Reason]:
    headers = one.profile["headers"]
    return [
        Reason(
            headers[told["column"]] if told["column"] >= 0 else "",
            reasons.of_row(told["code"], told["args"]),
            told["count"],
            told["rows"],
        )
        for told in one.report.get("reasons", [])
    ]


def refused_in_trial(one: Import) -> list[tuple[int, str]]:
    headers = one.profile["headers"]
    return [(number, reasons.told(problems, headers)) for number, problems in one.report.get("rows", [])]


def refused_rows(one: Import, limit: int) -> list[tuple[int, str]]:
    headers = one.profile["headers"]
    rows = ImportRow.objects.filter(of=one, outcome=RowOutcome.REFUSED).order_by("number")
    return [(row.number, reasons.told(row.problems, headers)) for row in rows[:limit]]


def job_of(one: Import) -> Job | None:
    return Job.objects.filter(pk=one.job_id).first() if one.job_id else None


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _shown(plan: Plan, key: str, text: str) -> str:
    if not text or cells.is_blank(text):
        return ""
    try:
        return _SHOWN[key](plan, text) if key in _SHOWN else _custom(plan, key, text)
    except (Unclear, money.NoAmount):
        return text


def _custom(plan: Plan, key: str, text: str) -> str:
    if not key.startswith(CUSTOM):
        return " ".join(text.split())
    field = plan.fields[int(key.removeprefix(CUSTOM))]
    if field.kind == "date":
        text = cells.day(text, plan.options.dates).isoformat()
    return custom.shown(field, custom.clean(field, text, plan.workspace), plan.by)


def _phones(plan: Plan, text: str) -> str:
    whole = phones.parse(text, plan.options.region or None)
    found = (
        [whole] if whole else [phones.parse(one, plan.options.region or None) for one in cells.parts(text)]
    )
    return ", ".join(phones.shown(one.e164) for one in found if one)


def _created(plan: Plan, text: str) -> str:
    return date_format(localtime(cells.moment(text, plan.options.dates, plan.zone), plan.zone), "DATE_FORMAT")


def _value(plan: Plan, text: str) -> str:
    amount = money.read(text)
    return money.shown(amount, plan.workspace.currency) if amount is not None else ""


_SHOWN: dict[str, Any] = {
    "phone": _phones,
    "created": _created,
    "value": _value,
    "status": lambda plan, text: str(STATUSES[cells.status(text)]),
}

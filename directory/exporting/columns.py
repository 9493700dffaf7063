"""What a file of leads may hold: the directory's columns, and those that only files have."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from directory import columns, naming, phones
from directory.columns import Cell
from directory.exporting import own_fields, sources
from directory.exporting.sources import Kind, Source
from workspaces.models import Membership

_KINDS = {Cell.TIME: Kind.TIME, Cell.DATE: Kind.DATE, Cell.MONEY: Kind.MONEY, Cell.NUMBER: Kind.NUMBER}
DEFAULT = (
    *("name", "phone", "email", "channel", "funnel", "stage", "assignee", "status", "tags"),
    *("created", "activity", "value"),
)


@dataclass(frozen=True)
class Filed:
    """A column of a file. Either the database gives it (`source`), or it is loaded as a list's (`column`)."""

    key: str
    label: str | Promise
    kind: Kind
    source: Source | None = None
    column: columns.Column | None = None
    order: int = 100


def offered() -> list[Filed]:
    """All there are, in the directory's order. Inside the scope; a query or two for the workspace's own fields."""
    known = {**sources.registered(), **{one.key: one for one in own_fields.sources()}}
    listed = [_of_column(one, known.get(one.key)) for one in columns.every()]
    shown = {one.key for one in listed}
    alone = [
        Filed(one.key, one.label, one.kind, source=one, order=one.order)
        for one in known.values()
        if one.key not in shown and one.label
    ]
    return sorted([*listed, *alone], key=lambda one: one.order)


def named(keys: Iterable[str]) -> list[Filed]:
    """Those with these keys, in their order, each once; what is no column any more is left out."""
    known = {one.key: one for one in offered()}
    return [known[key] for key in dict.fromkeys(keys) if key in known]


def mask(kind: Kind, membership: Membership) -> Callable[[Any], Any] | None:
    """What becomes of a value for who may not see telephone numbers; None where it stays."""
    if naming.sees_phones(membership):
        return None
    return {
        Kind.TEXT: naming.without_numbers,
        Kind.PHONES: naming.without_numbers,
        Kind.PHONE: phones.masked,
    }.get(kind)


def local(value: Any) -> Any:
    """A moment as the clock on the wall showed it, in the active zone."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return value


def loaded(filed: Sequence[Filed], leads: Sequence[int], membership: Membership) -> dict[str, dict[int, Any]]:
    """{key: {lead: value}} of columns that have no source."""
    wanted = [one.column for one in filed if one.source is None and one.column is not None]
    if not wanted:
        return {}
    from directory.models import Placement

    placements = list(
        Placement.objects.filter(pk__in=leads).select_related("lead", "assignee__user").order_by("pk")
    )
    found = columns.load_all(wanted, placements, membership)
    return {one.key: {pk: local(one.plain(value)) for pk, value in found[one.key].items()} for one in wanted}


def _of_column(column: columns.Column, source: Source | None) -> Filed:
    kind = source.kind if source else _KINDS.get(column.cell, Kind.TEXT)
    return Filed(
        column.key, column.label, kind, source=source, column=None if source else column, order=column.order
    )

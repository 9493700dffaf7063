"""By which index a field's leads are found where they are few, and walked where they are many: see
`directory.listing.paths` and `walking`."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from crm.ui.ways import Way
from directory.filtering.fields import Asked
from directory.filtering.tree import Operator
from directory.models import Lead, LeadTag, Placement, Source, Status

Ids = QuerySet[Any, Any]
Few = Callable[[Asked], Ids | None]
Walked = Callable[[Asked], list[Way]]
FEWEST_LETTERS = 3  # of which a trigram index knows anything


def placed(condition: Callable[[Asked], Q], *, more: Q | None = None) -> Few:
    """Where an index of placements has what `condition` asks; `more` is said as that index says it."""

    def rows(asked: Asked) -> Ids | None:
        found = Placement.objects.filter(asked.listed, condition(asked))
        return (found if more is None else found.filter(more)).values_list("lead_id")

    return rows


def held(column: str, condition: Callable[[Asked], Q]) -> Few:
    """The same where the index has only rows that hold something."""

    def rows(asked: Asked) -> Ids | None:
        if asked.none:
            return None
        return Placement.objects.filter(condition(asked), **{f"{column}__isnull": False}).values_list(
            "lead_id"
        )

    return rows


def of_lead(condition: Callable[[Asked], Q | None]) -> Few:
    """Where an index of leads has it. `condition` is on leads."""

    def rows(asked: Asked) -> Ids | None:
        found = condition(asked)
        return None if found is None else Lead.objects.filter(found).values_list("pk")

    return rows


def created(asked: Asked) -> Ids | None:
    spans = [asked.bounds(text) for text in asked.texts]
    found = Q(pk__in=[])
    for begin, end in spans:
        one = Q() if begin is None else Q(created_at__gte=begin)
        found |= one if end is None else one & Q(created_at__lt=end)
    return Lead.objects.filter(found).values_list("pk")


def lately(condition: Callable[[Asked], Q]) -> Few:
    """Of moments that are no later than the last activity: those since the first of them, by that index."""

    def rows(asked: Asked) -> Ids | None:
        begins = [asked.bounds(text)[0] for text in asked.texts]
        known = [one for one in begins if one is not None]
        if not asked.listed or asked.none or asked.any or len(known) < len(begins) or not known:
            return None
        since = reduce(or_, [Q(last_activity_at__gte=one) for one in known])
        return Placement.objects.filter(asked.listed, since, condition(asked)).values_list("lead_id")

    return rows


def tagged(asked: Asked) -> Ids | None:
    return (
        None
        if asked.none or asked.any
        else LeadTag.objects.filter(tag_id__in=asked.ids).values_list("lead_id")
    )


def by_status(condition: Callable[[Asked], Q]) -> Few:
    """The index begins with archived and status."""
    return lambda asked: _kinds(asked).filter(condition(asked)).values_list("lead_id")


def by_channel(condition: Callable[[Asked], Q]) -> Few:
    return lambda asked: (
        _kinds(asked).filter(condition(asked), status__in=Status.values).values_list("lead_id")
    )


def by_direction(asked: Asked) -> Ids | None:
    found = Lead.objects.filter(source__in=Source.values, direction__in=asked.texts)
    return found.values_list("pk")


def worded(asked: Asked) -> bool:
    """Whether an index of letters helps."""
    if asked.none or asked.any:
        return False
    return asked.operator == Operator.IS or all(len(text) >= FEWEST_LETTERS for text in asked.texts)


def walked(column: str) -> Walked:
    """An index begins with the column, then has the order of time."""

    def ways(asked: Asked) -> list[Way]:
        if asked.any:
            return []
        nobody = [Way(Q(**{column: None}), nulls=(column,))] if asked.none else []
        return [*([Way(Q(), each=(column, tuple(asked.ids)))] if asked.ids else []), *nobody]

    return ways


def walked_by_channel(asked: Asked) -> list[Way]:
    """Each status and channel is a run of its own."""
    if asked.any or asked.none:
        return []
    return [
        Way(Q(status=status, is_archived=archived), each=("channel_id", tuple(asked.ids)))
        for status in Status.values
        for archived in asked.archived
    ]


def _kinds(asked: Asked) -> "QuerySet[Placement]":
    return Placement.objects.filter(asked.listed, is_archived__in=(False, True))

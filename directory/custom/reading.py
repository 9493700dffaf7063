"""Which fields there are, and what leads hold in them."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from crm.prepared import Prepared
from directory.models import CustomChoice, CustomField, CustomKind, CustomValue, Lead
from workspaces.models import Membership

Value = str | Decimal | date | bool | int | tuple[int, ...]
_Row = tuple[int, str, Decimal | None, date | None, int | None]  # field, text, number, date, choice

_KNOWN = "_custom_fields"  # kept on a membership while a request lasts
_FIELD = tuple(one.attname for one in CustomField._meta.concrete_fields)
_CHOICE = tuple(one.attname for one in CustomChoice._meta.concrete_fields)
_fields: Prepared[tuple[Any, ...]] = Prepared(
    lambda: (
        CustomField.objects.in_use()
        .order_by("position", "id", "choices__position", "choices__id")
        .values_list(*_FIELD, *(f"choices__{name}" for name in _CHOICE))
    )
)
_values: Prepared[tuple[int, int, str, Decimal | None, date | None, int | None]] = Prepared(
    lambda leads, fields: (
        CustomValue.objects.filter(lead_id__any=leads, field_id__any=fields)
        .order_by()
        .values_list("lead_id", "field_id", "text", "number", "date", "choice_id")
    ),
    leads=[-1],
    fields=[-2],
)


def fields() -> list[CustomField]:
    """Of the scope, in order, each with `choice_list`, those that may be chosen, and `all_choices`, beside them those
    that leads still hold while they are given another. One query."""
    found: dict[int, CustomField] = {}
    choices: dict[int, list[CustomChoice]] = {}
    for row in _fields.rows():
        field = found.get(row[0])
        if field is None:
            field = found[row[0]] = CustomField.from_db(DEFAULT_DB_ALIAS, _FIELD, row[: len(_FIELD)])
            choices[field.pk] = []
        if row[len(_FIELD)] is not None:
            choices[field.pk].append(CustomChoice.from_db(DEFAULT_DB_ALIAS, _CHOICE, row[len(_FIELD) :]))
    for pk, field in found.items():
        field.all_choices = choices[pk]
        field.choice_list = [one for one in choices[pk] if one.removed_at is None]
    return list(found.values())


def fields_for(membership: Membership) -> list[CustomField]:
    """The same, once for a membership: of the parts of a page that show them, the first one asks."""
    known: list[CustomField] | None = membership.__dict__.get(_KNOWN)
    if known is None:
        known = membership.__dict__[_KNOWN] = fields()
    return known


def no_fields_for(membership: Membership) -> list[CustomField]:
    """Where something else has told that there are none: nobody asks again."""
    found: list[CustomField] = []
    membership.__dict__[_KNOWN] = found
    return found


def values(leads: Sequence[int], fields: Sequence[CustomField]) -> dict[int, dict[int, Value]]:
    """{lead: {field: value}} of what is held. One query, none where nothing is asked."""
    if not leads or not fields:
        return {}
    rows: dict[int, list[_Row]] = {}
    for lead, *row in _values.rows(leads=list(leads), fields=[field.pk for field in fields]):
        rows.setdefault(lead, []).append(cast(_Row, row))
    found = {lead: _held(some, fields) for lead, some in rows.items()}
    return {lead: held for lead, held in found.items() if held}


def held_in(lead: Lead, fields: Sequence[CustomField]) -> dict[int, Value]:
    """{field: value}. No query: the lead is of `Lead.objects.with_card()`."""
    rows = [
        (pk, text, number and Decimal(number), day and date.fromisoformat(day), choice)
        for pk, text, number, day, choice in lead.value_rows
    ]
    return _held(rows, fields)


def held(field: CustomField, leads: Sequence[int]) -> set[int]:
    """Of these leads, those that hold something in it. One query."""
    rows = CustomValue.objects.filter(Q(lead_id__any=list(leads)), field=field)
    return set(rows.values_list("lead_id", flat=True))


def in_order(field: CustomField, chosen: Sequence[int]) -> tuple[int, ...]:
    places = {choice.pk: place for place, choice in enumerate(field.all_choices)}
    return tuple(sorted(set(chosen), key=lambda pk: (places.get(pk, len(places)), pk)))


def _held(rows: Iterable[_Row], fields: Sequence[CustomField]) -> dict[int, Value]:
    by_pk = {field.pk: field for field in fields}
    found: dict[int, Value] = {}
    several: dict[int, list[int]] = {}
    for pk, text, number, day, choice in rows:
        field = by_pk.get(pk)
        if field is None:
            continue  # being removed
        if field.kind == CustomKind.CHOICES:
            if choice is not None:
                several.setdefault(pk, []).append(choice)
            continue
        value = _value(field, text, number, day, choice)
        if value is not None:
            found[pk] = value
    return found | {pk: in_order(by_pk[pk], chosen) for pk, chosen in several.items()}


def _value(
    field: CustomField, text: str, number: Decimal | None, day: date | None, choice: int | None
) -> Value | None:
    """What the column of the field's kind holds."""
    if field.kind == CustomKind.YES_NO:
        return None if number is None else bool(number)
    if field.kind in (CustomKind.NUMBER, CustomKind.MONEY):
        return None if number is None else trimmed(number)
    if field.kind == CustomKind.DATE:
        return day
    if field.kind == CustomKind.CHOICE:
        return choice
    return text or None


def trimmed(number: Decimal) -> Decimal:
    """Without zeros that say nothing: 12.5000 is 12.5, 100.0000 is 100."""
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize()

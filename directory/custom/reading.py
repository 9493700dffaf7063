"""Which fields there are, and what leads hold in them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from crm.prepared import Prepared
from directory.models import CustomChoice, CustomField, CustomKind, CustomValue
from workspaces.models import Membership

Value = str | Decimal | date | bool | int | tuple[int, ...]

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
    by_pk = {field.pk: field for field in fields}
    found: dict[int, dict[int, Value]] = {}
    several: dict[tuple[int, int], list[int]] = {}
    for lead, pk, text, number, day, choice in _values.rows(leads=list(leads), fields=list(by_pk)):
        if by_pk[pk].kind == CustomKind.CHOICES:
            if choice is not None:
                several.setdefault((lead, pk), []).append(choice)
            continue
        value = _value(by_pk[pk], text, number, day, choice)
        if value is not None:
            found.setdefault(lead, {})[pk] = value
    for (lead, pk), chosen in several.items():
        found.setdefault(lead, {})[pk] = in_order(by_pk[pk], chosen)
    return found


def held(field: CustomField, leads: Sequence[int]) -> set[int]:
    """Of these leads, those that hold something in it. One query."""
    rows = CustomValue.objects.filter(Q(lead_id__any=list(leads)), field=field)
    return set(rows.values_list("lead_id", flat=True))


def in_order(field: CustomField, chosen: Sequence[int]) -> tuple[int, ...]:
    places = {choice.pk: place for place, choice in enumerate(field.all_choices)}
    return tuple(sorted(set(chosen), key=lambda pk: (places.get(pk, len(places)), pk)))


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

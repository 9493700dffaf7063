"""The forms a value takes besides its own: JSON, for defaults and events; the columns of its rows."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from directory import phones
from directory.custom.reading import Value, trimmed
from directory.models import CustomField, CustomKind, CustomValue


def frozen(value: Value | None) -> Any:
    """As JSON holds it."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def thawed(field: CustomField, data: Any) -> Value | None:
    """The value again. None too where it no longer means anything: of another kind, of a choice that is gone."""
    if data is None or data == []:
        return None
    try:
        return _thawed(field, data)
    except (ValueError, TypeError, ArithmeticError):
        return None


def _thawed(field: CustomField, data: Any) -> Value | None:
    known = {choice.pk for choice in field.all_choices}
    if field.kind == CustomKind.CHOICES:
        return tuple(pk for pk in data if pk in known) or None
    if field.kind == CustomKind.CHOICE:
        return data if data in known else None
    if field.kind in (CustomKind.NUMBER, CustomKind.MONEY):
        return trimmed(Decimal(data))
    if field.kind == CustomKind.DATE:
        return date.fromisoformat(data)
    if field.kind == CustomKind.YES_NO:
        return bool(data)
    return str(data)


def rows_of(lead: int, field: CustomField, value: Value | None) -> Sequence[CustomValue]:
    """What is stored of it, unsaved. ValueError where the value is of another kind."""
    base: dict[str, Any] = {"workspace_id": field.workspace_id, "lead_id": lead, "field_id": field.pk}
    if value is None or value in ((), ""):
        return []
    kind = field.kind
    if field.is_chosen:
        _check_chosen(field, value)
    if kind == CustomKind.CHOICES and isinstance(value, tuple):
        return [CustomValue(**base, slot=pk, choice_id=pk) for pk in value]
    if kind == CustomKind.CHOICE and isinstance(value, int) and not isinstance(value, bool):
        return [CustomValue(**base, choice_id=value)]
    if kind == CustomKind.YES_NO and isinstance(value, bool):
        return [CustomValue(**base, number=Decimal(value))]
    if kind in (CustomKind.NUMBER, CustomKind.MONEY) and isinstance(value, Decimal):
        return [CustomValue(**base, number=value)]
    if kind == CustomKind.DATE and isinstance(value, date):
        return [CustomValue(**base, date=value)]
    if isinstance(value, str) and kind in (CustomKind.TEXT, CustomKind.EMAIL, CustomKind.URL):
        return [CustomValue(**base, text=value)]
    if isinstance(value, str) and kind == CustomKind.PHONE:
        return [CustomValue(**base, text=value, match_key=phones.match_key(value))]
    raise ValueError(f"{type(value).__name__} is no value of a field of kind {kind}.")


def _check_chosen(field: CustomField, value: Value) -> None:
    """The database knows only that a choice is the workspace's."""
    chosen = value if isinstance(value, tuple) else (value,)
    if not {choice.pk for choice in field.all_choices}.issuperset(chosen):
        raise ValueError("A choice of another field.")

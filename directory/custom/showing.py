"""A value as people see it, as they may send it back, and as a file has it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.ui import money
from directory import naming, phones
from directory.custom import numbers
from directory.custom.forms import thawed
from directory.custom.reading import Value
from directory.models import CustomField, CustomKind
from workspaces.models import Membership, Workspace


def shown(field: CustomField, value: Value | None, membership: Membership) -> str:
    """In the current language; phones, and numbers in texts, masked for who may not see them. "" of None."""
    if value is None:
        return ""
    if field.kind == CustomKind.PHONE:
        return naming.shown_phone(str(value), membership)
    if isinstance(value, str):
        return naming.shown_text(value, membership)
    return _shown(field, value, membership.workspace)


def told(field: CustomField | None, data: Any, membership: Membership) -> str:
    """What an event says of a value: as it is shown now; of a field or a choice that is gone, what is left to say."""
    if data is None or data == []:
        return ""
    value = thawed(field, data) if field else None
    if field is not None and value is not None:
        return shown(field, value, membership)
    return naming.shown_text(data, membership) if isinstance(data, str) else "—"


def typed(field: CustomField, value: Value | None, membership: Membership) -> str:
    """As it stands in the field where it is edited: `clean` reads it again as the same value. Of who may not see phones
    the mask stands there, which `written_over` takes for the number."""
    if value is None or isinstance(value, date):
        return value.isoformat() if value else ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "; ".join(_labels(field, value))
    return shown(field, value, membership)


def plain(field: CustomField, value: Value) -> str | Decimal | date | bool:
    """For files. A spreadsheet's cell keeps the type; choices are their labels, several joined by semicolons."""
    if isinstance(value, tuple):
        return "; ".join(_labels(field, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return _labels(field, (value,))[0]
    return phones.shown(value) if field.kind == CustomKind.PHONE and isinstance(value, str) else value


def written_over(field: CustomField, text: str, stored: Value | None, membership: Membership) -> str:
    """What was typed by somebody who saw numbers masked: where a mask still stands, the number does."""
    if naming.sees_phones(membership) or not isinstance(stored, str):
        return text
    if field.kind == CustomKind.PHONE:
        return stored if text.strip() == phones.masked(stored) else text
    return naming.written_over(text, stored)


def _shown(field: CustomField, value: Value, workspace: Workspace) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        amount = field.kind == CustomKind.MONEY
        return money.shown(value, workspace.currency) if amount else numbers.shown(value, workspace)
    return ", ".join(_labels(field, value if isinstance(value, tuple) else (int(value),)))


def _labels(field: CustomField, chosen: tuple[int, ...]) -> list[str]:
    """A dash where a choice is gone."""
    names = {choice.pk: choice.label for choice in field.all_choices}
    return [names.get(pk, "—") for pk in chosen]

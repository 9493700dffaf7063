"""What people type, of each kind of field: in forms, in a file that is imported, through the API."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _

from crm.ui import money
from directory import phones
from directory.custom import numbers
from directory.custom.reading import Value, in_order
from directory.models import CustomField, CustomKind
from directory.models.custom import LONGEST_TEXT
from workspaces.models import Workspace
from workspaces.names import tidied

LONGEST, LONGEST_LINK = 20_000, 500
EARLIEST, LATEST = date(1000, 1, 1), date(9999, 12, 31)
SEPARATORS = re.compile(r"[;|\n]")  # no label has one
_BY_LABEL = "_choices_by_label"
_YES = frozenset({"1", "yes", "y", "si", "s", "true", "verdadero", "x"})
_NO = frozenset({"0", "no", "n", "false", "falso"})
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$")
_MONTH_FIRST = frozenset({"USD"})  # of English workspaces


def clean(field: CustomField, raw: str, workspace: Workspace) -> Value | None:
    """The value; None where nothing was written. ValidationError with words where it is none of the field's kind."""
    text = raw.strip()
    if len(text) > LONGEST:
        raise ValidationError(_("Write at most %(number)s characters.") % {"number": LONGEST})
    return _CLEANERS[CustomKind(field.kind)](field, text, workspace) if text else None


def _text(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    if len(text) > LONGEST_TEXT:
        raise ValidationError(_("Write at most %(number)s characters.") % {"number": LONGEST_TEXT})
    return tidied(text) or None


def _number(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    try:
        return numbers.read(text, workspace)
    except numbers.NoNumber:
        raise ValidationError(_("That is no number. Write it like 12.5.")) from None


def _money(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    try:
        amount = money.read(text)
    except money.NoAmount:
        raise ValidationError(_("That is no amount. Write it like 12,500.50.")) from None
    if amount is not None and amount >= numbers.LIMIT:
        raise ValidationError(_("That is more than fits here."))
    return amount


def _date(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    """2026-11-30; 30/11/2026, and 11/30/2026 where that is usual."""
    day = _read_date(text, month_first=workspace.language[:2] == "en" and workspace.currency in _MONTH_FIRST)
    if day is None or not EARLIEST <= day <= LATEST:
        raise ValidationError(_("That is no date. Write it like 2026-11-30."))
    return day


def _read_date(text: str, *, month_first: bool) -> date | None:
    if found := _ISO.match(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.match(text):
        day, month, year = (int(part) for part in found.groups())
        if month_first:
            day, month = month, day
        if year < 100:
            year += 2000 if year < 70 else 1900
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _yes_no(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    said = folded(text)
    if said in _YES or said in _NO:
        return said in _YES
    raise ValidationError(_("Write yes or no."))


def _choice(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    return _pk_of(field, text)


def _choices(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    """Separated by semicolons; by commas too, where no label has one."""
    parts = [part.strip() for part in SEPARATORS.split(text) if part.strip()]
    if len(parts) == 1 and _find(field, parts[0]) is None:
        parts = [part.strip() for part in parts[0].split(",") if part.strip()]
    return in_order(field, [_pk_of(field, part) for part in parts]) or None


def _pk_of(field: CustomField, text: str) -> int:
    found = _find(field, text)
    if found is None:
        words = _("“%(text)s” is none of the choices of %(field)s.")
        raise ValidationError(words % {"text": text[:80], "field": field.label})
    return found


def _find(field: CustomField, text: str) -> int | None:
    """As it is written, or else but for case and accents. It is kept on the field: files have many rows."""
    known: dict[str, int] | None = field.__dict__.get(_BY_LABEL)
    if known is None:
        alike = {folded(one.label): one.pk for one in reversed(field.choice_list)}
        known = field.__dict__[_BY_LABEL] = alike | {one.label: one.pk for one in field.choice_list}
    return known.get(text) or known.get(folded(text))


def _phone(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    parsed = phones.parse(text[:60], phones.region_of(workspace.currency, workspace.time_zone))
    if parsed is None:
        raise ValidationError(
            _("That is not a phone number. Write it with its country, like +52 55 1234 5678.")
        )
    return parsed.e164


def _email(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    words = _("That is not an e-mail address. Write it like ana@example.com.")
    EmailValidator(words)(text)
    return text


def _url(field: CustomField, text: str, workspace: Workspace) -> Value | None:
    return clean_link(text, LONGEST_LINK)


def clean_link(text: str, longest: int) -> str:
    """Of the web; without a scheme it is https."""
    address = text if re.match(r"^[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) else f"https://{text}"
    words = _("That is no link. Write it like https://example.com.")
    if len(address) > longest:
        raise ValidationError(words)
    URLValidator(schemes=["http", "https"], message=words)(address)
    return address


def folded(text: str) -> str:
    """As labels and answers are compared: without case, accents and double spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


_CLEANERS: dict[CustomKind, Callable[[CustomField, str, Workspace], Value | None]] = {
    CustomKind.TEXT: _text,
    CustomKind.NUMBER: _number,
    CustomKind.DATE: _date,
    CustomKind.CHOICE: _choice,
    CustomKind.CHOICES: _choices,
    CustomKind.YES_NO: _yes_no,
    CustomKind.PHONE: _phone,
    CustomKind.EMAIL: _email,
    CustomKind.URL: _url,
    CustomKind.MONEY: _money,
}

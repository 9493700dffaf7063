"""Numbers as people write them where the workspace is: 1,234.5 in Mexico, 1.234,5 in Argentina.

Read and shown by one rule, so that what is shown can be sent back as it is, whatever language the person reads.
"""

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, get_decimal_symbol

from workspaces.models import Workspace

LONGEST = 40
PLACES = Decimal("0.0001")
LIMIT = Decimal(10) ** 15


class NoNumber(ValueError):
    """What was written is no number, or one too large."""


def read(text: str, workspace: Workspace) -> Decimal:
    """Where both points and commas stand, the last of them divides the decimals. One that stands alone, with three
    digits after it, is what it is where the workspace is; with fewer or more it divides the decimals."""
    said = "".join(text.split()).replace("−", "-").replace("'", "")
    sign, digits = ("-", said[1:]) if said.startswith("-") else ("", said.removeprefix("+"))
    if not digits or len(said) > LONGEST or not all(one.isdecimal() or one in ".," for one in digits):
        raise NoNumber(text)
    try:
        number = Decimal(sign + _with_point(digits, _decimal(workspace))).quantize(PLACES)
    except InvalidOperation:
        raise NoNumber(text) from None
    if abs(number) >= LIMIT:
        raise NoNumber(text)
    return number + 0  # no −0


def shown(number: Decimal, workspace: Workspace) -> str:
    said: str = format_decimal(
        number, format="#,##0.####", locale=_locale(workspace.language, workspace.currency)
    )
    return said


def _with_point(digits: str, decimal: str) -> str:
    place = max(digits.rfind("."), digits.rfind(","))
    if place < 0:
        return digits
    mark = digits[place]
    both = "." in digits and "," in digits
    if digits.count(mark) > 1 or (not both and len(digits) - place == 4 and mark != decimal):
        groups = digits.split(mark)
        if any(len(group) != 3 for group in groups[1:]) or both:
            raise NoNumber(digits)
        return "".join(groups)
    return digits[:place].replace(".", "").replace(",", "") + "." + digits[place + 1 :]


def _decimal(workspace: Workspace) -> str:
    return str(get_decimal_symbol(_locale(workspace.language, workspace.currency)))


@lru_cache(maxsize=512)
def _locale(language: str, currency: str) -> Locale:
    """The currency's code begins with its country's, where it has one."""
    try:
        return Locale.parse(f"{language[:2]}_{currency[:2]}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language[:2])

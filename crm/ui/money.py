"""Amounts of money, as people write and read them. An amount is a Decimal, and never without its currency."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from django.utils.translation import get_language

LONGEST = 40
_SIGNS = re.compile(r"[^\d.,-]+")


class NoAmount(ValueError):
    """What was written is no amount."""


def shown(amount: Decimal, currency: str) -> str:
    """In the current language, as where the currency is at home: "$12,500" in Mexico, "12.500 €" in Spain. Cents are
    left out where there are none."""
    return _shown(amount, currency, get_language() or "es")


def read(text: str) -> Decimal | None:
    """What was written, to the cent; None where nothing was. NoAmount where it is none, or below zero.

    The last of points and commas divides the cents, if one or two digits follow it and it stands there once; others
    group thousands. Signs of currencies and spaces say nothing.
    """
    digits = _SIGNS.sub("", text[:LONGEST])
    if not text.strip():
        return None
    place = max(digits.rfind("."), digits.rfind(","))
    cents = digits[place + 1 :] if place >= 0 and digits.count(digits[place]) == 1 else ""
    whole = digits[:place] if 1 <= len(cents) <= 2 else digits
    number = whole.replace(".", "").replace(",", "") + (f".{cents}" if 1 <= len(cents) <= 2 else "")
    try:
        amount = Decimal(number).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise NoAmount(text) from None
    if amount < 0 or len(text) > LONGEST:
        raise NoAmount(text)
    return amount


@lru_cache(maxsize=8192)
def _shown(amount: Decimal, currency: str, language: str) -> str:
    locale = _locale(language, currency)
    digits = None if amount % 1 else locale.currency_formats["standard"].pattern.replace("0.00", "0")
    said: str = format_currency(
        amount, currency, format=digits, locale=locale, currency_digits=digits is None
    )
    return said


@lru_cache(maxsize=512)
def _locale(language: str, currency: str) -> Locale:
    """The currency's code begins with its country's, where it has one."""
    try:
        return Locale.parse(f"{language[:2]}_{currency[:2]}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language[:2])

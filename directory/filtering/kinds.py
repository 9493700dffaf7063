"""Kinds of values: how each is written in a filter's text, and with which operators it is asked for."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Protocol

from django.utils.translation import gettext as _

from crm.cleanness import whole_number
from directory.filtering import periods
from directory.filtering.errors import BadFilter
from directory.filtering.tree import Operator

LONGEST_TEXT = 200
_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,4})?")


class Kind(Protocol):
    """`editor` names the part of a form that asks for such a value."""

    @property
    def editor(self) -> str: ...
    @property
    def operators(self) -> tuple[Operator, ...]: ...
    def clean(self, text: str) -> str:
        """As it is kept; BadFilter with words."""


@dataclass(frozen=True)
class References:
    """Ids of rows of the workspace. Whether there is such a row is not asked: one of another matches nothing."""

    editor: str = "choice"
    operators: tuple[Operator, ...] = (Operator.IS,)

    def clean(self, text: str) -> str:
        pk = whole_number(text) if text.isascii() else None
        if pk is None:
            raise BadFilter(_("“%(text)s” is not the ID of anything that is chosen here.") % {"text": text})
        return str(pk)


@dataclass(frozen=True)
class Keys:
    """Of a closed list."""

    keys: tuple[str, ...]
    editor: str = "choice"
    operators: tuple[Operator, ...] = (Operator.IS,)

    def clean(self, text: str) -> str:
        if text not in self.keys:
            raise BadFilter(
                _("“%(text)s” is none of %(keys)s.") % {"text": text, "keys": ", ".join(self.keys)}
            )
        return text


@dataclass(frozen=True)
class Texts:
    editor: str = "text"
    operators: tuple[Operator, ...] = (Operator.CONTAINS, Operator.IS, Operator.BEGINS)

    def clean(self, text: str) -> str:
        said = " ".join(text.split())
        if not said or "\x00" in said or not said.isprintable():
            raise BadFilter(_("A value is missing."))
        if len(said) > LONGEST_TEXT:
            raise BadFilter(_("This text is too long."))
        return said


@dataclass(frozen=True)
class Numbers:
    """`5`, `5..10`, `5..`, `..10`: both ends are within."""

    editor: str = "number"
    operators: tuple[Operator, ...] = (Operator.IS,)

    def clean(self, text: str) -> str:
        first, dots, last = text.partition("..")
        low, high = self._number(first), self._number(last)
        if not (first or last) or (not dots and not first):
            raise BadFilter(_("A value is missing."))
        if low is not None and high is not None and low > high:
            low, high = high, low
        if not dots or (low is not None and low == high):
            return _plain(low)
        return f"{_plain(low)}..{_plain(high)}"

    @staticmethod
    def span(text: str) -> tuple[Decimal | None, Decimal | None]:
        """Of a clean text."""
        first, dots, last = text.partition("..")
        low = Decimal(first) if first else None
        return (low, Decimal(last) if last else None) if dots else (low, low)

    def _number(self, text: str) -> Decimal | None:
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or not text.isascii():
            raise BadFilter(_("“%(text)s” is no number.") % {"text": text})
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise BadFilter(_("“%(text)s” is no number.") % {"text": text}) from error


@dataclass(frozen=True)
class Times:
    """Moments, or (`hours` False) days: see `periods`."""

    hours: bool = True
    editor: str = "time"
    operators: tuple[Operator, ...] = (Operator.IS,)

    def clean(self, text: str) -> str:
        return periods.clean(text, hours=self.hours)


@dataclass(frozen=True)
class Truths:
    keys: Collection[str] = field(default=("yes", "no"))
    editor: str = "truth"
    operators: tuple[Operator, ...] = (Operator.IS,)

    def clean(self, text: str) -> str:
        if text not in self.keys:
            raise BadFilter(_("“%(text)s” is none of %(keys)s.") % {"text": text, "keys": "yes, no"})
        return text


def _plain(number: Decimal | None) -> str:
    if number is None:
        return ""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text

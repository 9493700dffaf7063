"""A condition of a filter as a form edits it. How they are joined: `directory.listing.groups`."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from directory.filtering import BadFilter, Clause, Keyword, Not, Operator
from directory.filtering.fields import Catalogue, Field
from directory.filtering.kinds import Numbers
from directory.filtering.periods import COUNTED, NAMED
from directory.filtering.tree import KEYWORDS, Node

SPAN = "span"
TEXT_WAYS = tuple(one.value for one in (Operator.CONTAINS, Operator.IS, Operator.BEGINS))


@dataclass
class Line:
    """One condition. `way` is an operator, a keyword, a stretch of time or SPAN, as the field's editor offers them."""

    number: int
    field: Field | None = None
    is_negated: bool = False
    way: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    first: str = ""
    last: str = ""
    count: str = ""
    unit: str = "d"
    error: str = ""

    @classmethod
    def of_clause(cls, number: int, clause: Clause, catalogue: Catalogue, *, is_negated: bool) -> "Line":
        known = catalogue.known(clause.field)
        texts = [one.value if isinstance(one, Keyword) else one for one in clause.values]
        line = cls(number, known, is_negated, values=texts)
        kind = known.kind.editor
        if kind in ("choice", "truth"):
            return line
        only = clause.values[0]
        if isinstance(only, Keyword):
            line.way = only.value
        elif kind == "text":
            line.way = clause.operator.value
        elif kind == "number":
            low, high = Numbers.span(only)
            line.way, line.first, line.last = SPAN, _plain(low), _plain(high)
        else:
            line._take_time(only)
        return line

    @classmethod
    def of_form(cls, number: int, given: QueryDict, catalogue: Catalogue) -> "Line":
        def said(name: str, usual: str = "") -> str:
            return given.get(f"{name}-{number}", usual).strip()

        known = None
        if said("field"):
            try:
                known = catalogue.known(said("field"))
            except BadFilter:
                known = None
        values = [one for one in given.getlist(f"value-{number}") if one.strip()]
        return cls(
            number,
            known,
            said("not") == "1",
            said("way"),
            values,
            said("first"),
            said("last"),
            said("count"),
            said("unit", "d"),
        )

    def node(self, catalogue: Catalogue) -> Node:
        """BadFilter with words."""
        if self.field is None:
            raise BadFilter(_("Choose what to filter by."))
        operator, values = self._asked()
        if not values:
            raise BadFilter(_("Choose at least one."))
        checked = tuple(dict.fromkeys(catalogue.check(self.field.key, operator, value) for value in values))
        clause = Clause(self.field.key, operator, checked)
        return Not(clause) if self.is_negated else clause

    def _asked(self) -> tuple[Operator, list[Any]]:
        assert self.field is not None
        editor = self.field.kind.editor
        if editor in ("choice", "truth"):
            return Operator.IS, [KEYWORDS.get(one, one) for one in self.values]
        if self.way in KEYWORDS:
            return Operator.IS, [KEYWORDS[self.way]]
        if editor == "text":
            known = {one.value: one for one in Operator}
            return known.get(self.way, Operator.CONTAINS), [" ".join(self.values)] if self.values else [""]
        if editor == "number" or self.way == SPAN:
            return Operator.IS, [self._span()]
        return Operator.IS, [f"{self.way}-{self.count}{self.unit}" if self.way in COUNTED else self.way]

    def _span(self) -> str:
        if not (self.first or self.last):
            return ""
        return self.first if self.first == self.last else f"{self.first}..{self.last}"

    def _take_time(self, text: str) -> None:
        side, _dash, rest = text.partition("-")
        if text in NAMED:
            self.way = text
        elif side in COUNTED:
            self.way, self.count, self.unit = side, rest[:-1], rest[-1]
        else:
            first, dots, last = text.partition("..")
            self.way, self.first, self.last = SPAN, first, last if dots else first


def _plain(number: Any) -> str:
    return "" if number is None else format(number, "f")

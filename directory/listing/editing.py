"""A part of a filter as a form edits it: one condition, or a group of them of which any or all must hold."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from directory.filtering import BadFilter, Clause, Either, Filter, Keyword, Not, Operator
from directory.filtering.fields import Catalogue, Field
from directory.filtering.kinds import Numbers
from directory.filtering.periods import COUNTED, NAMED
from directory.filtering.tree import KEYWORDS, All, Node, all_of, either_of, negated

AND, OR = "and", "or"
SPAN = "span"
TEXT_WAYS = tuple(one.value for one in (Operator.CONTAINS, Operator.IS, Operator.BEGINS))
MOST_LINES = 12


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


@dataclass
class Part:
    """`place` is its number among the filter's parts, None of a new one."""

    place: int | None
    lines: list[Line]
    joined: str = OR
    is_negated: bool = False

    def node(self, catalogue: Catalogue) -> Node | None:
        """None where a line is refused: it says why."""
        nodes = []
        for line in self.lines:
            try:
                nodes.append(line.node(catalogue))
            except BadFilter as refused:
                line.error = str(refused)
        if len(nodes) < len(self.lines):
            return None
        found = all_of(nodes) if self.joined == AND else either_of(nodes)
        return negated(found) if found and self.is_negated else found


def of_filter(wanted: Filter, place: int) -> Part | None:
    """What stands there, for a form; None where it is more than a form can show."""
    node = wanted.parts[place]
    is_negated = isinstance(node, Not)
    inner = node.part if isinstance(node, Not) else node
    if isinstance(inner, Clause):
        return Part(place, [Line.of_clause(0, inner, wanted.catalogue, is_negated=is_negated)])
    members: Sequence[Node] = inner.parts if isinstance(inner, All | Either) else ()
    lines = []
    for number, member in enumerate(members):
        clause = member.part if isinstance(member, Not) else member
        if not isinstance(clause, Clause) or len(members) > MOST_LINES:
            return None
        lines.append(Line.of_clause(number, clause, wanted.catalogue, is_negated=isinstance(member, Not)))
    return Part(place, lines, AND if isinstance(inner, All) else OR, is_negated)


def of_form(given: QueryDict, catalogue: Catalogue) -> Part:
    """Lines in their order; `take` takes one away, `add` adds one."""
    numbers = [int(one) for one in given.getlist("line") if one.isdecimal() and len(one) < 4][:MOST_LINES]
    lines = [Line.of_form(number, given, catalogue) for number in dict.fromkeys(numbers)]
    lines = [line for line in lines if str(line.number) != given.get("take")] or [Line(0)]
    if given.get("add") and len(lines) < MOST_LINES:
        lines.append(Line(max(line.number for line in lines) + 1))
    place = given.get("part", "")
    return Part(
        int(place) if place.isdecimal() and len(place) < 4 else None,
        lines,
        AND if given.get("joined") == AND else OR,
        given.get("negated") == "1",
    )


def _plain(number: Any) -> str:
    return "" if number is None else format(number, "f")

"""A part of a filter as a form edits it: conditions, and groups of them within each other, of each of which any or all
must hold.

A form says its members in their order, each with the group that it is in: `line=3` a condition of the whole, `line=g4`
a group in it, `line=5.4` a condition in that, `line=g6.4` a group in that. No number stands twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from directory.filtering import BadFilter, Clause, Either, Filter, Not
from directory.filtering.fields import Catalogue
from directory.filtering.tree import All, Node, all_of, either_of, negated
from directory.listing.editing import Line

AND, OR = "and", "or"
MOST_LINES = 20
DEEPEST = 4  # groups within each other, the whole among them
WHOLE = -1  # no member has its number
_MEMBER = re.compile(r"(g?)(\d{1,3})(?:\.(\d{1,3}))?")


@dataclass
class Group:
    """`depth` is 1 of the whole."""

    number: int
    depth: int
    members: "list[Line | Group]" = field(default_factory=list)
    joined: str = OR
    is_negated: bool = False

    @property
    def lines(self) -> Iterator[Line]:
        for member in self.members:
            if isinstance(member, Group):
                yield from member.lines
            else:
                yield member

    @property
    def groups(self) -> "Iterator[Group]":
        """Itself first."""
        yield self
        for member in self.members:
            if isinstance(member, Group):
                yield from member.groups

    @property
    def may_have_groups(self) -> bool:
        return self.depth < DEEPEST

    @property
    def other(self) -> str:
        """What a group in it begins with: the same word would make it no group."""
        return AND if self.joined == OR else OR

    def node(self, catalogue: Catalogue) -> Node | None:
        """None where it is empty, or a line is refused: that says why."""
        nodes = []
        for member in self.members:
            try:
                found = member.node(catalogue)
            except BadFilter as refused:
                assert isinstance(member, Line)
                member.error = str(refused)
                continue
            if found is not None:
                nodes.append(found)
        joined = all_of(nodes) if self.joined == AND else either_of(nodes)
        return negated(joined) if joined and self.is_negated else joined


@dataclass
class Part:
    """`place` is its number among the filter's parts, None of a new one. `focus` is the id of what one goes on with."""

    place: int | None
    whole: Group
    focus: str = ""

    @property
    def lines(self) -> list[Line]:
        return list(self.whole.lines)

    @property
    def may_have_more(self) -> bool:
        return len(self.lines) < MOST_LINES

    def node(self, catalogue: Catalogue) -> Node | None:
        """None where a line is refused: it says why."""
        found = self.whole.node(catalogue)
        return None if any(line.error for line in self.lines) else found

    def add(self, number: int, *, group: bool) -> None:
        """A condition, or a group with one, at the end of that group."""
        into = next((one for one in self.whole.groups if one.number == number), None)
        if into is None or not self.may_have_more or (group and not into.may_have_groups):
            return
        used = [*(one.number for one in self.whole.groups), *(one.number for one in self.lines)]
        line = Line(max(used) + 1)
        if group:
            inner = Group(line.number + 1, into.depth + 1, [line], into.other)
            into.members.append(inner)
        else:
            into.members.append(line)
        self.focus = f"filter-field-{line.number}"

    def take(self, number: int) -> None:
        """The line or the group of that number, and groups that are empty then. One line stays."""
        self._take(self.whole, number)
        if not self.whole.members:
            self.whole.members.append(Line(0))

    def _take(self, group: Group, number: int) -> None:
        for member in list(group.members):
            if isinstance(member, Group) and member.number != number:
                self._take(member, number)
            if member.number == number or (isinstance(member, Group) and not member.members):
                group.members.remove(member)
                self.focus = f"filter-add-{group.number}"


def begun(*lines: Line) -> Part:
    return Part(None, Group(WHOLE, 1, list(lines)))


def of_filter(wanted: Filter, place: int) -> Part | None:
    """What stands there, for a form; None where it is more than a form can show."""
    whole = Group(WHOLE, 1)
    node = wanted.parts[place]
    if isinstance(node.part if isinstance(node, Not) else node, Clause):
        whole.members = [_line(0, node, wanted.catalogue)]
        return Part(place, whole)
    numbers = iter(range(1_000))
    if not _fill(whole, node, wanted.catalogue, numbers) or len(list(whole.lines)) > MOST_LINES:
        return None
    return Part(place, whole)


def _fill(group: Group, node: Node, catalogue: Catalogue, numbers: Iterator[int]) -> bool:
    """Whether the form has room for it."""
    group.is_negated = isinstance(node, Not)
    inner = node.part if isinstance(node, Not) else node
    assert isinstance(inner, All | Either)
    group.joined = AND if isinstance(inner, All) else OR
    if group.depth > DEEPEST:
        return False
    for member in inner.parts:
        bare = member.part if isinstance(member, Not) else member
        if isinstance(bare, Clause):
            group.members.append(_line(next(numbers), member, catalogue))
            continue
        within = Group(next(numbers), group.depth + 1)
        group.members.append(within)
        if not _fill(within, member, catalogue, numbers):
            return False
    return True


def _line(number: int, node: Node, catalogue: Catalogue) -> Line:
    clause = node.part if isinstance(node, Not) else node
    assert isinstance(clause, Clause)
    return Line.of_clause(number, clause, catalogue, is_negated=isinstance(node, Not))


def of_form(given: QueryDict, catalogue: Catalogue) -> Part:
    """Members in their order; `take` takes one away, `add` and `add_group` add one to the group that they name."""
    whole = _group_of_form(given, WHOLE, 1)
    groups = {WHOLE: whole}
    seen: set[int] = set()
    lines = 0
    for text in given.getlist("line"):
        said = _MEMBER.fullmatch(text)
        if said is None or int(said[2]) in seen:
            continue
        number, into = int(said[2]), groups.get(int(said[3]) if said[3] else WHOLE)
        seen.add(number)
        if into is None:
            continue
        if not said[1] and lines < MOST_LINES:
            lines += 1
            into.members.append(Line.of_form(number, given, catalogue))
        elif said[1] and into.may_have_groups:
            groups[number] = _group_of_form(given, number, into.depth + 1)
            into.members.append(groups[number])
    place = given.get("part", "")
    part = Part(int(place) if place.isdecimal() and len(place) < 4 else None, whole)
    if (number_ := _number(given.get("take"))) is not None:
        part.take(number_)
    for name, is_group in (("add", False), ("add_group", True)):
        if (number_ := _number(given.get(name))) is not None:
            part.add(number_, group=is_group)
    if not part.lines:
        part.whole = replace(whole, members=[Line(0)])
    return part


def _group_of_form(given: QueryDict, number: int, depth: int) -> Group:
    end = "" if number == WHOLE else f"-{number}"
    joined = AND if given.get(f"joined{end}") == AND else OR
    return Group(number, depth, [], joined, given.get(f"negated{end}") == "1")


def _number(text: str | None) -> int | None:
    """Of a member, or WHOLE."""
    return int(text) if text and re.fullmatch(r"-1|\d{1,3}", text) else None

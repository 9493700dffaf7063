"""What a filter is, once it is read: clauses, combined with and, or and not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Union


class Keyword(Enum):
    """Values that are no text: `city:none` asks for no city, `city:"none"` for the one of that name."""

    ANY = "any"
    NONE = "none"
    ME = "me"


class Operator(Enum):
    IS = ":"  # one of the values; of numbers and dates, within one of them
    CONTAINS = "~"
    BEGINS = "^"


Value = str | Keyword
KEYWORDS = {one.value: one for one in Keyword}


@dataclass(frozen=True)
class Clause:
    """One field's: any of the values will do. Texts are as their kind writes them."""

    field: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    parts: tuple["Node", ...]


Node = Union[Clause, Not, All, Either]  # noqa: UP007 (the classes name it before it is)


def all_of(parts: Iterable[Node]) -> Node | None:
    """As flat as it can be said; None of nothing."""
    return _joined(All, parts)


def either_of(parts: Iterable[Node]) -> Node | None:
    return _joined(Either, parts)


def negated(part: Node) -> Node:
    return part.part if isinstance(part, Not) else Not(part)


def clauses(node: Node | None) -> Iterator[Clause]:
    """All there are, in the order of the text."""
    if isinstance(node, Clause):
        yield node
    elif isinstance(node, Not):
        yield from clauses(node.part)
    elif node is not None:
        for part in node.parts:
            yield from clauses(part)


def _joined(kind: type[All] | type[Either], parts: Iterable[Node]) -> Node | None:
    found: list[Node] = []
    for part in parts:
        found += part.parts if isinstance(part, kind) else [part]
    if len(found) <= 1:
        return found[0] if found else None
    return kind(tuple(found))

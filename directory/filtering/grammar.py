"""The text of a filter: how it is read, and how it is written.

    either  = all { "or" all }
    all     = one { ["and"] one }
    one     = "not" one | "-" one | "(" either ")" | clause
    clause  = field (":" | "~" | "^") value { "," value }
    value   = word | '"' text '"'

`status:urgent,pending tag:12 not inbound:last-7d (assignee:me or assignee:none)`

What is written is read again as the same tree. See docs/filters.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from directory.filtering.errors import BadFilter
from directory.filtering.tree import (
    KEYWORDS,
    All,
    Clause,
    Either,
    Keyword,
    Node,
    Not,
    Operator,
    Value,
    all_of,
    either_of,
    negated,
)

LONGEST = 2_000  # characters: an address has room for them
MOST_CLAUSES = 50
MOST_VALUES = 100  # of one clause
DEEPEST = 20
_BARE = re.compile(r"[^\s\"(),\\]+")
_KEY = re.compile(r"[a-z][a-z0-9_.]*")
_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_WORD = re.compile(r"(and|or|not)(?=[\s(]|$)")
_OPERATORS = {one.value: one for one in Operator}

Check = Callable[
    [str, Operator, Value], Value
]  # (field, operator, value) as it is kept; ValueError with words


def read(text: str, check: Check) -> Node | None:
    """The tree of a text. BadFilter where it means nothing."""
    if len(text) > LONGEST:
        raise BadFilter(_("This filter is too long: take some of it away."))
    reader = _Reader(text, check)
    reader.skip()
    if not text.strip():
        return None
    tree = reader.either(0)
    if not reader.is_at_end:
        raise reader.wrong(_("A parenthesis is closed that was never opened."))
    return tree


def written(node: Node | None) -> str:
    if node is None:
        return ""
    if isinstance(node, Clause):
        return f"{node.field}{node.operator.value}{','.join(map(_value, node.values))}"
    if isinstance(node, Not):
        return f"not {_within(node.part, All, Either)}"
    if isinstance(node, All):
        return " ".join(_within(part, Either) for part in node.parts)
    return " or ".join(written(part) for part in node.parts)


def _within(node: Node, *looser: type[Node]) -> str:
    """In parentheses where it would else come apart."""
    return f"({written(node)})" if isinstance(node, looser) else written(node)


def _value(value: Value) -> str:
    if isinstance(value, Keyword):
        return value.value
    if _BARE.fullmatch(value) and value not in KEYWORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass
class _Reader:
    text: str
    check: Check
    at: int = 0
    clauses: int = 0

    @property
    def is_at_end(self) -> bool:
        return self.at >= len(self.text)

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def wrong(self, words: str, at: int | None = None) -> BadFilter:
        return BadFilter(words, self.at if at is None else at)

    def either(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self.wrong(_("There are too many parentheses within each other."))
        parts = [self.all(depth)]
        while self.takes("or"):
            parts.append(self.all(depth))
        found = either_of(parts)
        assert found is not None
        return found

    def all(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while not self.is_at_end and self.text[self.at] != ")" and self.word() != "or":
            self.takes("and")
            parts.append(self.one(depth))
        found = all_of(parts)
        assert found is not None
        return found

    def one(self, depth: int) -> Node:
        if self.is_at_end or self.word() in ("and", "or") or self.text[self.at] == ")":
            raise self.wrong(_("Something is missing here."))
        if self.takes("not") or self.takes_sign("-"):
            if depth > DEEPEST:
                raise self.wrong(_("There are too many parentheses within each other."))
            return negated(self.one(depth + 1))
        begun = self.at
        if not self.takes_sign("("):
            return self.clause()
        found = self.either(depth + 1)
        if not self.takes_sign(")"):
            raise self.wrong(_("A parenthesis is opened that is never closed."), begun)
        return found

    def clause(self) -> Clause:
        begun = self.at
        key = _KEY.match(self.text, begun)
        operator = _OPERATORS.get(self.text[key.end() : key.end() + 1]) if key else None
        if key is None or operator is None:
            raise self.wrong(_("A field and what is asked of it are expected here, as in status:urgent."))
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise self.wrong(_("These are too many conditions: take some away."))
        self.at = key.end() + 1
        values = [self.value(key.group(), operator)]
        while not self.is_at_end and self.text[self.at] == ",":
            self.at += 1
            values.append(self.value(key.group(), operator))
        if len(values) > MOST_VALUES:
            raise self.wrong(_("These are too many values: take some away."), begun)
        if not self.is_at_end and self.text[self.at] not in ")" and not self.text[self.at].isspace():
            raise self.wrong(_("A space is missing here."))
        self.skip()
        return Clause(key.group(), operator, tuple(dict.fromkeys(values)))

    def value(self, key: str, operator: Operator) -> Value:
        begun = self.at
        quoted = _QUOTED.match(self.text, begun)
        bare = None if quoted else _BARE.match(self.text, begun)
        found = quoted or bare
        if found is None:
            is_open = self.text[begun : begun + 1] == '"'
            raise self.wrong(
                _("A quotation mark is opened that is never closed.") if is_open else _("A value is missing.")
            )
        self.at = found.end()
        value: Value = re.sub(r"\\(.)", r"\1", quoted.group(1)) if quoted else found.group()
        if bare and value in KEYWORDS:
            value = KEYWORDS[str(value)]
        try:
            return self.check(key, operator, value)
        except BadFilter as error:
            raise BadFilter(str(error), begun) from error

    def word(self) -> str:
        """One of the words that join, where it stands here."""
        found = _WORD.match(self.text, self.at)
        return found.group() if found else ""

    def takes(self, word: str) -> bool:
        if self.word() != word:
            return False
        self.at += len(word)
        self.skip()
        return True

    def takes_sign(self, sign: str) -> bool:
        if self.is_at_end or self.text[self.at] != sign:
            return False
        self.at += 1
        self.skip()
        return True

"""A filter in words, as chips say it: "Status: 🔥 Urgent, ⏳ Pending"."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.filtering import Filter
from directory.filtering.fields import Field
from directory.filtering.kinds import Numbers, Times
from directory.filtering.tree import Clause, Either, Keyword, Node, Not, Operator, Value, clauses
from directory.filtering.wording import counted, named
from workspaces.models import Membership

MOST_SAID = 2  # values of a clause, and parts of a group; the rest is counted

Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Said:
    """One part of a filter: `label` is its field's, "" of a group; `number` counts the parts."""

    number: int
    label: str
    icon: str
    text: str
    is_negated: bool
    is_group: bool


def parts(wanted: Filter, membership: Membership) -> list[Said]:
    """A query for each field whose values are names of rows."""
    names = _names(wanted, membership)
    return [_said(number, part, wanted, names) for number, part in enumerate(wanted.parts)]


_OPPOSITE = {(Keyword.NONE,): (Keyword.ANY,), (Keyword.ANY,): (Keyword.NONE,)}


def _said(number: int, part: Node, wanted: Filter, names: Names) -> Said:
    part = _plainly(part)
    inner = part.part if isinstance(part, Not) else part
    if isinstance(inner, Clause):
        field = wanted.catalogue.known(inner.field)
        text = _values(inner, field, names)
        return Said(number, str(field.label), field.icon, text, isinstance(part, Not), is_group=False)
    return Said(number, "", "parentheses", _text(inner, wanted, names), isinstance(part, Not), is_group=True)


def _plainly(node: Node) -> Node:
    """Not without a value: with one."""
    if isinstance(node, Not) and isinstance(node.part, Clause) and node.part.values in _OPPOSITE:
        return replace(node.part, values=_OPPOSITE[node.part.values])
    return node


def _text(node: Node, wanted: Filter, names: Names) -> str:
    node = _plainly(node)
    if isinstance(node, Clause):
        field = wanted.catalogue.known(node.field)
        return _("%(field)s: %(values)s") % {
            "field": field.label,
            "values": _values(node, field, names),
        }
    if isinstance(node, Not):
        return _("not (%(what)s)") % {"what": _text(node.part, wanted, names)}
    joined = _(" or ") if isinstance(node, Either) else _(" and ")
    said = [_text(part, wanted, names) for part in node.parts[:MOST_SAID]]
    more = len(node.parts) - len(said)
    return joined.join(said) + (f" +{more}" if more else "")


def _values(clause: Clause, field: Field, names: Names) -> str:
    said = [_value(one, clause, field, names) for one in clause.values[:MOST_SAID]]
    more = len(clause.values) - len(said)
    return ", ".join(said) + (f" +{more}" if more else "")


def _value(value: Value, clause: Clause, field: Field, names: Names) -> str:
    if isinstance(value, Keyword):
        return _keyword(value)
    if field.options is not None:
        return names.get((field.key, value)) or _("Unknown")
    if isinstance(field.kind, Times):
        return period(value)
    if isinstance(field.kind, Numbers):
        return number(value)
    if field.kind.editor == "truth":
        return _("Yes") if value == "yes" else _("No")
    if clause.operator == Operator.CONTAINS:
        return _("contains “%(text)s”") % {"text": value}
    return _("begins with “%(text)s”") % {"text": value} if clause.operator == Operator.BEGINS else value


def period(text: str) -> str:
    known = named().get(text) or counted(text)
    if known:
        return known
    first, dots, last = text.partition("..")
    if not dots:
        return _day(first)
    if first and last:
        return _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}
    return _("since %(day)s") % {"day": _day(first)} if first else _("until %(day)s") % {"day": _day(last)}


def number(text: str) -> str:
    low, high = Numbers.span(text)
    if low == high:
        return _amount(low)
    if low is not None and high is not None:
        return _("%(first)s to %(last)s") % {"first": _amount(low), "last": _amount(high)}
    if low is None:
        return _("at most %(number)s") % {"number": _amount(high)}
    return _("at least %(number)s") % {"number": _amount(low)}


def _keyword(value: Keyword) -> str:
    return {Keyword.NONE: _("without a value"), Keyword.ANY: _("with any value"), Keyword.ME: _("me")}[value]


def _names(wanted: Filter, membership: Membership) -> dict[tuple[str, str], str]:
    """What is named in all of it, as this person may know it."""
    asked: dict[str, list[str]] = {}
    for clause in clauses(wanted.tree):
        asked.setdefault(clause.field, []).extend(one for one in clause.values if isinstance(one, str))
    found = {}
    for key, values in asked.items():
        field = wanted.catalogue.known(key)
        groups = field.options(membership, values) if field.options and values else []
        for option in (one for _heading, options in groups for one in options):
            found[key, str(option.value)] = f"{option.mark} {option.label}".strip()
    return found


def _amount(value: Decimal | None) -> str:
    return f"{value:,f}" if value is not None else ""


def _day(text: str) -> str:

    return date_format(dt.date.fromisoformat(text), "SHORT_DATE_FORMAT")

"""Columns of a file that the database itself can give: an expression on `directory.Placement` each. From
`AppConfig.ready()`:

    sources.register(sources.Source("stage", Kind.WORD, held("stage__name")))

A source has the key of the directory's column of the same meaning (`directory.columns`), or a label of its own where
only files have it. A file of a million leads is as quick as PostgreSQL only where every column has a source; what has
none is loaded as lists load it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.ui.registry import Registry
from directory.models import ContactPoint, Direction, LeadTag, Outcome, Status
from directory.models import Source as Origin


class Kind(StrEnum):
    """TEXT comes from or is about the person, and may hold a number that who reads may not see; WORD is the workspace's
    own or ours. TIME is naive, in the workspace's zone."""

    TEXT = "text"
    WORD = "word"
    PHONE = "phone"
    PHONES = "phones"  # several, by commas
    EMAIL = "email"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True)
class Asked:
    """`zone` is a name of the IANA's. Words are made in the active language."""

    zone: str


Expression = Callable[[Asked], Any]


@dataclass(frozen=True)
class Source:
    key: str
    kind: Kind
    expression: Expression
    label: str | Promise = ""
    order: int = 1_000  # beside the directory's columns; of those with a label


_sources: Registry[Source] = Registry("Source of a file's column")


def register(source: Source) -> Source:
    return _sources.register(source)


def registered() -> dict[str, Source]:
    return {one.key: one for one in _sources}


def held(name: str) -> Expression:
    """A column as it is."""
    return lambda asked: F(name)


def moment(name: str) -> Expression:
    """A column of time, as the clock on the wall showed it."""
    return lambda asked: Func(
        Value(asked.zone),
        F(name),
        template="date_trunc('second', timezone(%(expressions)s))",
        output_field=DateTimeField(),
    )


def worded(name: str, choices: Any) -> Expression:
    """A choice, in words. Those that have changed their name since are as they are."""
    return lambda asked: Case(
        *(When(**{name: value}, then=Value(str(label))) for value, label in choices),
        default=F(name),
        output_field=CharField(),
    )


def joined(rows: "QuerySet[Any, Any]", by: str, *, beyond: int = 0) -> Func:
    """The rows' values as one text; `beyond` leaves out the first ones."""
    cut = f"[{beyond + 1}:]" if beyond else ""
    template = f"array_to_string((%(expressions)s){cut}, '{by}')"
    return Func(ArraySubquery(rows), template=template, output_field=TextField())


def _points(kind: str) -> "QuerySet[Any, Any]":
    points: QuerySet[Any, Any] = ContactPoint.objects.filter(lead_id=OuterRef("pk"), kind=kind)
    return points.order_by("id").values("value")


def _tags(asked: Asked) -> Func:
    worn = LeadTag.objects.filter(lead_id=OuterRef("pk")).order_by("tag__name", "tag_id")
    return joined(worn.values("tag__name"), ", ")


def register_own() -> None:
    phone, email = ContactPoint.Kind.PHONE, ContactPoint.Kind.EMAIL
    for source in (
        Source("id", Kind.NUMBER, held("pk"), gettext_lazy("Number"), order=5),
        Source("name", Kind.TEXT, held("lead__name")),
        Source("phone", Kind.PHONE, lambda asked: Subquery(_points(phone)[:1])),
        Source(
            "more_phones",
            Kind.PHONES,
            lambda asked: joined(_points(phone), ", ", beyond=1),
            gettext_lazy("Other phones"),
            order=21,
        ),
        Source("email", Kind.EMAIL, lambda asked: Subquery(_points(email)[:1])),
        Source(
            "more_emails",
            Kind.EMAIL,
            lambda asked: joined(_points(email), ", ", beyond=1),
            gettext_lazy("Other e-mails"),
            order=91,
        ),
        Source("city", Kind.TEXT, held("lead__city")),
        Source("notes", Kind.TEXT, held("lead__notes"), gettext_lazy("Notes"), order=105),
        Source("assignee", Kind.WORD, held("assignee__user__name")),
        Source("status", Kind.WORD, worded("status", Status.choices)),
        Source("tags", Kind.WORD, _tags),
        Source("source", Kind.WORD, worded("lead__source", Origin.choices)),
        Source(
            "direction",
            Kind.WORD,
            worded("lead__direction", Direction.choices),
            gettext_lazy("Who wrote first"),
            order=155,
        ),
        Source("value", Kind.MONEY, held("value")),
        Source("activity", Kind.TIME, moment("last_activity_at")),
        Source("created", Kind.TIME, moment("created_at")),
        Source("inbound", Kind.TIME, moment("last_inbound_at")),
        Source("waiting", Kind.TIME, moment("waiting_since")),
        Source("outcome", Kind.WORD, worded("outcome", Outcome.choices), gettext_lazy("Outcome"), order=121),
        Source("reason", Kind.WORD, held("close_reason__name"), gettext_lazy("Reason"), order=122),
        Source("closed", Kind.TIME, moment("closed_at"), gettext_lazy("Closed"), order=123),
        Source("archived", Kind.WORD, _archived, gettext_lazy("Archived"), order=160),
    ):
        register(source)


def _archived(asked: Asked) -> Case:
    return Case(
        When(is_archived=True, then=Value(_("Yes"))), default=Value(_("No")), output_field=CharField()
    )

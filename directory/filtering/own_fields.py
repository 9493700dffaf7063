"""Filtering by fields of a workspace's own making: `custom.<key>`, with the icon of its kind."""

from collections.abc import Callable, Iterable

from django.db.models import OuterRef, Q, QuerySet

from directory import custom
from directory.choices import Option
from directory.filtering import asked as by
from directory.filtering import few
from directory.filtering.fields import CUSTOM, Asked, Family, Field, Groups
from directory.filtering.kinds import Kind, Numbers, References, Texts, Times, Truths
from directory.filtering.people import numbered, unnumbered
from directory.filtering.places import LACKS
from directory.filtering.tree import Operator
from directory.models import CustomField, CustomKind, CustomValue
from workspaces.models import Membership

PREFIX = "custom."
ICONS = {
    CustomKind.TEXT: "type",
    CustomKind.NUMBER: "hash",
    CustomKind.DATE: "calendar",
    CustomKind.CHOICE: "circle-dot",
    CustomKind.CHOICES: "list-checks",
    CustomKind.YES_NO: "toggle-left",
    CustomKind.PHONE: "phone",
    CustomKind.EMAIL: "mail",
    CustomKind.URL: "link",
    CustomKind.MONEY: "coins",
}
_KINDS: dict[str, Kind] = {
    CustomKind.NUMBER: Numbers(),
    CustomKind.MONEY: Numbers(),
    CustomKind.DATE: Times(hours=False),
    CustomKind.CHOICE: References(),
    CustomKind.CHOICES: References(),
    CustomKind.YES_NO: Truths(),
}


def load() -> list[Field]:
    return [_field(one, 500 + place) for place, one in enumerate(custom.fields())]


FAMILY = Family(PREFIX, load)


def _field(one: CustomField, order: int) -> Field:
    return Field(
        f"{PREFIX}{one.key}",
        one.label,
        ICONS[CustomKind(one.kind)],
        _KINDS.get(one.kind, Texts()),
        lambda asked: by.having(
            _held(one), asked, [_CONDITIONS[one.kind](asked, text) for text in asked.texts]
        ),
        LACKS,
        _options(one) if one.is_chosen else None,
        lambda asked: _few(one, asked),
        is_keyed=True,
        identity=(one.pk, one.kind),
        group=CUSTOM,
        order=order,
    )


def _held(one: CustomField) -> "QuerySet[CustomValue]":
    return CustomValue.objects.filter(lead_id=OuterRef("pk"), field=one)


def _few(one: CustomField, asked: Asked) -> few.Ids | None:
    """By the index of its kind. Of a text the index helps where it is the whole, or its beginning."""
    if asked.none or asked.operator == Operator.CONTAINS:
        return None
    rows = CustomValue.objects.of_field(one)
    found = [
        condition for text in asked.texts if (condition := _CONDITIONS[one.kind](asked, text)) is not None
    ]
    return (rows if asked.any else rows.filter(by.either(found))).values_list("lead_id")


def _options(field: CustomField) -> Callable[[Membership, Iterable[str] | None], Groups]:
    def options(reader: Membership, ids: Iterable[str] | None) -> Groups:
        wanted = None if ids is None else set(ids)
        found = [
            Option(one.pk, one.label, colour=one.colour)
            for one in (field.choice_list if wanted is None else field.all_choices)
            if wanted is None or str(one.pk) in wanted
        ]
        return [("", found)]

    return options


def _text(asked: Asked, text: str) -> Q:
    return unnumbered(asked, "text_key", by.matching("text_key", asked.operator, text, folded=True))


def _number(asked: Asked, text: str) -> Q:
    return by.within("number", *Numbers.span(text))


def _date(asked: Asked, text: str) -> Q:
    return by.within("date", *asked.days(text), open_end=True)


_CONDITIONS: dict[str, Callable[[Asked, str], Q | None]] = {
    CustomKind.TEXT: _text,
    CustomKind.EMAIL: _text,
    CustomKind.URL: _text,
    CustomKind.PHONE: numbered,
    CustomKind.NUMBER: _number,
    CustomKind.MONEY: _number,
    CustomKind.DATE: _date,
    CustomKind.YES_NO: lambda asked, text: Q(number=int(text == "yes")),
    CustomKind.CHOICE: lambda asked, text: Q(choice_id=int(text)),
    CustomKind.CHOICES: lambda asked, text: Q(choice_id=int(text)),
}

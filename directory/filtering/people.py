"""Fields of who a lead is, each with its label and icon."""

from collections.abc import Callable
from dataclasses import replace

from django.db.models import F, OuterRef, Q, Value
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from directory import phones
from directory.filtering import asked as by
from directory.filtering import few, offering
from directory.filtering.fields import LEAD, Asked, Field
from directory.filtering.kinds import Keys, Texts, Times
from directory.filtering.places import LACKS
from directory.filtering.tree import Keyword, Operator
from directory.models import ContactPoint, Direction, Lead, Source
from directory.naming import FEWEST_DIGITS, sees_phones

# A telephone number within a text, as `directory.naming` takes one: for who may not see them.
NUMBER = rf"[0-9](?:(?:\W|_){{0,4}}[0-9]){{{FEWEST_DIGITS - 1},}}"


def fields() -> list[Field]:
    return [*_of_texts(), *_of_coming()]


def _of_texts() -> list[Field]:
    return [
        Field("name", _("Name"), "user-round", Texts(), _named, LACKS, few=_few_named, group=LEAD, order=120),
        Field(
            "phone",
            _("Phone"),
            "phone",
            Texts(),
            _phoned,
            LACKS,
            few=_few_phoned,
            is_keyed=True,
            group=LEAD,
            order=130,
        ),
        Field(
            "email",
            _("E-mail"),
            "mail",
            Texts(),
            _mailed,
            LACKS,
            few=_few_mailed,
            is_keyed=True,
            group=LEAD,
            order=140,
        ),
        Field(
            "city", _("City"), "map-pin", Texts(), _in_city, LACKS, few=_few_in_city, group=LEAD, order=150
        ),
    ]


def _of_coming() -> list[Field]:
    return [
        Field(
            "created",
            _("Created"),
            "calendar-plus",
            Times(),
            by.moment("created_at"),
            few=few.created,
            group=LEAD,
            order=110,
        ),
        Field(
            "direction",
            _("Who wrote first"),
            "arrow-left-right",
            Keys(tuple(Direction.values)),
            by.key("lead__direction"),
            options=lambda _reader, ids: offering.labelled(Direction.choices, ids),
            few=few.by_direction,
            group=LEAD,
            order=160,
        ),
        Field(
            "source",
            _("Source"),
            "door-open",
            Keys(tuple(Source.values)),
            by.key("lead__source"),
            options=lambda _reader, ids: offering.labelled(Source.choices, ids),
            few=few.of_lead(by.key("source")),
            group=LEAD,
            order=170,
        ),
        Field(
            "came_from",
            _("Where they came from"),
            "signpost",
            Texts(),
            _came_from,
            LACKS,
            few=_few_came_from,
            group=LEAD,
            order=180,
        ),
        Field(
            "external_id",
            _("External ID"),
            "hash",
            Texts(),
            _external,
            LACKS,
            few=_few_external,
            group=LEAD,
            order=190,
        ),
    ]


def _named(asked: Asked) -> Q:
    return unnumbered(asked, "lead__name_key", by.text("lead__name_key", folded=True)(asked))


def _few_named(asked: Asked) -> few.Ids | None:
    return few.of_lead(by.text("name_key", folded=True))(asked) if few.worded(asked) else None


def _in_city(asked: Asked) -> Q:
    return unnumbered(asked, "lead__city", by.text("lead__city")(asked))


def _few_in_city(asked: Asked) -> few.Ids | None:
    if not few.worded(asked):
        return None
    return few.of_lead(lambda one: Q(city__gt="") & by.text("city")(one))(asked)


def _came_from(asked: Asked) -> Q:
    return unnumbered(asked, "lead__came_from", by.text("lead__came_from")(asked))


def _external(asked: Asked) -> Q:
    """A whole one is as the other system writes it: so the index has it."""
    if asked.operator == Operator.IS:
        lacks = replace(asked, values=tuple(one for one in asked.values if isinstance(one, Keyword)))
        found = Q(lead__external_id__in=asked.texts) | by.text("lead__external_id")(lacks)
    else:
        found = by.text("lead__external_id")(asked)
    return unnumbered(asked, "lead__external_id", found)


def _few_came_from(asked: Asked) -> few.Ids | None:
    if not few.worded(asked):
        return None
    return few.of_lead(lambda one: Q(came_from__gt="") & by.text("came_from")(one))(asked)


def _few_external(asked: Asked) -> few.Ids | None:
    if asked.operator != Operator.IS and few.worded(asked):
        return few.of_lead(lambda one: Q(external_id__gt="") & by.text("external_id")(one))(asked)
    if asked.none or asked.operator != Operator.IS:
        return None
    found = Q() if asked.any else Q(external_id__in=asked.texts)
    return Lead.objects.filter(~Q(external_id=""), found).values_list("pk")


def unnumbered(asked: Asked, column: str, found: Q) -> Q:
    """Who may not see telephone numbers does not find them out digit by digit where they stand in a text."""
    if sees_phones(asked.membership) or not any(c.isdigit() for text in asked.texts for c in text):
        return found
    return found & ~Q(Regex(F(column), Value(NUMBER)))


def _phoned(asked: Asked) -> Q:
    """Whole numbers as they are found by search; parts for who sees numbers alone."""
    return by.having(_points("phone"), asked, [numbered(asked, text) for text in asked.texts])


def _few_phoned(asked: Asked) -> few.Ids | None:
    return _few_points("phone", asked, numbered)


def numbered(asked: Asked, text: str) -> Q | None:
    """On `match_key`; None where no number is meant, or one is asked for in part by who may not see them."""
    workspace = asked.membership.workspace
    if asked.operator == Operator.IS or not sees_phones(asked.membership):
        whole = phones.parse(text, phones.region_of(workspace.currency, workspace.time_zone))
        return Q(match_key=whole.match_key) if whole else None
    digits = "".join(one for one in text if one.isascii() and one.isdigit())
    if not digits:
        return None
    return Q(**{f"match_key__{'contains' if asked.operator == Operator.CONTAINS else 'startswith'}": digits})


def _mailed(asked: Asked) -> Q:
    return by.having(_points("email"), asked, [_addressed(asked, text) for text in asked.texts])


def _few_mailed(asked: Asked) -> few.Ids | None:
    return _few_points("email", asked, _addressed)


def _addressed(asked: Asked, text: str) -> Q:
    lookup = {Operator.IS: "exact", Operator.CONTAINS: "contains", Operator.BEGINS: "startswith"}
    return Q(**{f"match_key__{lookup[asked.operator]}": text.lower()})


def _points(kind: str) -> "few.Ids":
    return ContactPoint.objects.filter(lead_id=OuterRef("pk"), kind=kind)


def _few_points(kind: str, asked: Asked, condition: Callable[[Asked, str], Q | None]) -> few.Ids | None:
    rows = ContactPoint.objects.filter(kind=kind)
    if asked.any:
        return rows.values_list("lead_id")
    if not few.worded(asked):
        return None
    found = [one for text in asked.texts if (one := condition(asked, text)) is not None]
    return rows.filter(by.either(found)).values_list("lead_id")

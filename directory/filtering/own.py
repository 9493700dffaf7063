"""What the directory itself filters by. Stage and funnel are of the floor above."""

from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, Value
from django.db.models.lookups import Regex
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import choices, phones
from directory.choices import NOBODY, Option
from directory.filtering import asked as by
from directory.filtering import fields
from directory.filtering.fields import CONVERSATION, LEAD, Asked, Field, Groups, Text
from directory.filtering.kinds import Keys, Numbers, References, Texts, Times, Truths
from directory.filtering.tree import Keyword, Operator
from directory.models import CloseReason, ContactPoint, Direction, LeadTag, Outcome, Source, Status
from directory.naming import FEWEST_DIGITS, sees_phones
from workspaces.models import Membership, Team, TeamMember

LACKS = frozenset({Keyword.NONE, Keyword.ANY})
OPEN = "open"  # of outcomes: in an address something must stand for ""
OUTCOMES = (OPEN, Outcome.WON.value, Outcome.LOST.value)
# A telephone number within a text, as `directory.naming` takes one: for who may not see them.
NUMBER = rf"[0-9](?:(?:\W|_){{0,4}}[0-9]){{{FEWEST_DIGITS - 1},}}"


def register() -> None:
    for field in (*_of_place(), *_of_lead(), *_of_conversation()):
        fields.register(field)


def _of_place() -> list[Field]:
    return [
        Field(
            "assignee",
            gettext_lazy("Assignee"),
            "user",
            References(),
            by.reference("assignee_id"),
            LACKS | {Keyword.ME},
            _people,
            order=10,
        ),
        Field("team", gettext_lazy("Team"), "users", References(), _in_team, options=_teams, order=20),
        Field(
            "status",
            gettext_lazy("Status"),
            "flame",
            Keys(tuple(Status.values)),
            by.key("status"),
            options=lambda _reader, ids: [("", choices.statuses(ids))],
            order=50,
        ),
        Field(
            "tag",
            gettext_lazy("Tag"),
            "tag",
            References(),
            _tagged,
            LACKS,
            lambda _reader, ids: [("", choices.tags(_numbers(ids)))],
            order=60,
        ),
        Field(
            "outcome",
            gettext_lazy("Won or lost"),
            "trophy",
            Keys(OUTCOMES),
            _with_outcome,
            options=_outcomes,
            order=70,
        ),
        Field(
            "reason",
            gettext_lazy("Reason"),
            "list-checks",
            References(),
            by.reference("close_reason_id"),
            LACKS,
            _reasons,
            order=75,
        ),
        Field("value", gettext_lazy("Value"), "coins", Numbers(), by.number("value"), LACKS, order=80),
        Field(
            "in_stage",
            gettext_lazy("In this stage since"),
            "timer",
            Times(),
            by.moment("stage_since"),
            order=85,
        ),
        Field(
            "closed",
            gettext_lazy("Closed"),
            "calendar-check",
            Times(),
            by.moment("closed_at"),
            LACKS,
            order=88,
        ),
        Field("starred", gettext_lazy("Starred"), "star", Truths(), by.truth("is_starred"), order=90),
    ]


def _of_lead() -> list[Field]:
    return [
        Field(
            "created",
            gettext_lazy("Created"),
            "calendar-plus",
            Times(),
            by.moment("created_at"),
            group=LEAD,
            order=110,
        ),
        Field("name", gettext_lazy("Name"), "user-round", Texts(), _named, LACKS, group=LEAD, order=120),
        Field("phone", gettext_lazy("Phone"), "phone", Texts(), _phoned, LACKS, group=LEAD, order=130),
        Field("email", gettext_lazy("E-mail"), "mail", Texts(), _mailed, LACKS, group=LEAD, order=140),
        Field("city", gettext_lazy("City"), "map-pin", Texts(), _in_city, LACKS, group=LEAD, order=150),
        Field(
            "direction",
            gettext_lazy("Who wrote first"),
            "arrow-left-right",
            Keys(tuple(Direction.values)),
            by.key("lead__direction"),
            options=lambda _reader, ids: _labelled(Direction.choices, ids),
            group=LEAD,
            order=160,
        ),
        Field(
            "source",
            gettext_lazy("Source"),
            "door-open",
            Keys(tuple(Source.values)),
            by.key("lead__source"),
            options=lambda _reader, ids: _labelled(Source.choices, ids),
            group=LEAD,
            order=170,
        ),
    ]


def _of_conversation() -> list[Field]:
    return [
        Field(
            "channel",
            gettext_lazy("Channel"),
            "radio-tower",
            References(),
            by.reference("channel_id"),
            LACKS,
            lambda _reader, ids: [("", choices.channels(_numbers(ids)))],
            group=CONVERSATION,
            order=210,
        ),
        Field(
            "activity",
            gettext_lazy("Last activity"),
            "activity",
            Times(),
            by.moment("last_activity_at"),
            group=CONVERSATION,
            order=220,
        ),
        Field(
            "inbound",
            gettext_lazy("Last wrote"),
            "message-circle",
            Times(),
            by.moment("last_inbound_at"),
            LACKS,
            group=CONVERSATION,
            order=230,
        ),
        Field(
            "waiting",
            gettext_lazy("Waiting since"),
            "reply",
            Times(),
            by.moment("waiting_since"),
            LACKS,
            group=CONVERSATION,
            order=240,
        ),
    ]


def _in_team(asked: Asked) -> Q:
    """Its people's leads; a team that the reader may not see has none."""
    teams = Team.objects.visible_to(asked.membership).filter(pk__in=asked.ids).values("pk")
    return Q(
        assignee_id__in=TeamMember.objects.filter(team__in=teams).values("membership_id"),
        assignee_id__isnull=False,
    )


def _tagged(asked: Asked) -> Q:
    worn = LeadTag.objects.filter(lead_id=OuterRef("pk"))
    found = [by.has(worn.filter(tag_id__in=asked.ids))] if asked.ids else []
    return by.either(
        [*found, *([~by.has(worn)] if asked.none else []), *([by.has(worn)] if asked.any else [])]
    )


def _with_outcome(asked: Asked) -> Q:
    return Q(outcome__in=["" if text == OPEN else text for text in asked.texts])


def _named(asked: Asked) -> Q:
    return unnumbered(asked, "lead__name_key", by.text("lead__name_key", folded=True)(asked))


def _in_city(asked: Asked) -> Q:
    return unnumbered(asked, "lead__city", by.text("lead__city")(asked))


def unnumbered(asked: Asked, column: str, found: Q) -> Q:
    """Who may not see telephone numbers does not find them out digit by digit where they stand in a text."""
    if sees_phones(asked.membership) or not any(c.isdigit() for text in asked.texts for c in text):
        return found
    return found & ~Q(Regex(F(column), Value(NUMBER)))


def _phoned(asked: Asked) -> Q:
    """Whole numbers as they are found by search; parts for who sees numbers alone."""
    points = ContactPoint.objects.filter(lead_id=OuterRef("pk"), kind=ContactPoint.Kind.PHONE)
    return by.having(points, asked, [numbered(asked, text) for text in asked.texts])


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
    points = ContactPoint.objects.filter(lead_id=OuterRef("pk"), kind=ContactPoint.Kind.EMAIL)
    lookup = {Operator.IS: "exact", Operator.CONTAINS: "contains", Operator.BEGINS: "startswith"}
    found = [Q(**{f"match_key__{lookup[asked.operator]}": text.lower()}) for text in asked.texts]
    return by.having(points, asked, found)


def _numbers(ids: Iterable[str] | None) -> list[int] | None:
    return None if ids is None else [int(one) for one in ids]


def _people(reader: Membership, ids: Iterable[str] | None) -> Groups:
    """Nobody is asked for by a keyword."""
    found = choices.people(reader, _numbers(ids))
    return [("", [one for one in found if one.value != NOBODY])]


def _teams(reader: Membership, ids: Iterable[str] | None) -> Groups:
    teams = Team.objects.visible_to(reader).by_name()
    wanted = _numbers(ids)
    found = teams if wanted is None else teams.filter(pk__in=wanted)
    return [("", [Option(team.pk, team.name, colour=team.colour) for team in found])]


def _reasons(reader: Membership, ids: Iterable[str] | None) -> Groups:
    wanted = _numbers(ids)
    found = CloseReason.objects.order_by("outcome", "position", "id")
    found = found.filter(removed_at=None) if wanted is None else found.filter(pk__in=wanted)
    return [("", [Option(one.pk, one.name) for one in found])]


def _outcomes(reader: Membership, ids: Iterable[str] | None) -> Groups:
    labels = [(OPEN, _("Open")), (Outcome.WON.value, _("Won")), (Outcome.LOST.value, _("Lost"))]
    return _labelled(labels, ids)


def _labelled(labels: Iterable[tuple[str, Text]], ids: Iterable[str] | None) -> Groups:
    wanted = None if ids is None else set(ids)
    return [("", [Option(key, label) for key, label in labels if wanted is None or key in wanted])]

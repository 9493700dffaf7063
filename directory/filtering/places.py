"""Fields of where a lead stands, each with its label and icon. Stage and funnel are of the floor above."""

from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from directory.filtering import asked as by
from directory.filtering import few, offering
from directory.filtering.fields import Asked, Field
from directory.filtering.kinds import Keys, Numbers, References, Times, Truths
from directory.filtering.offering import OPEN, OUTCOMES
from directory.filtering.tree import Keyword
from directory.models import LeadTag, Status
from workspaces.models import Team, TeamMember

LACKS = frozenset({Keyword.NONE, Keyword.ANY})


def fields() -> list[Field]:
    return [*_of_people(), *_of_state()]


def _of_people() -> list[Field]:
    assigned = by.reference("assignee_id")
    return [
        Field(
            "assignee",
            _("Assignee"),
            "user",
            References(),
            assigned,
            LACKS | {Keyword.ME},
            offering.people,
            few.placed(assigned),
            few.walked("assignee_id"),
            is_tallied=True,
            order=10,
        ),
        Field(
            "team",
            _("Team"),
            "users",
            References(),
            _in_team,
            options=offering.teams,
            few=few.placed(_in_team),
            is_tallied=True,
            order=20,
        ),
    ]


def _of_state() -> list[Field]:
    stands, reasoned = by.key("status"), by.reference("close_reason_id")
    worth, closed = by.number("value"), by.moment("closed_at")
    return [
        Field(
            "status",
            _("Status"),
            "flame",
            Keys(tuple(Status.values)),
            stands,
            options=offering.statuses,
            few=few.by_status(stands),
            is_tallied=True,
            order=50,
        ),
        Field(
            "tag",
            _("Tag"),
            "tag",
            References(),
            _tagged,
            LACKS,
            offering.tags,
            few.tagged,
            is_keyed=True,
            order=60,
        ),
        Field(
            "outcome",
            _("Won or lost"),
            "trophy",
            Keys(OUTCOMES),
            _with_outcome,
            options=offering.outcomes,
            few=_few_closed,
            is_tallied=True,
            order=70,
        ),
        Field(
            "reason",
            _("Reason"),
            "list-checks",
            References(),
            reasoned,
            LACKS,
            offering.reasons,
            few.held("close_reason_id", reasoned),
            order=75,
        ),
        Field("value", _("Value"), "coins", Numbers(), worth, LACKS, few=few.held("value", worth), order=80),
        Field("in_stage", _("In this stage since"), "timer", Times(), by.moment("stage_since"), order=85),
        Field(
            "closed", _("Closed"), "calendar-check", Times(), closed, LACKS, few=_few_closed_then, order=88
        ),
        Field("starred", _("Starred"), "star", Truths(), by.truth("is_starred"), order=90),
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


CLOSED = Q(outcome__gt="", outcome__in=("won", "lost"))  # as the index says it


def _few_closed(asked: Asked) -> few.Ids | None:
    return None if OPEN in asked.texts else few.placed(_with_outcome, more=CLOSED)(asked)


def _few_closed_then(asked: Asked) -> few.Ids | None:
    return None if asked.none else few.placed(by.moment("closed_at"), more=CLOSED)(asked)

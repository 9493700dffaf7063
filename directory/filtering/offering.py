"""What fields of the directory offer to choose from: all of it, or only what is named."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from directory import choices
from directory.choices import NOBODY, Option
from directory.filtering.fields import Groups, Text
from directory.models import CloseReason, Outcome
from workspaces.models import Membership, Team

OPEN = "open"  # of outcomes: in an address something must stand for ""
OUTCOMES = (OPEN, Outcome.WON.value, Outcome.LOST.value)


def people(reader: Membership, ids: Iterable[str] | None) -> Groups:
    """Nobody is asked for by a keyword."""
    found = choices.people(reader, numbers(ids))
    return [("", [one for one in found if one.value != NOBODY])]


def teams(reader: Membership, ids: Iterable[str] | None) -> Groups:
    teams = Team.objects.visible_to(reader).by_name()
    wanted = numbers(ids)
    found = teams if wanted is None else teams.filter(pk__in=wanted)
    return [("", [Option(team.pk, team.name, colour=team.colour) for team in found])]


def reasons(reader: Membership, ids: Iterable[str] | None) -> Groups:
    wanted = numbers(ids)
    found = CloseReason.objects.order_by("outcome", "position", "id")
    found = found.filter(removed_at=None) if wanted is None else found.filter(pk__in=wanted)
    return [("", [Option(one.pk, one.name) for one in found])]


def outcomes(reader: Membership, ids: Iterable[str] | None) -> Groups:
    named = [(OPEN, _("Open")), (Outcome.WON.value, _("Won")), (Outcome.LOST.value, _("Lost"))]
    return labelled(named, ids)


def labelled(labels: Iterable[tuple[str, Text]], ids: Iterable[str] | None) -> Groups:
    wanted = None if ids is None else set(ids)
    return [("", [Option(key, label) for key, label in labels if wanted is None or key in wanted])]


def numbers(ids: Iterable[str] | None) -> list[int] | None:
    return None if ids is None else [int(one) for one in ids]


def statuses(reader: Membership, ids: Iterable[str] | None) -> Groups:
    return [("", choices.statuses(ids))]


def tags(reader: Membership, ids: Iterable[str] | None) -> Groups:
    return [("", choices.tags(numbers(ids)))]


def channels(reader: Membership, ids: Iterable[str] | None) -> Groups:
    return [("", choices.channels(numbers(ids)))]

"""Teams: create, change, delete."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm import live
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Team, TeamMember, Verb
from workspaces.permissions import WorkspacePermission, check


@transaction.atomic
def create(*, by: Membership, name: str, colour: str, people: Iterable[Membership]) -> Team:
    check(by, WorkspacePermission.MANAGE_TEAMS)
    team = _saved(Team(name=name, colour=colour))
    names = _seat(team, people)
    audit.record(by.workspace_id, verb=Verb.TEAM_CREATED, by=by, target=name, changes={"people": [[], names]})
    _tell(team)
    return team


@transaction.atomic
def change(team: Team, *, by: Membership, name: str, colour: str, people: Iterable[Membership]) -> None:
    """Set name, colour and people, whole."""
    check(by, WorkspacePermission.MANAGE_TEAMS)
    team = Team.objects.select_for_update().get(pk=team.pk)
    changes: dict[str, list[Any]] = {}
    for field, value in (("name", name), ("colour", colour)):
        if getattr(team, field) != value:
            changes[field] = [getattr(team, field), value]
            setattr(team, field, value)
    _saved(team)
    before = _names(team)
    team.team_members.all().delete()
    after = _seat(team, people)
    if before != after:
        changes["people"] = [before, after]
    if changes:
        audit.record(by.workspace_id, verb=Verb.TEAM_CHANGED, by=by, target=name, changes=changes)
        _tell(team)


@transaction.atomic
def delete(team: Team, *, by: Membership) -> None:
    """The people stay; grants on the team go with it."""
    check(by, WorkspacePermission.MANAGE_TEAMS)
    names = _names(team)
    audit.record(
        by.workspace_id, verb=Verb.TEAM_DELETED, by=by, target=team.name, changes={"people": [names, []]}
    )
    _tell(team)
    team.delete()


def _saved(team: Team) -> Team:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise Refused(_("There is a team named %(name)s already.") % {"name": team.name}) from None
    return team


def _seat(team: Team, people: Iterable[Membership]) -> list[str]:
    chosen = list(people)
    TeamMember.objects.bulk_create(
        TeamMember(workspace_id=team.workspace_id, team=team, membership=person) for person in chosen
    )
    return sorted(str(person.user) for person in chosen)


def _names(team: Team) -> list[str]:
    rows = team.team_members.select_related("membership__user")
    return sorted(str(row.membership.user) for row in rows)


def _tell(team: Team) -> None:
    live.signal(f"workspace:{team.workspace_id}:people", "people", team=team.pk)

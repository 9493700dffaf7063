"""The people of the bench: a line for each, with a session of ours, one of the floor's, and the page."""

from typing import Any

from django.core.management.base import BaseCommand

from bench.management.sessions import session_of
from bench.page.settings import BARE_BACKEND
from crm.tenancy import scope
from workspaces.actions import memberships, teams, workspaces
from workspaces.models import Membership, Role, User


class Command(BaseCommand):
    help = "Make the people that the bench signs in as."

    def handle(self, *args: Any, **options: Any) -> None:
        owner = workspaces.create(
            by=_person(0), name="Bench", time_zone="America/Mexico_City", language="es", currency="MXN"
        )
        sellers = [
            Membership.objects.create(workspace=owner.workspace, user=_person(n), role=Role.SELLER)
            for n in range(1, 11)
        ]
        with scope(owner.workspace):
            made = [
                teams.create(by=owner, name=f"Team {n}", colour="teal", people=sellers[n * 3 : n * 3 + 3])
                for n in range(3)
            ]
        memberships.change_access(
            sellers[1],
            by=owner,
            tools_held=["workspaces.see_audit"],
            switches={"sees_phones": False},
            granted={"workspaces.supervise_team": {team.pk for team in made}},
        )
        for name, member in (("owner", owner), ("seller", sellers[0]), ("granted", sellers[1])):
            path = f"/w/{owner.workspace.public_id}/empty/"
            self.stdout.write(
                f"{name} {session_of(member.user)} {session_of(member.user, BARE_BACKEND)} {path}"
            )


def _person(number: int) -> User:
    return User.objects.create_user(f"person{number}@bench.example", name=f"Person {number}")

"""People and workspaces."""

import datetime as dt

from tests import cast
from tests.access.rows import ADMINS, EVERYONE, OWNER_ONLY, Kind, Row, World
from workspaces.actions import invitations
from workspaces.models import Holiday, Invitation, Role, Team
from workspaces.models.invitation import hash_of


def person(world: World) -> dict[str, object]:
    email = f"new@{world.owner.user.email.partition('@')[2]}"
    return {"pk": cast.member(world.workspace, Role.SELLER, "Newcomer", email).pk}


def invitation(world: World) -> dict[str, object]:
    return {"pk": invitations.invite(by=world.owner, email="guest@example.com", role=Role.SELLER).pk}


def invitation_link(world: World) -> dict[str, object]:
    Invitation.objects.filter(**invitation(world)).update(token_hash=hash_of("a-token"))
    return {"token": "a-token"}


def team(world: World) -> dict[str, object]:
    return {"pk": Team.objects.create(name="North").pk}


def holiday(world: World) -> dict[str, object]:
    return {"pk": Holiday.objects.create(date=dt.date(2030, 1, 1), name="New Year").pk}


def itself(world: World) -> dict[str, object]:
    return {"public_id": world.workspace.public_id}


ROWS = [
    # Outside any workspace
    Row("workspaces:home", Kind.ACCOUNT, get=EVERYONE),
    Row("workspaces:choice", Kind.ACCOUNT, get=EVERYONE),
    Row(
        "workspaces:new", Kind.ACCOUNT, get=EVERYONE, post=EVERYONE, ok=frozenset({403})
    ),  # 403: sign-up is closed
    Row("workspaces:deletion_cancelling", Kind.ACCOUNT, post=OWNER_ONLY, target=itself),
    Row("workspaces:invitation", Kind.PUBLIC, get=EVERYONE, post=EVERYONE, target=invitation_link),
    # Everybody's
    Row("workspaces:home_of", get=EVERYONE),
    Row("workspaces:availability", get=EVERYONE, post=EVERYONE),
    Row("workspaces:me", get=EVERYONE),
    # People
    Row("workspaces:hours_of", post=ADMINS, target=person),
    Row("workspaces:presence", get=ADMINS, tool="workspaces.see_people"),
    Row("workspaces:availability_of", post=ADMINS, target=person),
    Row("workspaces:person", get=ADMINS, target=person, tool="workspaces.see_people"),
    Row("workspaces:role", post=ADMINS, target=person),
    Row("workspaces:deactivation", get=ADMINS, post=ADMINS, target=person),
    Row("workspaces:reactivation", post=ADMINS, target=person),
    Row("workspaces:people", get=ADMINS, post=ADMINS),
    Row("workspaces:invite", get=ADMINS, post=ADMINS),
    Row("workspaces:invitation_resending", post=ADMINS, target=invitation),
    Row("workspaces:invitation_revocation", post=ADMINS, target=invitation),
    Row("workspaces:access", get=ADMINS),
    Row("workspaces:access_of", post=ADMINS, target=person),
    Row("workspaces:teams", get=ADMINS),
    Row("workspaces:team_new", get=ADMINS, post=ADMINS),
    Row("workspaces:team", get=ADMINS, post=ADMINS, target=team),
    Row("workspaces:team_removal", post=ADMINS, target=team),
    # Settings
    Row("workspaces:settings", get=EVERYONE),
    Row("workspaces:general", get=ADMINS, post=ADMINS),
    Row("workspaces:hours", get=ADMINS, post=ADMINS),
    Row("workspaces:holidays", post=ADMINS),
    Row("workspaces:holiday_removal", post=ADMINS, target=holiday),
    Row("workspaces:audit", get=ADMINS, tool="workspaces.see_audit"),
    Row("workspaces:audit_export", post=ADMINS),
    Row("workspaces:ownership", get=OWNER_ONLY),
    Row("workspaces:handover", post=OWNER_ONLY),
    Row("workspaces:export", post=OWNER_ONLY),
    Row("workspaces:deletion", post=OWNER_ONLY),
]

"""Roles, tools, leaving and coming back."""

import pytest
from django.core.exceptions import PermissionDenied
from guardian.shortcuts import assign_perm

from crm import jobs
from crm.tenancy import scope
from tests import cast
from workspaces.actions import memberships, teams
from workspaces.errors import Refused
from workspaces.models import (
    AuditEntry,
    Availability,
    Membership,
    Role,
    TeamMember,
    TeamUserObjectPermission,
    Verb,
    Workspace,
)
from workspaces.permissions import WorkspacePermission


def fresh(membership: Membership) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(pk=membership.pk)


def test_only_the_owner_makes_admins(owner: Membership, admin: Membership, seller: Membership) -> None:
    with pytest.raises(Refused, match="Only the owner"):
        memberships.change_role(seller, by=admin, role=Role.ADMIN)
    memberships.change_role(seller, by=owner, role=Role.ADMIN)
    assert fresh(seller).role == Role.ADMIN


def test_only_the_owner_changes_an_admin(owner: Membership, admin: Membership, workspace: Workspace) -> None:
    second = cast.member(workspace, Role.ADMIN, "Abel Admin", "abel@example.com")
    with pytest.raises(Refused, match="Only the owner"):
        memberships.change_role(second, by=admin, role=Role.SELLER)
    memberships.change_role(second, by=owner, role=Role.SELLER)
    assert fresh(second).role == Role.SELLER


def test_a_seller_changes_nobody(seller: Membership, other_seller: Membership) -> None:
    with pytest.raises(PermissionDenied):
        memberships.change_role(other_seller, by=seller, role=Role.SELLER)


def test_an_admin_does_not_reach_into_another_workspace(admin: Membership, outsider: Membership) -> None:
    seller = cast.member(outsider.workspace, Role.SELLER, "Nora", "nora@example.com")
    with pytest.raises(PermissionDenied):
        memberships.change_role(seller, by=admin, role=Role.SELLER)


def test_access_is_set_whole_and_audited(admin: Membership, seller: Membership) -> None:
    with scope(admin.workspace):
        team = teams.create(by=admin, name="North", colour="teal", people=[])
        memberships.change_access(
            seller,
            by=admin,
            tools_held=["workspaces.see_audit", "workspaces.manage_people", "made.up"],
            switches={"sees_phones": False, "sees_unassigned": True},
            granted={"workspaces.supervise_team": {team.pk, 999_999}},
        )
        changed = fresh(seller)
        entry = AuditEntry.objects.get(verb=Verb.ACCESS_CHANGED)
        assert changed.grants.ids("workspaces.supervise_team") == {team.pk}

    assert changed.tools == ["workspaces.see_audit"]  # what is not grantable is not taken
    assert not changed.sees_phones
    assert changed.may(WorkspacePermission.SEE_AUDIT)
    assert not changed.may(WorkspacePermission.MANAGE_PEOPLE)
    assert entry.changes == {
        "tools": [[], ["workspaces.see_audit"]],
        "sees_phones": [True, False],
        "workspaces.supervise_team": [[], ["North"]],
    }


def test_access_set_to_what_it_is_leaves_no_row(admin: Membership, seller: Membership) -> None:
    memberships.change_access(seller, by=admin, tools_held=[], switches={"sees_phones": True}, granted={})
    with scope(admin.workspace):
        assert not AuditEntry.objects.filter(verb=Verb.ACCESS_CHANGED).exists()


def test_a_change_of_role_takes_tools_and_grants(owner: Membership, seller: Membership) -> None:
    with scope(owner.workspace):
        team = teams.create(by=owner, name="North", colour="teal", people=[])
        assign_perm("supervise_team", seller.user, team)
        memberships.change_role(seller, by=owner, role=Role.ADMIN)
        assert not TeamUserObjectPermission.objects.exists()


def test_leaving_hands_over_and_takes_grants(
    admin: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(admin.workspace):
        team = teams.create(by=admin, name="North", colour="teal", people=[seller])
        assign_perm("supervise_team", seller.user, team)
    memberships.deactivate(seller, by=admin, successor=other_seller)

    gone = fresh(seller)
    assert not gone.is_active
    assert gone.availability == Availability.AWAY
    with scope(admin.workspace):
        assert [seat.membership_id for seat in TeamMember.objects.all()] == [other_seller.pk]
        assert not TeamUserObjectPermission.objects.exists()
        entry = AuditEntry.objects.get(verb=Verb.PERSON_DEACTIVATED)
    assert entry.changes["handed over to"] == [None, "Omar Other"]


def test_what_a_leaver_has_under_way_is_called_off(owner: Membership, admin: Membership) -> None:
    with scope(owner.workspace):
        job = jobs.start("audit_export", by=admin)
    memberships.deactivate(admin, by=owner, successor=None)
    with scope(owner.workspace):
        job.refresh_from_db()
        assert job.state == "cancelled"


def test_nobody_takes_over_from_outside_or_from_the_past(
    admin: Membership, seller: Membership, other_seller: Membership, outsider: Membership
) -> None:
    with pytest.raises(Refused):
        memberships.deactivate(seller, by=admin, successor=outsider)
    memberships.deactivate(other_seller, by=admin, successor=None)
    with pytest.raises(Refused):
        memberships.deactivate(seller, by=admin, successor=other_seller)
    assert fresh(seller).is_active


def test_a_leaver_is_out_at_the_next_request_and_back_after_reactivation(
    admin: Membership, seller: Membership
) -> None:
    client = cast.signed_in(seller)
    home = f"/w/{seller.workspace.public_id}/"
    assert client.get(home).status_code == 200
    memberships.deactivate(seller, by=admin, successor=None)
    assert client.get(home).status_code == 404
    memberships.reactivate(seller, by=admin)
    assert client.get(home).status_code == 200


def test_a_change_of_role_holds_from_the_next_request(owner: Membership, admin: Membership) -> None:
    client = cast.signed_in(admin)
    people = f"/w/{admin.workspace.public_id}/settings/people/"
    assert client.get(people).status_code == 200
    memberships.change_role(admin, by=owner, role=Role.SELLER)
    assert client.get(people).status_code == 403


def test_availability_is_set_by_oneself_and_by_admins(
    admin: Membership, seller: Membership, other_seller: Membership
) -> None:
    memberships.set_availability(seller, by=seller, availability=Availability.AWAY)
    assert fresh(seller).availability == Availability.AWAY
    memberships.set_availability(seller, by=admin, availability=Availability.ACTIVE)
    assert fresh(seller).availability == Availability.ACTIVE
    with pytest.raises(PermissionDenied):
        memberships.set_availability(seller, by=other_seller, availability=Availability.AWAY)

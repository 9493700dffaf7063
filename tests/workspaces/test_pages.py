"""What people see of their workspace, and what its forms make of what is typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.tenancy import scope
from tests import cast
from workspaces.actions import teams
from workspaces.models import BusinessHours, Membership, Role, Team, Workspace

NASTY = ["\u202eevil", "a" * 5_000, "<script>alert(1)</script>", "👩‍👩‍👧‍👦 " * 20, "   ", "\u200b\u200b"]


def path(membership: Membership, rest: str = "") -> str:
    return f"/w/{membership.workspace.public_id}/{rest}"


def test_the_start_leads_to_the_workspace_last_used(owner: Membership) -> None:
    second = cast.member(Workspace.objects.get(pk=owner.workspace_id), Role.SELLER, "Sara", "s@example.com")
    client = cast.signed_in(second)
    assert client.get("/")["Location"] == path(second)


def test_someone_without_a_workspace_is_told_what_to_do(db: None, settings: object) -> None:
    cast.workspace_of("First", "Olga", "olga@example.com")
    client = cast.signed_in(cast.person("Lone", "lone@example.com", language="en"))
    assert client.get("/")["Location"] == "/workspaces/"
    assert "Ask an admin" in client.get("/workspaces/").content.decode()
    assert client.get("/workspaces/new/").status_code == 403


def test_with_open_signup_everyone_makes_their_own(db: None, settings: pytest.FixtureRequest) -> None:
    settings.OPEN_SIGNUP = True  # type: ignore[attr-defined]
    cast.workspace_of("First", "Olga", "olga@example.com")
    client = cast.signed_in(cast.person("Lone", "lone@example.com", language="en"))
    assert client.get("/")["Location"] == "/workspaces/new/"
    data = {"name": "Mine", "time_zone": "America/Bogota", "currency": "COP", "language": "es"}
    response = client.post("/workspaces/new/", data)
    workspace = Workspace.objects.get(name="Mine")
    assert response["Location"] == f"/w/{workspace.public_id}/"
    assert workspace.memberships.get().role == Role.OWNER
    with scope(workspace):
        assert BusinessHours.objects.count() == 5


def test_the_form_of_a_new_workspace_sent_twice_makes_one(db: None, settings: pytest.FixtureRequest) -> None:
    settings.OPEN_SIGNUP = True  # type: ignore[attr-defined]
    client = cast.signed_in(cast.person("Lone", "lone@example.com", language="en"))
    data = {"name": "Mine", "time_zone": "America/Bogota", "currency": "COP", "language": "es"}
    first, second = (client.post("/workspaces/new/", data)["Location"] for _time in range(2))
    assert first == second
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize("name", NASTY)
def test_names_are_cleaned_or_refused_and_never_run(admin: Membership, name: str) -> None:
    client = cast.signed_in(admin)
    data = {"name": name, "time_zone": "America/Mexico_City", "currency": "MXN", "language": "es"}
    response = client.post(path(admin, "settings/general/"), data)
    admin.workspace.refresh_from_db()
    assert response.status_code in (302, 422)
    assert "\u202e" not in admin.workspace.name
    assert len(admin.workspace.name) <= 80
    assert b"<script>alert" not in client.get(path(admin)).content


def test_an_unknown_zone_or_currency_is_refused(admin: Membership) -> None:
    client = cast.signed_in(admin)
    data = {"name": "X", "time_zone": "Mars/Olympus", "currency": "XXX", "language": "kl"}
    response = client.post(path(admin, "settings/general/"), data)
    assert response.status_code == 422
    admin.workspace.refresh_from_db()
    assert admin.workspace.name == "Ventas MX"


def test_a_seller_with_no_grant_has_only_their_own_settings(seller: Membership) -> None:
    assert cast.signed_in(seller).get(path(seller, "settings/"))["Location"] == "/profile/"


def test_a_seller_finds_at_home_whether_they_are_active_and_what_they_may_use(seller: Membership) -> None:
    client, home = cast.signed_in(seller), f"/w/{seller.workspace.public_id}/"
    assert 'id="my-place"' in client.get(home).content.decode()
    response = client.post(f"{home}me/availability/", {"availability": "active"}, follow=True)
    assert 'name="availability" value="away"' in response.content.decode()


def test_the_first_steps_begin_with_a_channel_and_a_funnel_and_are_nothing_to_a_seller(
    owner: Membership, seller: Membership
) -> None:
    home = f"/w/{owner.workspace.public_id}/"
    shown = cast.signed_in(owner).get(home).content.decode()
    assert 0 < shown.index("settings/channels/") < shown.index("settings/funnels/new/")
    assert "first-steps" not in cast.signed_in(seller).get(home).content.decode()


def test_a_seller_with_the_audit_tool_lands_on_it(seller: Membership) -> None:
    Membership.objects.filter(pk=seller.pk).update(tools=["workspaces.see_audit"])
    response = cast.signed_in(seller).get(path(seller, "settings/"))
    assert response["Location"] == path(seller, "settings/audit/")


def test_a_supervising_seller_sees_the_team_and_nobody_else(
    admin: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(admin.workspace):
        team = teams.create(by=admin, name="North", colour="teal", people=[other_seller])
    client = cast.signed_in(seller)
    assert client.get(path(seller, "team/")).status_code == 403
    grant(admin, seller, team)
    page = client.get(path(seller, "team/")).content.decode()
    assert "Omar Other" in page
    assert "Ana Admin" not in page
    assert client.get(path(seller, f"people/{other_seller.pk}/")).status_code == 200
    assert client.get(path(seller, f"people/{admin.pk}/")).status_code == 403


def test_the_access_screen_saves_a_row_at_once(admin: Membership, seller: Membership) -> None:
    client = cast.signed_in(admin)
    response = client.post(
        path(admin, f"settings/access/{seller.pk}/"),
        {"tools": ["workspaces.see_people"], "sees_unassigned": "on"},
        headers={"HX-Request": "true"},
    )
    seller.refresh_from_db()
    assert response.status_code == 200
    assert (seller.tools, seller.sees_unassigned, seller.sees_phones) == (
        ["workspaces.see_people"],
        True,
        False,
    )


def test_the_access_screen_asks_no_more_for_many_sellers_than_for_one(
    admin: Membership, seller: Membership, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with scope(admin.workspace):
        team = teams.create(by=admin, name="North", colour="teal", people=[])
    grant(admin, seller, team)
    for number in range(20):
        cast.member(admin.workspace, Role.SELLER, f"Seller {number}", f"seller{number}@example.com")
    client = cast.signed_in(admin)
    with django_assert_max_num_queries(11):  # the frame's, and two for each kind of grant
        page = client.get(path(admin, "settings/access/")).content.decode()
    assert f'name="grant:workspaces.supervise_team" value="{team.pk}" checked' in page
    assert page.count(" checked") == 2 * 21 + 1  # the switches of each, and one grant


def test_a_suspended_workspace_shows_only_that(owner: Membership) -> None:
    from workspaces.actions import workspaces

    workspaces.suspend(owner.workspace, by=owner.user, reason="Unpaid")
    for rest in ("", "settings/people/", "palette/"):
        response = cast.signed_in(owner).get(path(owner, rest))
        assert response.status_code == 403
        assert "suspended" in response.content.decode()


def test_a_workspace_to_be_deleted_is_gone_for_all_until_its_owner_keeps_it(
    owner: Membership, admin: Membership
) -> None:
    client = cast.just_signed_in(owner)
    refused = client.post(path(owner, "settings/deletion/"), {"confirmation": "wrong"})
    assert refused.status_code == 422
    client.post(path(owner, "settings/deletion/"), {"confirmation": "Ventas MX"})
    assert cast.signed_in(admin).get(path(admin)).status_code == 404
    assert client.get(path(owner)).status_code == 404
    assert "Keep it" in client.get("/workspaces/").content.decode()
    public_id = owner.workspace.public_id
    assert cast.signed_in(admin).post(f"/workspaces/{public_id}/deletion/cancelling/").status_code == 404
    client.post(f"/workspaces/{public_id}/deletion/cancelling/")
    assert cast.signed_in(admin).get(path(admin)).status_code == 200


@pytest.mark.parametrize("rest", ["ownership/", "ownership/handover/", "export/", "deletion/"])
def test_an_open_session_alone_does_not_give_the_workspace_away(owner: Membership, rest: str) -> None:
    client = cast.signed_in(owner)
    address = path(owner, f"settings/{rest}")
    response = (
        client.get(address) if rest == "ownership/" else client.post(address, {"confirmation": "Ventas MX"})
    )
    assert response["Location"].startswith("/confirm/")
    owner.workspace.refresh_from_db()
    assert not owner.workspace.is_being_deleted


def test_a_refused_act_comes_back_with_its_words(owner: Membership, admin: Membership) -> None:
    client = cast.signed_in(admin)
    response = client.post(path(admin, f"people/{owner.pk}/deactivation/"), {}, follow=True)
    assert "Hand the ownership over first" in response.content.decode()


def test_team_names_are_unique_and_the_form_says_so(admin: Membership) -> None:
    client: Client = cast.signed_in(admin)
    for expected in (302, 422):
        response = client.post(path(admin, "settings/teams/new/"), {"name": "North", "colour": "teal"})
        assert response.status_code == expected
    with scope(admin.workspace):
        assert Team.objects.count() == 1


def grant(admin: Membership, seller: Membership, team: Team) -> None:
    from workspaces.actions import memberships

    memberships.change_access(
        seller, by=admin, tools_held=[], switches={}, granted={"workspaces.supervise_team": {team.pk}}
    )

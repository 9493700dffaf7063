"""What no page of ours sends, answered as calmly as anything else."""

import pytest
from django.test import Client

from workspaces.models import Membership

LONG = "9" * 5_000  # more digits than Python reads


def path(membership: Membership, rest: str = "") -> str:
    return f"/w/{membership.workspace.public_id}/{rest}"


@pytest.mark.parametrize("team", [LONG, "9" * 19, "-1", "²", "1e9"])
def test_a_team_that_cannot_be_is_no_error_of_ours(
    signed_in_owner: Client, owner: Membership, team: str
) -> None:
    assert signed_in_owner.get(path(owner, "team/"), {"team": team}).status_code in (200, 404)


def test_a_grant_on_what_cannot_be_is_left_out(
    signed_in_owner: Client, owner: Membership, seller: Membership
) -> None:
    data = {"grant:workspaces.supervise_team": [LONG, "9" * 19, "²"], "sees_phones": "on"}
    response = signed_in_owner.post(path(owner, f"settings/access/{seller.pk}/"), data)
    assert response.status_code == 200


@pytest.mark.parametrize("referer", ["[]", "xyz", "//evil.example/", "https://evil.example/", ""])
def test_a_refusal_leads_back_to_a_page_of_ours_alone(
    signed_in_owner: Client, owner: Membership, referer: str
) -> None:
    response = signed_in_owner.post(
        path(owner, f"people/{owner.pk}/role/"), {"role": "seller"}, headers={"referer": referer}
    )
    assert response.status_code == 302
    assert "evil" not in response.headers["Location"]


@pytest.mark.parametrize(
    "page", ["http://[", "http://testserver//evil.example/", "https://evil.example/", "x"]
)
def test_log_in_leads_back_to_a_page_of_ours_alone(client: Client, owner: Membership, page: str) -> None:
    headers = {"hx-request": "true", "hx-current-url": page}
    response = client.get(path(owner), headers=headers)
    assert response.headers["HX-Redirect"] == "/login/?next=/"


def test_pages_are_kept_by_nobody_but_the_persons_own_browser(
    signed_in_owner: Client, owner: Membership
) -> None:
    for address in (path(owner), path(owner, "settings/people/"), "/profile/", "/workspaces/"):
        kept = signed_in_owner.get(address).headers["Cache-Control"]
        assert "private" in kept
        assert "no-cache" in kept


@pytest.fixture
def signed_in_owner(owner: Membership) -> Client:
    from tests import cast

    return cast.signed_in(owner)

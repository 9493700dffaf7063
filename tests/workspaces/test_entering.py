"""How a request enters a workspace: by the id in its path, before any route is looked up."""

from django.test import Client
from django.urls import URLResolver, get_resolver

from tests import cast
from workspaces.models import Membership


def test_what_is_no_route_is_not_found_by_anyone(owner: Membership, outsider: Membership) -> None:
    path = f"/w/{owner.workspace.public_id}/nothing-here/"
    assert cast.signed_in(owner).get(path).status_code == 404
    assert cast.signed_in(outsider).get(path).status_code == 404
    assert Client().get(path)["Location"].startswith("/login/")
    assert cast.signed_in(owner).get("/w/NOT-AN-ID/").status_code == 404


def test_a_forgotten_slash_is_added_inside_a_workspace_too(owner: Membership) -> None:
    path = f"/w/{owner.workspace.public_id}"
    assert cast.signed_in(owner).get(path)["Location"] == f"{path}/"
    assert cast.signed_in(owner).get(f"{path}/settings/people")["Location"] == f"{path}/settings/people/"


def test_every_route_below_w_is_inside_a_workspace() -> None:
    """workspaces.middleware reads the workspace from the path's text, and counts on this."""
    below = [route for route in _routes(get_resolver()) if route.lstrip("^").startswith("w")]
    odd = [
        route for route in below if route.startswith("w/") and not route.startswith("w/<ws:workspace_id>/")
    ]
    assert below
    assert odd == []


def _routes(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        found += _routes(entry, route) if isinstance(entry, URLResolver) else [route]
    return found

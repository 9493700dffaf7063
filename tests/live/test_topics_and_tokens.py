"""Who may hear what: topics, tokens, the page's attributes, the renewal."""

import json
from dataclasses import replace

import pytest
from django.core.signing import TimestampSigner
from django.test import RequestFactory

from crm import live
from crm.live import audience, pages, tokens, topics
from crm.tenancy import scope
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inside(workspace):
    """As under /w/<workspace id>/."""
    with scope(workspace):
        yield


@pytest.fixture
def page_of(browser_of):
    """A request as the middleware leaves it."""

    def make(membership):
        request = RequestFactory().get("/")
        request.user = membership.user
        request.membership = membership
        request.workspace = membership.workspace
        request.session = browser_of(membership).session
        return request

    return make


def pass_of(request):
    held = pages.pass_for(request)
    assert held is not None
    return held


def test_everyone_hears_of_themselves_their_leads_and_their_workspace(page_of, seller):
    held = pass_of(page_of(seller))
    place = seller.workspace_id
    assert held.topics == (f"leads:{place}:of:{seller.pk}", f"user:{seller.user_id}", f"workspace:{place}")


def test_what_is_asked_for_beside_is_authorised_too(page_of, seller, outsider):
    foreign = [f"workspace:{outsider.workspace_id}", f"user:{outsider.user_id}", "unheard:of", ""]
    assert pages.pass_for(page_of(seller), foreign).topics == pass_of(page_of(seller)).topics


def test_the_longest_prefix_decides(seller, monkeypatch):
    monkeypatch.setattr(topics, "_families", {})
    live.register_topic("box", lambda user, membership, topic: True)
    live.register_topic("box:secret", lambda user, membership, topic: False)
    assert topics.authorised(seller, ["box:1", "box:secret:1", "boxes:1"]) == ("box:1",)


def test_a_prefix_has_one_owner(monkeypatch):
    monkeypatch.setattr(topics, "_families", {})
    live.register_topic("box", len)
    live.register_topic("box:", len)
    with pytest.raises(ValueError, match="already"):
        live.register_topic("box", repr)


def test_a_page_needs_no_query_to_listen(page_of, admin, settings, django_assert_num_queries):
    request = page_of(admin)
    settings.LIVE_PORT = 8001
    with django_assert_num_queries(0):
        attributes = live.page_attributes(request)
    assert attributes["data-live-port"] == "8001"
    assert attributes["data-live-path"] == "/live/stream"
    assert attributes["data-live-renew"] == f"/w/{admin.workspace.public_id}/live-token/"
    assert tokens.read(attributes["data-live-token"]).membership == admin.pk


def test_pages_share_a_stream_only_when_they_hear_the_same(page_of, seller, admin):
    def key(request, extra=()):
        return live.page_attributes(request, extra)["data-live-key"]

    request = page_of(seller)
    assert key(request) == key(request)
    assert len({key(request), key(page_of(seller)), key(page_of(admin))}) == 3


def test_outside_a_workspace_a_page_does_not_listen(rf):
    assert live.page_attributes(rf.get("/")) == {}


def test_a_token_says_nothing_of_the_sessions_secret(page_of, seller):
    request = page_of(seller)
    token = live.page_attributes(request)["data-live-token"]
    assert request.session.session_key not in TimestampSigner(salt=tokens.SALT).unsign(token)
    assert len(token) < 1000


def test_renewing_gives_a_token_and_nothing_to_cache(browser_of, seller):
    answer = browser_of(seller).get(f"/w/{seller.workspace.public_id}/live-token/")
    assert json.loads(answer.content).keys() == {"token"}
    assert "no-store" in answer["Cache-Control"]


def test_all_streams_are_checked_in_two_queries(page_of, owner, admin, seller, django_assert_num_queries):
    passes = [pass_of(page_of(person)) for person in (owner, admin, seller)]
    with django_assert_num_queries(2):
        assert set(audience.standing(passes)) == set(passes)


@pytest.mark.parametrize(
    "change",
    [
        lambda seller: seller.user.set_password("another one, longer") or seller.user.save(),
        lambda seller: setattr(seller.user, "is_active", False) or seller.user.save(),
        lambda seller: setattr(seller, "role", Role.ADMIN) or seller.save(),
        lambda seller: setattr(seller, "tools", ["workspaces.see_people"]) or seller.save(),
        lambda seller: setattr(seller.workspace, "suspended_at", seller.joined_at) or seller.workspace.save(),
        lambda seller: (
            setattr(seller.workspace, "deletion_requested_at", seller.joined_at)
            or setattr(seller.workspace, "deletion_requested_by", seller.user)
            or seller.workspace.save()
        ),
        lambda seller: seller.delete(),
    ],
    ids=["password", "person", "role", "tools", "suspended", "deletion", "removed"],
)
def test_a_pass_falls_with_what_it_stood_on(page_of, seller, change):
    held = pass_of(page_of(seller))
    assert held in audience.standing([held])
    change(seller)
    assert audience.standing([held]) == {}


def test_a_pass_falls_with_its_session(page_of, seller):
    request = page_of(seller)
    held = pass_of(request)
    request.session.delete()
    assert audience.standing([held]) == {}
    assert audience.standing([replace(held, session="other")]) == {}

"""Connecting a page or account, step by step with Meta, and the page of one."""

import pytest

from crm.tenancy import scope
from inbox.channels.meta import subscribing
from inbox.models import Channel, ProviderApp
from inbox.simulator.meta import defaults
from tests import cast
from tests.inbox.simulator.receiver import Receiver
from tests.swap import HTMX, Swapped
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db
APP = {"app_id": defaults.APP_ID, "app_secret": defaults.APP_SECRET}
OWN = {"app_id": defaults.OWN_APP_ID, "app_secret": defaults.OWN_SECRET, "token": defaults.OWN_TOKEN}


@pytest.fixture
def client(admin):
    return cast.signed_in(admin)


@pytest.fixture
def at(workspace):
    return lambda rest="": f"/w/{workspace.public_id}/settings/channels/meta/{rest}"


@pytest.fixture
def endpoint(monkeypatch):
    """What answers Meta's handshake in our place: the test client is no server."""
    receiver = Receiver()
    monkeypatch.setattr(subscribing, "callback_of", lambda app: receiver.url)
    monkeypatch.setattr("inbox.channels.meta.actions.apps.new_verify_token", lambda: defaults.VERIFY_TOKEN)
    yield receiver
    receiver.stop()


def words(response):
    return response.content.decode()


def only_channel(workspace):
    with scope(workspace):
        return Channel.objects.select_related("app").get()


@pytest.mark.parametrize("token", [defaults.USER_TOKEN, defaults.PAGE_TOKEN])
def test_a_page_is_connected_in_three_steps_and_receives_at_once(
    client, at, meta, endpoint, workspace, token
):
    page = Swapped(client.get(at("connect/")))
    for step, data in (("app", APP), ("token", {"token": token})):
        response = client.post(at(f"connect/{step}/"), data, headers=HTMX)
        page.apply(response, trigger=f'form[hx-post$="/connect/{step}/"]')
        page.assert_same(client.get(at("connect/")))
    assert token not in str(dict(client.session))
    assert "@casacauce" in words(client.get(at("connect/")))
    answer = client.post(at("connect/page/"), {"page": f"messenger:{defaults.PAGE_ID}"}, headers=HTMX)
    channel = only_channel(workspace)
    assert answer.headers["HX-Redirect"] == at(f"{channel.pk}/")
    assert (channel.kind, channel.external_id, channel.secrets) == (
        "messenger", defaults.PAGE_ID, {"token": defaults.PAGE_TOKEN},
    )  # fmt: skip
    assert channel.settings["subscribed_at"]
    meta.messenger.customer("Ana").text("Hola")
    meta.messenger.settle()
    assert len(endpoint.bodies) == 1
    with scope(workspace):
        assert AuditEntry.objects.filter(verb="channel_connected").exists()
    client.post(at("connect/app/"), {"app": channel.app_id})
    client.post(at("connect/token/"), {"token": token})
    again = client.post(at("connect/page/"), {"page": f"messenger:{defaults.PAGE_ID}"})
    assert (again.status_code, "connected already" in words(again)) == (422, True)
    linked = client.post(at("connect/page/"), {"page": f"instagram:{defaults.ACCOUNT_ID}"})
    assert linked.status_code == 302
    with scope(workspace):
        account = Channel.objects.get(kind="instagram")
        assert (account.name, account.app_id) == ("@casacauce", channel.app_id)


def test_what_meta_does_not_know_is_said_where_it_was_typed(client, at, meta, endpoint):
    wrong = client.post(at("connect/app/"), {**APP, "app_secret": "x" * 32})
    assert "does not know this app ID" in words(wrong)
    client.post(at("connect/app/"), APP)
    assert "token is not valid" in words(client.post(at("connect/token/"), {"token": "EAA" + "x" * 30}))
    meta.messenger.app.scopes = ["pages_messaging"]
    client.post(at("connect/token/"), {"token": defaults.USER_TOKEN})
    lacking = client.post(at("connect/page/"), {"page": f"messenger:{defaults.PAGE_ID}"})
    assert "pages_manage_metadata" in words(lacking)
    assert client.post(at("connect/page/"), {"page": "messenger:1"}).status_code == 422


def test_an_account_is_connected_by_its_own_login(client, at, meta, workspace):
    assert client.get(at("connect/instagram/")).status_code == 200
    refused = client.post(at("connect/instagram/"), {**OWN, "token": "IG" + "x" * 30})
    assert "does not accept this token" in words(refused)
    answer = client.post(at("connect/instagram/"), OWN)
    channel = only_channel(workspace)
    assert answer.headers["Location"] == at(f"{channel.pk}/")
    assert (channel.external_id, channel.app.provider, channel.settings["login"]) == (
        defaults.OWN_ACCOUNT_ID, "instagram", "instagram",
    )  # fmt: skip
    assert channel.app.secrets["app_secret"] == defaults.OWN_SECRET
    page = words(client.get(at(f"{channel.pk}/")))
    assert f"/hooks/instagram/{channel.app.public_id}/" in page
    assert defaults.OWN_SECRET not in page
    assert defaults.OWN_TOKEN not in page
    listed = client.get(at("connect/"))
    assert "Use this app" not in words(listed), "an app of Instagram's login serves no page"


def test_the_page_of_a_channel_checks_switches_and_ends_it(client, at, meta, endpoint, page, workspace):
    place = at(f"{page.pk}/")
    shown = Swapped(client.get(place))
    for act, data in (("check", {}), ("webhook", {}), ("extension", {"extended": "1"})):
        shown.tree.select(f'[hx-post="{place}{act}/"]')[0]["id"] = "pressed"
        shown.apply(client.post(f"{place}{act}/", data, headers=HTMX), trigger="#pressed")
        shown.assert_same(client.get(place))
    with scope(workspace):
        channel = Channel.objects.get()
        assert channel.settings["extended"] is True
        assert meta.messenger.page.subscribed == {defaults.APP_ID: list(subscribing.fields_of(channel))}
    assert client.post(f"{place}name/", {"name": "Tienda"}).status_code == 302
    assert client.post(f"{place}removal/", {"confirmation": "Otra"}).status_code == 422
    assert client.post(f"{place}removal/", {"confirmation": "Tienda"}).status_code == 302
    with scope(workspace):
        gone = Channel.objects.get()
        assert (gone.removed_at is not None, gone.secrets) == (True, {})
    assert meta.messenger.page.subscribed == {}


def test_a_lost_channel_is_back_with_a_token_that_meta_accepts(client, at, meta, page, workspace):
    place = at(f"{page.pk}/")
    meta.messenger.expire_token()
    assert "no longer accepts the token" in words(client.post(f"{place}check/", headers=HTMX))
    assert only_channel(workspace).state == "disconnected"
    meta.messenger.expire_token(valid=True)
    meta.messenger.page.token = "EAANuevo" + "0" * 40
    refused = client.post(f"{place}secrets/", {"token": defaults.PAGE_TOKEN})
    assert refused.status_code == 422
    assert client.post(f"{place}secrets/", {"token": meta.messenger.page.token}).status_code == 302
    channel = only_channel(workspace)
    assert (channel.state, channel.secrets["token"]) == ("connected", meta.messenger.page.token)


def test_apps_of_other_workspaces_are_not_offered(client, at, other_workspace):
    secrets = {**APP, "verify_token": "v"}
    foreign = ProviderApp.objects.create(
        provider="meta", owner=other_workspace, name="Foreign", secrets=secrets
    )
    assert "Foreign" not in words(client.get(at("connect/")))
    assert client.post(at("connect/app/"), {"app": foreign.pk}).status_code == 422

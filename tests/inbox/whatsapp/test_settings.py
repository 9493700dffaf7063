"""Connecting a number and keeping it, as an admin does, against the simulator."""

import pytest

from crm.tenancy import scope
from inbox.channels.whatsapp import setup
from inbox.models import Channel, ProviderApp, Template
from inbox.simulator.whatsapp import defaults
from tests import cast
from tests.inbox.simulator.receiver import Receiver
from tests.swap import HTMX, Swapped
from workspaces.models import AuditEntry

APP = {"app_id": defaults.APP_ID, "app_secret": defaults.APP_SECRET}
TOKEN = {"token": defaults.ACCESS_TOKEN}
NUMBER = {"number": defaults.PHONE_NUMBER_ID}


@pytest.fixture
def client(admin):
    return cast.signed_in(admin)


@pytest.fixture
def at(workspace):
    return lambda rest="": f"/w/{workspace.public_id}/settings/channels/whatsapp/{rest}"


@pytest.fixture
def endpoint(monkeypatch):
    """What answers Meta's handshake in our place: the test client is no server."""
    receiver = Receiver()
    monkeypatch.setattr(setup, "callback_of", lambda app: receiver.url)
    monkeypatch.setattr("inbox.channels.meta.actions.apps.new_verify_token", lambda: defaults.VERIFY_TOKEN)
    yield receiver
    receiver.stop()


def words(response):
    return response.content.decode()


def test_a_number_is_connected_in_three_steps_and_receives_at_once(client, at, meta, endpoint, workspace):
    page = Swapped(client.get(at("connect/")))
    for step, data in (("app", APP), ("token", TOKEN)):
        response = client.post(at(f"connect/{step}/"), data, headers=HTMX)
        page.apply(response, trigger=f'form[hx-post$="/connect/{step}/"]')
        page.assert_same(client.get(at("connect/")))
    assert defaults.ACCESS_TOKEN not in str(dict(client.session))
    assert defaults.VERIFIED_NAME in words(client.get(at("connect/")))
    answer = client.post(at("connect/number/"), NUMBER, headers=HTMX)
    with scope(workspace):
        channel = Channel.objects.select_related("app").get()
        assert AuditEntry.objects.filter(verb="channel_connected").exists()
    assert answer.headers["HX-Redirect"] == at(f"{channel.pk}/")
    assert (channel.external_id, channel.account_id) == (defaults.PHONE_NUMBER_ID, defaults.WABA_ID)
    assert channel.secrets == TOKEN
    assert channel.settings["subscribed_at"]
    meta.customer("Ana").text("Hola")
    meta.settle()
    assert len(endpoint.messages) == 1
    assert f"whatsapp:{workspace.pk}" not in client.session


@pytest.mark.parametrize(
    ("step", "data", "says"),
    [
        ("app", APP | {"app_secret": "0" * 32}, "does not know this app"),
        ("app", APP | {"app_id": "12"}, "number of about"),
        ("token", {"token": "x" * 40}, "this token is not valid"),
        ("account", {"account": "111111111111111"}, "does not reach the account"),
        ("number", {"number": "1"}, "not one of the available"),
    ],
)
def test_each_step_says_what_is_wrong_with_it(client, at, meta, step, data, says):
    steps = ["app", "token", "number"]
    before = steps[: 2 if step == "account" else steps.index(step)]
    for name, given in zip(before, (APP, TOKEN), strict=False):
        assert client.post(at(f"connect/{name}/"), given).status_code == 302
    response = client.post(at(f"connect/{step}/"), data)
    assert response.status_code == 422
    assert says in words(response)


def test_a_token_of_another_app_or_without_a_permission_is_refused(client, at, meta):
    meta.add_app("800000000000001", secret="o" * 32, token="EAA" + "o" * 40)
    client.post(at("connect/app/"), APP)
    response = client.post(at("connect/token/"), {"token": "EAA" + "o" * 40})
    assert "of another app" in words(response)


def test_a_silent_meta_is_said_to_be_silent(client, at, meta):
    meta.misbehave("close", area="graph", times=None)
    assert "did not answer" in words(client.post(at("connect/app/"), APP))


def test_a_known_app_is_used_without_its_secret_and_steps_can_be_taken_back(client, at, meta, channel):
    assert channel.app.name in words(client.get(at("connect/")))
    client.post(at("connect/app/"), {"app": channel.app.pk})
    client.post(at("connect/token/"), TOKEN)
    page = words(client.get(at("connect/")))
    assert "Connected already" in page
    taken = client.post(at("connect/number/"), NUMBER)
    assert "connected already" in words(taken)
    client.post(at("connect/restart/"), {"step": "2"})
    assert 'name="token"' in words(client.get(at("connect/")))
    client.post(at("connect/restart/"), {"step": "1"})
    assert 'name="app_secret"' in words(client.get(at("connect/")))


def test_apps_of_other_workspaces_are_not_offered(client, at, other_workspace):
    foreign = ProviderApp.objects.create(
        provider="meta", owner=other_workspace, name="Foreign", secrets={"app_id": "9"}
    )
    assert "Foreign" not in words(client.get(at("connect/")))
    assert client.post(at("connect/app/"), {"app": foreign.pk}).status_code == 422


@pytest.mark.parametrize("act", ["check", "templates", "webhook"])
def test_an_act_leaves_the_page_that_a_reload_would_show(client, at, meta, channel, endpoint, act):
    meta.add_template("pedido", "Hola {{1}}, va en camino.")
    page = Swapped(client.get(at(f"{channel.pk}/")))
    action = at(f"{channel.pk}/{act}/")
    buttons = page.tree.select(f'[hx-post="{action}"]')
    buttons[0]["id"] = "pressed"
    page.apply(client.post(action, headers=HTMX), trigger="#pressed")
    page.assert_same(client.get(at(f"{channel.pk}/")))


def test_what_meta_refuses_is_shown_and_a_bad_token_marks_the_channel(client, at, meta, channel, workspace):
    meta.expire_token()
    response = client.post(at(f"{channel.pk}/check/"), headers=HTMX)
    assert "Nothing can be sent" in words(response)
    assert "Reconnect the channel" in words(response)
    assert client.post(at(f"{channel.pk}/secrets/"), TOKEN).status_code == 422
    meta.expire_token(valid=True)
    assert client.post(at(f"{channel.pk}/secrets/"), TOKEN).status_code == 302
    with scope(workspace):
        channel.refresh_from_db()
    assert channel.state == Channel.State.CONNECTED
    assert client.post(at(f"{channel.pk}/secrets/"), {"app_secret": "0" * 32}).status_code == 422
    channel.app.refresh_from_db()
    assert channel.app.secrets["app_secret"] == defaults.APP_SECRET


def test_secrets_are_never_written_into_a_page(client, at, meta, channel):
    page = words(client.get(at(f"{channel.pk}/")))
    assert defaults.ACCESS_TOKEN not in page
    assert defaults.APP_SECRET not in page
    assert defaults.VERIFY_TOKEN in page  # to be copied


def test_a_test_message_goes_straight_to_a_phone(client, at, meta, channel, workspace):
    meta.customer("Ana", phone="5215512345678")
    plain = meta.add_template("saludo", "Hola {{1}}, somos Cauce.")
    meta.add_template("foto", "Mira", header={"type": "HEADER", "format": "IMAGE"})
    client.post(at(f"{channel.pk}/templates/"), headers=HTMX)
    with scope(workspace):
        template = Template.objects.get(external_id=plain.id)
    page = words(client.get(at(f"{channel.pk}/")))
    assert f'value="{template.pk}"' in page
    assert "foto (" not in page  # it asks for a file
    data = {"phone": "+52 1 55 1234 5678", "template": template.pk}
    assert "took it" in words(client.post(at(f"{channel.pk}/test/"), data, headers=HTMX))
    assert meta.sent[-1].content["name"] == "saludo"
    meta.misbehave("error", code=131030)
    response = client.post(at(f"{channel.pk}/test/"), data, headers=HTMX)
    assert (response.status_code, "test number only writes" in words(response)) == (422, True)


def test_a_new_verify_token_is_known_to_meta_at_once(client, at, meta, channel, endpoint, monkeypatch):
    response = client.post(at(f"{channel.pk}/verify-token/"), headers=HTMX)
    assert "Verify token" in words(response)
    assert meta.world.accounts[defaults.WABA_ID].subscribed[defaults.APP_ID] == [
        endpoint.url,
        defaults.VERIFY_TOKEN,
    ]


def test_a_number_is_renamed_and_disconnected_and_can_be_connected_again(
    client, at, meta, channel, endpoint, workspace
):
    client.post(at(f"{channel.pk}/name/"), {"name": "Mayoreo"})
    assert client.post(at(f"{channel.pk}/removal/"), {"confirmation": "no"}).status_code == 422
    assert client.post(at(f"{channel.pk}/removal/"), {"confirmation": "Mayoreo"}).status_code == 302
    with scope(workspace):
        channel.refresh_from_db()
        assert (channel.removed_at is not None, channel.secrets) == (True, {})
    assert not meta.world.accounts[defaults.WABA_ID].subscribed
    assert client.get(at(f"{channel.pk}/")).status_code == 404
    for step, data in (("app", {"app": channel.app.pk}), ("token", TOKEN), ("number", NUMBER)):
        assert client.post(at(f"connect/{step}/"), data).status_code == 302
    with scope(workspace):
        assert Channel.objects.in_use().count() == 1


def test_an_account_that_is_read_elsewhere_keeps_its_address_and_only_the_number_moves(
    client, at, meta, channel, endpoint
):
    elsewhere = ["https://elsewhere.example/", "x"]
    meta.world.accounts[defaults.WABA_ID].subscribed[defaults.APP_ID] = elsewhere
    response = client.post(at(f"{channel.pk}/webhook/"), headers=HTMX)
    assert "Subscribed" in words(response)
    assert meta.world.accounts[defaults.WABA_ID].subscribed[defaults.APP_ID] == elsewhere
    assert meta.world.numbers[defaults.PHONE_NUMBER_ID].callback == [endpoint.url, defaults.VERIFY_TOKEN]
    meta.customer("Ana").text("Hola")
    meta.settle()
    assert len(endpoint.messages) == 1
    client.post(at(f"{channel.pk}/removal/"), {"confirmation": channel.name})
    assert meta.world.accounts[defaults.WABA_ID].subscribed[defaults.APP_ID] == elsewhere
    assert meta.world.numbers[defaults.PHONE_NUMBER_ID].callback == []


def test_the_installations_app_is_not_made_twice(client, at, meta, channel):
    ProviderApp.objects.update(owner=None)
    client.post(at("connect/app/"), APP)
    assert ProviderApp.objects.count() == 1

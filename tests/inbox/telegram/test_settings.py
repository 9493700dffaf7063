"""Connecting a bot and keeping it, as an admin does, against the fake."""

import time

import pytest

from crm.tenancy import scope
from inbox.channels.telegram import setup
from inbox.models import Channel, ProviderApp
from inbox.simulator.telegram import defaults
from tests import cast
from tests.swap import HTMX, Swapped
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db
TOKEN = {"token": defaults.BOT_TOKEN}


@pytest.fixture
def client(admin):
    return cast.signed_in(admin)


@pytest.fixture
def at(workspace):
    return lambda rest="": f"/w/{workspace.public_id}/settings/channels/telegram/{rest}"


def words(response):
    return response.content.decode()


def connected(client, at, workspace):
    answer = client.post(at("connect/"), TOKEN)
    with scope(workspace):
        return answer, Channel.objects.select_related("app").get(kind="telegram", removed_at=None)


def test_a_token_becomes_a_bot_that_receives_at_once(client, at, telegram, workspace):
    page = Swapped(client.get(at("connect/")))
    wrong = client.post(at("connect/"), {"token": "hola"}, headers=HTMX)
    page.apply(wrong, trigger='form[hx-post$="/connect/"]')
    assert "looks like 123456789" in str(page.tree)
    answer, channel = connected(client, at, workspace)
    assert answer.headers["Location"] == at(f"{channel.pk}/")
    assert (channel.external_id, channel.name, channel.secrets) == (
        str(defaults.BOT_ID),
        defaults.BOT_NAME,
        TOKEN,
    )
    assert telegram.bot.url.endswith(f"/hooks/telegram/{channel.app.public_id}/")
    assert telegram.bot.secret == channel.app.secrets["secret"]
    assert "business_message" in telegram.bot.allowed
    assert defaults.BOT_TOKEN not in telegram.bot.url
    with scope(workspace):
        assert AuditEntry.objects.filter(verb="channel_connected").exists()
    shown = words(client.get(at(f"{channel.pk}/")))
    assert f"@{defaults.BOT_USERNAME}" in shown
    assert defaults.BOT_TOKEN not in shown
    assert channel.app.secrets["secret"] not in shown
    assert "connected already" in words(client.post(at("connect/"), TOKEN))


def test_a_token_nobody_knows_and_a_silent_telegram_are_told_apart(client, at, telegram):
    unknown = client.post(at("connect/"), {"token": "123456:" + "A" * 35})
    assert (unknown.status_code, "does not know this token" in words(unknown)) == (422, True)
    telegram.misbehave("close", area="api", times=None)
    assert "did not answer" in words(client.post(at("connect/"), TOKEN))


def test_a_bot_that_serves_somebody_else_is_taken_over_only_knowingly(client, at, telegram, workspace):
    telegram.assume("https://otro.example/hook")
    refused = client.post(at("connect/"), TOKEN)
    assert (refused.status_code, "otro.example" in words(refused)) == (422, True)
    assert 'name="take_over"' in words(refused)
    assert client.post(at("connect/"), {**TOKEN, "take_over": "on"}).status_code == 302
    assert "otro.example" not in telegram.bot.url


def test_real_telegram_wants_https_on_one_of_its_ports(client, at, settings):
    settings.TELEGRAM_API_URL = "https://api.telegram.org"
    for base, said in {
        "http://crm.example": "only calls addresses with https",
        "https://crm.example:9000": "ports 443, 80, 88 and 8443",
        "https://crm.example:8443": "",
        "https://crm.example": "",
    }.items():
        settings.BASE_URL = base
        assert said in setup.callback_problem()
        assert bool(said) == bool(setup.callback_problem())
    settings.BASE_URL = "http://crm.example"
    assert "only calls addresses with https" in words(client.get(at("connect/")))


@pytest.mark.parametrize("act", ["check", "webhook", "secret"])
def test_an_act_leaves_the_page_that_a_reload_would_show(client, at, telegram, workspace, act):
    _answer, channel = connected(client, at, workspace)
    page = Swapped(client.get(at(f"{channel.pk}/")))
    action = at(f"{channel.pk}/{act}/")
    page.tree.select(f'[hx-post="{action}"]')[0]["id"] = "pressed"
    page.apply(client.post(action, headers=HTMX), trigger="#pressed")
    page.assert_same(client.get(at(f"{channel.pk}/")))


def test_a_new_secret_takes_the_old_ones_place_only_once_telegram_has_it(client, at, telegram, workspace):
    _answer, channel = connected(client, at, workspace)
    before = channel.app.secrets["secret"]
    telegram.misbehave("status", status=502, area="api")
    client.post(at(f"{channel.pk}/secret/"), headers=HTMX)
    channel.app.refresh_from_db()
    assert channel.app.secrets == {"bot_id": channel.external_id, "secret": before}
    client.post(at(f"{channel.pk}/secret/"), headers=HTMX)
    channel.app.refresh_from_db()
    assert channel.app.secrets["secret"] == telegram.bot.secret != before
    assert "next" not in channel.app.secrets


def test_what_telegram_says_of_the_webhook_is_shown(client, at, telegram, workspace):
    _answer, channel = connected(client, at, workspace)
    telegram.assume(telegram.bot.url, telegram.bot.secret, allowed=("message",))
    shown = words(client.post(at(f"{channel.pk}/check/"), headers=HTMX))
    assert "does not send all that is needed" in shown
    client.post(at(f"{channel.pk}/webhook/"), headers=HTMX)
    telegram.bot.last_error, telegram.bot.last_error_at = "Connection refused", int(time.time()) - 60
    shown = words(client.post(at(f"{channel.pk}/check/"), headers=HTMX))
    assert "Connection refused" in shown
    telegram.assume("https://otro.example/hook")
    assert "somewhere else" in words(client.post(at(f"{channel.pk}/check/"), headers=HTMX))


def test_a_bad_token_marks_the_bot_and_a_new_one_of_the_same_bot_brings_it_back(
    client, at, telegram, workspace
):
    _answer, channel = connected(client, at, workspace)
    telegram.expire_token()
    assert "Nothing can be sent" in words(client.post(at(f"{channel.pk}/check/"), headers=HTMX))
    other = telegram.add_bot(7_300_000_001)
    refused = client.post(at(f"{channel.pk}/token/"), {"token": other.token})
    assert (refused.status_code, "of another bot" in words(refused)) == (422, True)
    telegram.expire_token(valid=True)
    telegram.bot.token = f"{defaults.BOT_ID}:BBnuevoTokenDelMismoBotSinValor000000"
    assert client.post(at(f"{channel.pk}/token/"), {"token": telegram.bot.token}).status_code == 302
    with scope(workspace):
        channel.refresh_from_db()
    assert (channel.state, channel.secrets["token"]) == ("connected", telegram.bot.token)


def test_a_bot_is_renamed_disconnected_and_comes_back_as_the_same(client, at, telegram, workspace):
    _answer, channel = connected(client, at, workspace)
    with scope(workspace):
        account = Channel.objects.create(
            kind="telegram_account", name="Lupita", external_id="C1", account_id="9", app=channel.app
        )
    client.post(at(f"{channel.pk}/name/"), {"name": "Tienda"})
    assert client.post(at(f"{channel.pk}/removal/"), {"confirmation": "no"}).status_code == 422
    assert client.post(at(f"{channel.pk}/removal/"), {"confirmation": "Tienda"}).status_code == 302
    assert telegram.bot.url == ""
    with scope(workspace):
        assert Channel.objects.in_use().count() == 0
        channel.refresh_from_db()
    app = ProviderApp.objects.get()
    assert (channel.secrets, app.secrets) == ({}, {"bot_id": str(defaults.BOT_ID)})
    assert client.get(at(f"{channel.pk}/")).status_code == 404
    _answer, again = connected(client, at, workspace)
    assert (again.pk, again.app.secrets["secret"]) == (channel.pk, telegram.bot.secret)
    assert account.pk != again.pk


def test_the_page_of_an_account_says_what_the_bot_may(client, at, telegram, bot, workspace):
    connection = telegram.account(quietly=True)
    with scope(workspace):
        account = Channel.objects.create(
            kind="telegram_account",
            name="Lupita",
            external_id=connection.id,
            account_id=str(connection.owner),
            app=bot.app,
            settings={"connection": {}},
        )
    telegram.provider.change_account(connection, rights=("can_reply",))
    shown = words(client.post(at(f"{account.pk}/check/"), headers=HTMX))
    assert "Reply for 24 h" in shown
    assert "Not mark as read" in shown
    telegram.provider.change_account(connection, is_enabled=False)
    assert "took the bot away" in words(client.post(at(f"{account.pk}/check/"), headers=HTMX))
    assert client.post(at(f"{account.pk}/secret/")).status_code == 404
    steps = words(client.get(at("connect/account/")))
    assert f"@{defaults.BOT_USERNAME}" in steps
    assert "Chatbots" in steps

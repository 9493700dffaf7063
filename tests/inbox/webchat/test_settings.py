"""Making, changing and removing a web chat."""

import pytest

from crm.tenancy import scope
from inbox.channels.webchat.widget import Widget
from inbox.models import Channel, Message
from tests.inbox.webchat.conftest import Browser
from workspaces.models import AuditEntry, Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_at(admin, client_of):
    client = client_of(admin)
    base = f"/w/{admin.workspace.public_id}/settings/channels/"

    def ask(method, path, data=None):
        return getattr(client, method)(base + path, data or {})

    return ask


def fields(channel, **values):
    return {"name": channel.name, "team": "Ventas", "colour": "#0c7a80", "origins": "", **values}


def verbs(workspace):
    with scope(workspace):
        return list(
            AuditEntry.objects.filter(verb__startswith="channel")
            .order_by("id")
            .values_list("verb", flat=True)
        )


def test_one_click_makes_a_chat_that_works(admin_at, workspace):
    assert "Web chat" in admin_at("get", "").content.decode()
    made = admin_at("post", "webchat/")
    with scope(workspace):
        channel = Channel.objects.get()
    assert made.headers["Location"].endswith(f"/webchat/{channel.pk}/")
    assert Browser(channel).say("hello").status_code == 201
    assert channel.name in admin_at("get", "").content.decode()
    assert (
        f"/chat/{channel.external_id}/widget.js" in admin_at("get", f"webchat/{channel.pk}/").content.decode()
    )
    assert verbs(workspace) == [Verb.CHANNEL_CONNECTED]


def test_what_is_chosen_is_kept_and_told_in_the_audit_log(admin_at, channel, workspace):
    typed = "https://Shop.Example/\nhttps://shop.example:443\nhttp://localhost:3000\nhttps://tienda.ñandú.mx"
    answer = admin_at(
        "post",
        f"webchat/{channel.pk}/",
        fields(channel, origins=typed, ask=["name", "phone"], greeting_es="Hola"),
    )
    assert answer.status_code == 302
    with scope(workspace):
        widget = Widget.of(Channel.objects.get())
    assert widget.origins == (
        "https://shop.example",
        "http://localhost:3000",
        "https://tienda.xn--and-6ma2c.mx",
    )
    assert (widget.ask, widget.greeting["es"]) == (("name", "phone"), "Hola")
    assert verbs(workspace) == [Verb.CHANNEL_CONNECTED, Verb.CHANNEL_CHANGED]


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example",
        "https://shop.example/path",
        "ftp://x.example",
        "https://a b",
        "https://'self'",
        "https://u@x.example",
    ],
)
def test_what_is_no_origin_is_refused(admin_at, channel, origin):
    assert admin_at("post", f"webchat/{channel.pk}/", fields(channel, origins=origin)).status_code == 422


def test_the_preview_shows_what_stands_in_the_form(admin_at, channel):
    page = admin_at(
        "get", f"webchat/{channel.pk}/preview/", fields(channel, colour="#aa0000", team="Otra")
    ).content.decode()
    assert "--paint: #aa0000" in page
    assert ">Otra<" in page


def test_a_secret_is_shown_once(admin_at, channel, workspace):
    shown = admin_at("post", f"webchat/{channel.pk}/secret/").content.decode()
    with scope(workspace):
        secret = Channel.objects.get().secrets["identity"]
    assert secret in shown
    assert secret != channel.secrets["identity"]
    assert secret not in admin_at("get", f"webchat/{channel.pk}/").content.decode()
    assert verbs(workspace)[-1] == Verb.CHANNEL_SECRET_CHANGED


def test_a_chat_is_removed_and_its_thread_stays(admin_at, channel, visitor, workspace):
    visitor.say("hello")
    assert admin_at("post", f"webchat/{channel.pk}/removal/", {"confirmation": "no"}).status_code == 422
    assert (
        admin_at("post", f"webchat/{channel.pk}/removal/", {"confirmation": channel.name}).status_code == 302
    )
    assert admin_at("get", f"webchat/{channel.pk}/").status_code == 404
    with scope(workspace):
        assert Message.objects.get().text == "hello"
    assert verbs(workspace)[-1] == Verb.CHANNEL_REMOVED

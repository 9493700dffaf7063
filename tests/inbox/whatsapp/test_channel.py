"""Both sides of a channel against the simulator: what leaves, what comes back, and what is concluded from it."""

import hashlib
import hmac

import pytest
from django.core.files.base import ContentFile
from django.test import RequestFactory

from crm.tenancy import scope
from crm.work import DeliveryError
from crm.work.models import Item
from inbox.channels import kinds
from inbox.channels.meta.plugs import META
from inbox.channels.whatsapp import checking
from inbox.channels.whatsapp.actions import notices, numbers
from inbox.channels.whatsapp.channel import KIND
from inbox.channels.whatsapp.parsing import parse
from inbox.models import Attachment, Channel, ProviderApp, Template
from tests.inbox.whatsapp.webhooks import ARRIVED, change, raw, webhook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scoped(workspace):
    with scope(workspace):
        yield


def test_the_kind_is_registered():
    assert kinds.get("whatsapp") is KIND
    assert KIND.address("+52 1 55 1234 5678") == "wa:5215512345678"


def test_a_text_arrives_with_our_id_and_its_answer(meta, ana, outgoing):
    message = outgoing(text="¿Qué talla?", reply_to_external_id=ana.text("¿Hay M?").id)
    receipt = KIND.send(message)
    (sent,) = meta.sent
    assert (sent.id, sent.content["body"], sent.callback_data) == (
        receipt.reference,
        "¿Qué talla?",
        message.uid.hex,
    )
    assert sent.reply_to


@pytest.mark.parametrize(
    ("kind", "text", "data", "type_"),
    [
        (
            "buttons",
            "¿Seguimos?",
            {"buttons": [{"id": "y", "title": "Sí"}, {"id": "n", "title": "No"}]},
            "interactive",
        ),
        (
            "list",
            "Elige",
            {"button": "Ver", "rows": [{"id": "m", "title": "M", "description": "Azul"}]},
            "interactive",
        ),
        ("location", "", {"latitude": 19.4, "longitude": -99.1, "name": "Tienda"}, "location"),
        ("contacts", "", {"contacts": [{"name": "Eva", "phones": ["+525512345678"]}]}, "contacts"),
    ],
)
def test_every_kind_that_whatsapp_takes_is_taken(meta, ana, outgoing, kind, text, data, type_):
    KIND.send(outgoing(kind, text, data))
    assert [one.type for one in meta.sent] == [type_]


def test_a_file_is_uploaded_once_and_goes_as_what_whatsapp_shows(meta, ana, outgoing, workspace):
    def file(message, kind, mime, name):
        attachment = Attachment(workspace=workspace, message=message, kind=kind, mime=mime, name=name, size=4)
        attachment.file.save("f", ContentFile(b"%PDF"))
        return attachment

    webp = outgoing("image", "mira")
    attachment = file(webp, "image", "image/webp", "a.webp")
    KIND.send(webp)
    attachment.refresh_from_db()
    uploaded = attachment.provider_id
    KIND.send(webp)
    attachment.refresh_from_db()
    assert attachment.provider_id == uploaded != ""
    assert [one.type for one in meta.sent] == ["document", "document"]


def test_a_customer_without_a_number_is_written_to_by_their_id(meta, outgoing):
    hidden = meta.customer("Nora", phone="5215500000001", hides_phone=True)
    hidden.text("Hola")
    KIND.send(outgoing(text="Hola, Nora", keys=(f"bsuid:{hidden.customer.user_id}",)))
    assert meta.requests[-1]["recipient"] == hidden.customer.user_id


def test_templates_are_synced_filled_and_sent_and_what_is_gone_is_marked(meta, channel, outgoing):
    from inbox.channels.whatsapp import templating

    meta.customer("Ana Ruiz", phone="5215512345678")  # never wrote: no window
    own = meta.add_template("pedido", "Hola {{1}}, tu pedido {{2}} va en camino.", footer="Casa Cauce")
    count = checking.sync(channel)
    template = Template.objects.get(name="pedido")
    assert count == Template.objects.usable().filter(channel=channel).count() + len(
        Template.objects.exclude(status="APPROVED")
    )
    assert [slot.key for slot in templating.slots(template)] == ["body.1", "body.2"]
    filled = templating.fill(template, {"body.1": "Ana", "body.2": " A-7\n"})
    assert filled.text == "Hola Ana, tu pedido A-7 va en camino.\n\nCasa Cauce"
    KIND.send(outgoing("template", filled.text, filled.data))
    assert meta.sent[-1].type == "template"
    with pytest.raises(DeliveryError, match="2"):
        templating.fill(template, {"body.1": "Ana"})
    with meta.world.lock:
        del meta.world.templates[own.id]
    checking.sync(channel)
    template.refresh_from_db()
    assert template.gone_at is not None


def test_outside_the_window_the_error_asks_for_a_template(meta, outgoing):
    meta.customer("Ana Ruiz", phone="5215512345678")
    message = outgoing(text="Hola")
    with pytest.raises(DeliveryError) as caught:
        KIND.send(message)
    assert (caught.value.code, caught.value.permanent) == ("131047", True)


def test_a_token_that_ended_disconnects_and_a_check_with_a_good_one_reconnects(meta, ana, outgoing, channel):
    meta.expire_token()
    with pytest.raises(DeliveryError) as caught:
        KIND.send(outgoing(text="Hola"))
    assert KIND.disconnects(caught.value)
    channel.refresh_from_db()
    assert (channel.state, bool(channel.problem)) == (Channel.State.DISCONNECTED, True)
    with pytest.raises(DeliveryError):
        checking.refresh(channel)
    meta.expire_token(valid=True)
    checking.refresh(channel)
    channel.refresh_from_db()
    assert channel.state == Channel.State.CONNECTED
    assert channel.settings["number"]["quality"] == "GREEN"
    assert channel.settings["number"]["limit"]


def test_a_stale_template_has_the_templates_read_anew(meta, ana, outgoing):
    meta.add_template("pedido", "Va en camino.")
    with pytest.raises(DeliveryError) as caught:
        KIND.send(outgoing("template", "x", {"template": {"name": "gone", "language": "es_MX"}}))
    assert caught.value.code == "132001"
    item = Item.objects.get(kind=numbers.CHECK)
    assert item.payload["templates"] is True
    assert checking.deliver(item)
    assert Template.objects.exists()


def test_what_may_have_been_sent_is_unknown(meta, ana, outgoing):
    meta.misbehave("accept_then_close")
    with pytest.raises(DeliveryError) as caught:
        KIND.send(outgoing(text="Hola"))
    assert caught.value.unknown


def test_files_of_customers_are_fetched_and_messages_marked_read(meta, ana, channel, outgoing):
    ana.image(caption="Esta")
    newest = max(meta.world.messages.values(), key=lambda one: one.at)
    attachment = Attachment(kind="image", provider_id=newest.content["id"], name="x")
    assert KIND.fetch(attachment, channel).content
    incoming = outgoing(text="x")
    incoming.external_id = ana.text("¿Sí?").id
    KIND.mark_read(incoming, typing=True)
    assert meta.requests[-1]["status"] == "read"
    with pytest.raises(DeliveryError):
        KIND.fetch(Attachment(kind="image", provider_id="0"), channel)


def test_what_meta_says_of_templates_and_accounts_is_applied(meta, channel):
    meta.add_template("pedido", "Va en camino.")
    checking.sync(channel)
    template = Template.objects.get()
    named = {"message_template_id": int(template.external_id), "message_template_name": template.name}
    told = [
        change("message_template_status_update", number="", event="PAUSED", reason="spam", **named),
        change("message_template_quality_update", number="", new_quality_score="RED", **named),
        change(
            "account_update",
            number="",
            event="ACCOUNT_RESTRICTION",
            restriction_info=[{"restriction_type": "X_Y"}],
        ),
    ]
    for part in parse(raw(webhook(*told)), ARRIVED):
        notices.apply(channel, part)
    template.refresh_from_db()
    channel.refresh_from_db()
    assert (template.status, template.reason, template.quality) == ("PAUSED", "spam", "RED")
    assert channel.state == Channel.State.TROUBLED
    assert "x y" in channel.problem
    (lost,) = parse(raw(webhook(change("account_update", number="", event="PARTNER_REMOVED"))), ARRIVED)
    KIND.notice(channel, lost)
    channel.refresh_from_db()
    assert channel.state == Channel.State.DISCONNECTED


# Meta as a provider of webhooks

VECTOR = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"264937493375603","changes":[{"value":{"messaging_product":'
    b'"whatsapp","metadata":{"display_phone_number":"15550953877","phone_number_id":"277321005464405"},"contacts":'
    b'[{"profile":{"name":"PyWa Tests"},"wa_id":"972544401243"}],"messages":[{"from":"972544401243","id":'
    b'"wamid.HBgMOTcyNTQ0NDAxMjQzFQIAEhggM0RFQTNCMEEwRTY3QzUwODYzMDc4NjQ4QzM4ODAxM0YA","timestamp":"1730231903",'
    b'"text":{"body":"Hey there! I am using PyWa."},"type":"text"}]},"field":"messages"}]}]}'
)
SIGNED = "sha256=54edfa1d7259e0eb13c677cc7d73d1b5c86cfa12433d19156e058ab9251bc441"


def test_the_published_signature_is_verified_over_the_raw_bytes():
    app = ProviderApp(
        secrets={"app_secret": "1222e786b144d0e85b9f365372d93676"}
    )  # published, and reset since
    assert META.verify(app, {"X-Hub-Signature-256": SIGNED}, VECTOR)
    assert not META.verify(app, {"X-Hub-Signature-256": SIGNED}, VECTOR + b" ")
    for header in ({}, {"X-Hub-Signature-256": ""}, {"X-Hub-Signature-256": "sha256=é"}):
        assert not META.verify(app, header, VECTOR)


def test_an_app_without_a_secret_verifies_nothing():
    empty = "sha256=" + hmac.new(b"", b"x", hashlib.sha256).hexdigest()
    assert not META.verify(ProviderApp(secrets={}), {"X-Hub-Signature-256": empty}, b"x")


def test_the_handshake_echoes_to_whoever_knows_the_token():
    app = ProviderApp(secrets={"verify_token": "right"})

    def answer(token, mode="subscribe"):
        asked = {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": "<b>42"}
        return META.challenge(app, RequestFactory().get("/", asked))

    assert (answer("right").status_code, answer("right").content) == (200, b"<b>42")
    assert answer("right")["Content-Type"].startswith("text/plain")
    assert {answer("wrong").status_code, answer("right", "other").status_code, answer("").status_code} == {
        403
    }
    assert (
        META.challenge(ProviderApp(secrets={}), RequestFactory().get("/?hub.mode=subscribe")).status_code
        == 403
    )

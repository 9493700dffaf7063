"""What the business gets: signed, escaped, again until it is taken; and every type there is."""

import json

import pytest

from inbox.simulator.whatsapp import defaults, payloads


def test_the_bytes_are_escaped_as_meta_does_and_signed(simulator, receiver):
    simulator.customer("Íñigo Peña").text("¿Cuánto cuesta? 🙂 a/b")
    simulator.settle()
    assert b"\\u00bfCu\\u00e1nto cuesta? \\ud83d\\ude42 a\\/b" in receiver.raws[0]
    assert receiver.messages[0]["text"]["body"] == "¿Cuánto cuesta? 🙂 a/b"
    assert receiver.forged == 0


def test_what_is_not_taken_comes_again(simulator, receiver):
    receiver.answers = [500, 503, 403]
    simulator.customer("Ana").text("Hola")
    simulator.settle()
    assert [one["text"]["body"] for one in receiver.messages] == ["Hola"]
    assert simulator.world.undelivered == {}


def test_every_act_of_a_phone_is_a_type_of_the_protocol(simulator, receiver):
    ana = simulator.customer("Ana Ruiz", phone="5215512345678")
    hello = ana.text("Hola")
    ana.text("Otra cosa", reply_to=hello.id, forwarded=True)
    for act in (ana.image, ana.voice, ana.video, ana.document, ana.sticker):
        act()
    for act in (ana.location, ana.contact, ana.order, ana.poll, ana.click_ad):
        act()
    ana.react(hello, "❤️")
    ana.edit(hello, "Hola, buenas")
    ana.revoke(hello)
    ana.change_number("5215598765432")
    simulator.settle()
    types = [one["type"] for one in receiver.messages]
    assert types == [
        "text", "text", "image", "audio", "video", "document", "sticker", "location", "contacts", "order",
        "unsupported", "text", "reaction", "edit", "revoke", "system", "system",
    ]  # fmt: skip
    assert receiver.messages[1]["context"] == {"from": "525550000100", "id": hello.id, "forwarded": True}
    assert receiver.messages[3]["audio"]["voice"] is True
    assert receiver.messages[11]["referral"]["ctwa_clid"]
    assert receiver.messages[13]["edit"]["message"]["text"] == {"body": "Hola, buenas"}
    assert receiver.messages[15]["system"]["wa_id"] == "5215598765432"
    assert "contacts" not in receiver.values[15]
    assert receiver.values[-1]["user_id_update"][0]["user_id"]["current"] == ana.customer.user_id


def test_builders_make_whole_bodies_and_gather_them(simulator, receiver):
    bodies = [
        payloads.text("Hola"),
        payloads.button("Sí", reply_to="wamid.X"),
        payloads.nfm_reply({"talla": "M"}),
        payloads.echo("text", {"body": "Desde el teléfono"}),
        payloads.template_status("PAUSED", template_id="77", name="aviso"),
        payloads.status(
            "wamid.OUT", "failed", error=(131026, "Message undeliverable", "…"), callback_data="msg:1"
        ),
    ]
    simulator.send(payloads.batch(*bodies))
    simulator.settle()
    changes = receiver.bodies[0]["entry"][0]["changes"]
    fields = [change["field"] for change in changes]
    assert fields == ["messages", "smb_message_echoes", "message_template_status_update"]
    assert len(changes[0]["value"]["messages"]) == 3
    assert len(changes[0]["value"]["contacts"]) == 1
    assert changes[0]["value"]["statuses"][0]["errors"][0]["code"] == 131026
    assert "metadata" not in changes[2]["value"]


def test_mischief_breaks_order_number_and_signature_but_loses_nothing(simulator, receiver):
    ana = simulator.customer("Ana")
    simulator.mischief("duplicate")
    ana.text("1")
    simulator.settle()
    assert [one["text"]["body"] for one in receiver.messages] == ["1", "1"]
    simulator.mischief("reorder", times=2)
    ana.text("2")
    ana.text("3")
    simulator.mischief("wrong_signature")
    ana.text("4")
    simulator.settle()
    assert [one["text"]["body"] for one in receiver.messages][2:] == ["3", "2", "4"]
    assert receiver.forged == 1


@pytest.mark.parametrize(
    "kind", ["malformed", "wrong_types", "unknown_receiver", "unknown_type", "unknown_field"]
)
def test_bad_input_arrives_rightly_signed(simulator, receiver, kind):
    receiver.answers = []
    simulator.mischief(kind)
    simulator.provider.clock.settle(5)
    assert receiver.raws
    assert receiver.forged == 0


def test_the_huge_one_is_three_megabytes(simulator, receiver):
    simulator.mischief("huge")
    simulator.settle()
    assert 2_900_000 < len(receiver.raws[0]) <= 3 * 1024 * 1024
    assert len(json.loads(receiver.raws[0])["entry"][0]["changes"][0]["value"]["messages"]) > 900


def test_a_callback_must_answer_the_challenge(simulator, receiver, graph):
    override = {"override_callback_uri": receiver.url + "waba/", "verify_token": "wrong"}
    refused = graph.post(f"/{defaults.WABA_ID}/subscribed_apps", json=override)
    assert refused.json()["error"]["code"] == 2200
    assert "403" in refused.json()["error"]["message"]
    override["verify_token"] = defaults.VERIFY_TOKEN
    assert graph.post(f"/{defaults.WABA_ID}/subscribed_apps", json=override).json() == {"success": True}
    listed = graph.get(f"/{defaults.WABA_ID}/subscribed_apps").json()["data"]
    assert listed[0]["override_callback_uri"] == receiver.url + "waba/"
    own = {"webhook_configuration": {**override, "override_callback_uri": receiver.url + "number/"}}
    assert graph.post(f"/{defaults.PHONE_NUMBER_ID}", json=own).json() == {"success": True}
    configured = graph.get(f"/{defaults.PHONE_NUMBER_ID}?fields=webhook_configuration").json()
    assert configured["webhook_configuration"]["phone_number"].endswith("number/")


def test_an_app_without_a_subscription_gets_nothing(simulator, receiver, graph):
    graph.delete(f"/{defaults.WABA_ID}/subscribed_apps")
    assert simulator.send(payloads.text("Hola")) == 0

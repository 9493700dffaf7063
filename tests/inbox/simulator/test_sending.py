"""What a business sends: taken or refused as the provider does, and the statuses that follow."""

import httpx
import pytest

from inbox.simulator.whatsapp import defaults

MESSAGES = f"/{defaults.PHONE_NUMBER_ID}/messages"


def send(graph, kind, content, **more):
    to = {} if "recipient" in more else {"to": "+5215512345678"}
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **to,
        "type": kind,
        kind: content,
        **more,
    }
    return graph.post(MESSAGES, json=body)


@pytest.fixture
def ana(simulator):
    phone = simulator.customer("Ana Ruiz", phone="5215512345678")
    phone.text("Hola")
    return phone


def test_a_text_is_taken_and_its_statuses_follow_in_order(simulator, receiver, graph, ana):
    said = send(graph, "text", {"body": "Sí, en azul"}, biz_opaque_callback_data="msg:812").json()
    message_id = said["messages"][0]["id"]
    assert said["contacts"] == [{"input": "+5215512345678", "wa_id": "5215512345678"}]
    assert said["messages"][0]["message_status"] == "accepted"
    simulator.settle()
    statuses = [one for one in receiver.statuses if one["id"] == message_id]
    assert [one["status"] for one in statuses] == ["sent", "delivered", "read"]
    assert {one["biz_opaque_callback_data"] for one in statuses} == {"msg:812"}
    assert statuses[0]["pricing"]["type"] == "free_customer_service"
    assert statuses[0]["recipient_user_id"] == ana.customer.user_id


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("text", {"body": "a" * 4097}, 100),
        ("text", {}, 100),
        ("image", {"id": "1", "link": "https://x.mx/a.jpg"}, 131009),
        ("image", {"id": "404"}, 131009),
        ("hologram", {"a": 1}, 131051),
        ("location", {"latitude": 99, "longitude": 1}, 131009),
        ("contacts", [{"phones": []}], 131008),
        ("interactive", {"type": "button", "body": {"text": "¿?"}, "action": {"buttons": []}}, 131009),
        ("template", {"name": "no_hay", "language": {"code": "es_MX"}}, 132001),
    ],
)
def test_what_the_provider_refuses_is_refused_with_its_code(graph, ana, kind, content, code):
    answer = send(graph, kind, content)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["fbtrace_id"]


def test_a_button_and_a_list_are_taken_and_the_tap_comes_back(simulator, receiver, graph, ana):
    buttons = [{"type": "reply", "reply": {"id": "si", "title": "Sí"}}]
    send(
        graph,
        "interactive",
        {"type": "button", "body": {"text": "¿Lo aparto?"}, "action": {"buttons": buttons}},
    )
    rows = [{"id": "m", "title": "Talla M", "description": "Queda una"}]
    action = {"button": "Tallas", "sections": [{"title": "Tallas", "rows": rows}]}
    send(graph, "interactive", {"type": "list", "body": {"text": "¿Cuál?"}, "action": action})
    asked, listed = simulator.sent
    ana.tap(asked, "si")
    ana.tap(listed, "m")
    simulator.settle()
    replies = [one["interactive"] for one in receiver.messages if one["type"] == "interactive"]
    assert replies[0]["button_reply"] == {"id": "si", "title": "Sí"}
    assert replies[1]["list_reply"]["description"] == "Queda una"
    assert receiver.messages[-1]["context"]["id"] == listed.id


def test_outside_the_window_only_a_template_passes(simulator, receiver, graph, ana):
    simulator.add_template("aviso", "Hola {{1}}, tu pedido {{2}} va en camino.")
    ana.close_window()
    assert send(graph, "text", {"body": "¿Sigues ahí?"}).json()["error"]["code"] == 131047
    template = {"name": "aviso", "language": {"code": "es_MX"}}
    few = {**template, "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]}
    assert send(graph, "template", few).json()["error"]["code"] == 132000
    parameters = [{"type": "text", "text": "Ana"}, {"type": "text", "text": "1042"}]
    right = {**template, "components": [{"type": "body", "parameters": parameters}]}
    assert send(graph, "template", right).status_code == 200
    assert simulator.sent[-1].content["body"] == "Hola Ana, tu pedido 1042 va en camino."
    simulator.provider.window_answers = False
    send(graph, "text", {"body": "¿Sigues ahí?"})
    simulator.settle()
    refused = [
        one["errors"][0]["code"] for one in receiver.statuses if "errors" in one
    ]  # the template's may come last
    assert refused == [131047]


def test_a_person_without_a_phone_is_written_to_by_user_id(simulator, receiver, graph):
    luz = simulator.customer("Luz Peña", phone="573001112233", username="luz.pena", hides_phone=True)
    luz.text("Buenas")
    said = send(graph, "text", {"body": "Hola"}, recipient=luz.customer.user_id).json()
    assert said["contacts"] == [{"input": luz.customer.user_id, "user_id": luz.customer.user_id}]
    simulator.settle()
    assert "recipient_id" not in receiver.statuses[-1]
    assert "wa_id" not in receiver.values[0]["contacts"][0]
    assert receiver.values[0]["contacts"][0]["profile"]["username"] == "luz.pena"
    assert receiver.messages[0]["from_user_id"] == luz.customer.user_id


def test_media_goes_up_and_down_with_the_token_only(simulator, graph, ana):
    files = {"file": ("foto.jpg", b"\xff\xd8\xff una foto", "image/jpeg")}
    form = {"messaging_product": "whatsapp", "type": "image/jpeg"}
    media_id = graph.post(f"/{defaults.PHONE_NUMBER_ID}/media", data=form, files=files).json()["id"]
    about = graph.get(f"/{media_id}").json()
    assert about["file_size"] == 12
    assert graph.get(about["url"]).content == b"\xff\xd8\xff una foto"
    assert httpx.get(about["url"], trust_env=False).status_code == 401
    assert graph.get(about["url"].replace("ext=", "ext=1")).status_code == 404
    assert send(graph, "image", {"id": media_id, "caption": "Mira"}).status_code == 200
    bad = {"file": ("x.exe", b"MZ", "application/x-msdownload")}
    refused = graph.post(
        f"/{defaults.PHONE_NUMBER_ID}/media", data={"messaging_product": "whatsapp"}, files=bad
    )
    assert "Received file of type" in refused.json()["error"]["message"]


def test_a_read_mark_and_a_reaction_reach_the_phone(simulator, graph, ana):
    hello = simulator.wait_for(lambda message: message.type == "text")
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": hello.id}
    assert graph.post(MESSAGES, json={**read, "typing_indicator": {"type": "text"}}).json() == {
        "success": True
    }
    assert hello.status == "read"
    send(graph, "reaction", {"message_id": hello.id, "emoji": "👍"})
    assert hello.reactions == {"business": "👍"}


def test_a_phone_that_is_off_gets_its_messages_when_it_is_on(simulator, receiver, graph, ana):
    simulator.provider.phone_on(ana.customer, False)
    send(graph, "text", {"body": "¿Estás?"})
    simulator.settle()
    assert simulator.sent[-1].status == "sent"
    simulator.provider.phone_on(ana.customer, True)
    simulator.settle()
    assert simulator.sent[-1].status == "read"


def test_a_token_that_is_wrong_missing_or_expired_is_refused(simulator, graph):
    for headers in ({"Authorization": "Bearer nothing"}, {"Authorization": ""}):
        assert graph.get("/me", headers=headers).json()["error"]["code"] in (190, 104)
    simulator.expire_token()
    expired = graph.get("/me")
    assert (expired.status_code, expired.json()["error"]["error_subcode"]) == (401, 463)

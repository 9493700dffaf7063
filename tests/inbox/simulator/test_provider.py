"""What a connect screen reads, what goes wrong on demand, and that production is safe from all of it."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from inbox.simulator import Simulator
from inbox.simulator.whatsapp import defaults

MESSAGES = f"/{defaults.PHONE_NUMBER_ID}/messages"
TEXT = {"messaging_product": "whatsapp", "to": "+5215512345678", "type": "text", "text": {"body": "Hola"}}
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def ana(simulator):
    phone = simulator.customer("Ana Ruiz", phone="5215512345678")
    phone.text("Hola")
    return phone


def test_a_connect_screen_can_check_all_that_was_typed(graph):
    numbers = graph.get(f"/{defaults.WABA_ID}/phone_numbers").json()["data"]
    assert [one["id"] for one in numbers] == [defaults.PHONE_NUMBER_ID, defaults.SECOND_PHONE_NUMBER_ID]
    number = graph.get(
        f"/{defaults.PHONE_NUMBER_ID}?fields=id,verified_name,display_phone_number,status"
    ).json()
    assert number["display_phone_number"] == defaults.DISPLAY_PHONE_NUMBER
    app_token = {
        "access_token": f"{defaults.APP_ID}|{defaults.APP_SECRET}",
        "input_token": defaults.ACCESS_TOKEN,
    }
    about = graph.get("/debug_token", params=app_token, headers={"Authorization": ""}).json()["data"]
    assert (about["app_id"], about["is_valid"]) == (defaults.APP_ID, True)
    assert about["granular_scopes"][0]["target_ids"] == [defaults.WABA_ID]
    proof = hmac.new(defaults.APP_SECRET.encode(), defaults.ACCESS_TOKEN.encode(), hashlib.sha256).hexdigest()
    assert graph.get(f"/app?appsecret_proof={proof}").json()["id"] == defaults.APP_ID
    assert graph.get("/app?appsecret_proof=0").status_code == 400
    gone = graph.get("/123456789").json()["error"]
    assert (gone["code"], gone["error_subcode"], gone["type"]) == (100, 33, "GraphMethodException")
    assert graph.post(f"/{defaults.PHONE_NUMBER_ID}/register", json={"messaging_product": "whatsapp", "pin": "123456"}).json() == {"success": True}  # fmt: skip # noqa: E501


def test_a_template_is_made_reviewed_paged_and_deleted(simulator, receiver, graph):
    templates = f"/{defaults.WABA_ID}/message_templates"
    body = {"type": "BODY", "text": "Hola {{1}}", "example": {"body_text": [["Ana"]]}}
    made = graph.post(templates, json={"name": "saludo", "language": "es_MX", "category": "UTILITY", "components": [body]})  # fmt: skip # noqa: E501
    assert made.json()["status"] in ("PENDING", "APPROVED")
    again = graph.post(templates, json={"name": "saludo", "language": "es_MX", "category": "UTILITY", "components": [body]})  # fmt: skip # noqa: E501
    assert again.json()["error"]["error_subcode"] == 2388024
    graph.post(
        templates, json={"name": "rechazada", "language": "es", "category": "MARKETING", "components": [body]}
    )
    simulator.settle()
    assert [value["event"] for value in receiver.values] == ["APPROVED", "REJECTED"]
    first = graph.get(templates, params={"limit": 1}).json()
    second = graph.get(first["paging"]["next"]).json()
    assert [first["data"][0]["name"], second["data"][0]["name"]] == ["rechazada", "saludo"]
    assert "next" not in second["paging"]
    assert graph.delete(f"{templates}?name=saludo").json() == {"success": True}
    assert graph.delete(f"{templates}?name=saludo").status_code == 400


def test_errors_garbage_and_silence_come_on_demand_and_end(simulator, graph, ana):
    simulator.misbehave("error", code=131056, times=2)
    assert [graph.post(MESSAGES, json=TEXT).json()["error"]["code"] for _ in range(2)] == [131056, 131056]
    simulator.misbehave("status", status=429)
    assert graph.post(MESSAGES, json=TEXT).status_code == 429
    simulator.misbehave("garbage")
    with pytest.raises(json.JSONDecodeError):
        graph.post(MESSAGES, json=TEXT).json()
    simulator.misbehave("hang")
    with pytest.raises(httpx.ReadTimeout):
        graph.post(MESSAGES, json=TEXT, timeout=0.1)
    simulator.misbehave("close")
    with pytest.raises(httpx.RemoteProtocolError):
        graph.post(MESSAGES, json=TEXT)
    assert simulator.sent == []
    assert graph.post(MESSAGES, json=TEXT).status_code == 200


def test_a_message_may_be_taken_without_an_answer(simulator, receiver, graph, ana):
    simulator.misbehave("accept_then_hang", line_id=defaults.PHONE_NUMBER_ID)
    with pytest.raises(httpx.ReadTimeout):
        graph.post(MESSAGES, json={**TEXT, "biz_opaque_callback_data": "msg:1"}, timeout=0.1)
    simulator.settle()
    assert [one["status"] for one in receiver.statuses] == ["sent", "delivered", "read"]
    assert {one["biz_opaque_callback_data"] for one in receiver.statuses} == {"msg:1"}
    simulator.misbehave("accept_then_fail", code=131049)
    assert graph.post(MESSAGES, json=TEXT).status_code == 200
    simulator.settle()
    assert receiver.statuses[-1]["errors"][0]["code"] == 131049


def test_the_page_is_served_and_other_sites_are_not(simulator):
    page = httpx.get(simulator.address, trust_env=False)
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert httpx.get(f"{simulator.address}/page/../world.py", trust_env=False).status_code in (400, 404)
    control = f"{simulator.address}/control/customers"
    evil = {"Origin": "https://evil.example"}
    assert httpx.post(control, json={}, headers=evil, trust_env=False).status_code == 403
    assert httpx.post(control, content=b"{}", trust_env=False).status_code == 415
    rebound = {"Host": f"evil.example:{simulator.port}"}
    assert (
        httpx.get(f"{simulator.address}/control/state", headers=rebound, trust_env=False).status_code == 403
    )


def test_the_page_writes_as_a_customer_and_hears_of_it(simulator, receiver):
    with httpx.Client(base_url=simulator.address, trust_env=False, timeout=5) as page:
        somebody = page.post("/control/customers", json={}).json()
        hidden = page.post("/control/customers", json={"hides_phone": True}).json()
        assert (somebody["username"], bool(hidden["username"])) == (None, True)
        with page.stream("GET", "/control/events") as events:
            lines = events.iter_lines()
            assert "event: hello" in [next(lines) for _ in range(3)]
            text = {"body": "Hola", "line": defaults.PHONE_NUMBER_ID}
            sent = page.post(f"/control/customers/{somebody['id']}/text", json=text).json()
            heard = next(
                json.loads(line[6:]) for line in lines if line.startswith('data: {"kind": "message"')
            )
        assert heard["message"]["id"] == sent["id"]
        act = page.post(f"/control/customers/{somebody['id']}/fly", json={})
        assert act.status_code == 404
    simulator.settle()
    assert [one["id"] for one in receiver.messages] == [sent["id"]]


def test_conversations_outlive_the_process(tmp_path, receiver):
    with Simulator(data=tmp_path, snapshot=True) as site:
        first = site.whatsapp
        first.assume(receiver.url)
        receiver.answers = [500] * 1
        ana = first.customer("Ana Ruiz", phone="5215512345678")
        hello = ana.image(caption="Esta")
    with Simulator(data=tmp_path, snapshot=True, backoff=0.01) as site:
        second = site.whatsapp
        kept = second.world.messages[hello.id]
        assert kept.content["caption"] == "Esta"
        assert second.provider.store.read(kept.content["id"])
        second.settle()
    assert [one["id"] for one in receiver.messages] == [hello.id]


def test_production_cannot_start_it(tmp_path):
    quiet = {name: value for name, value in os.environ.items() if name not in ("DEMO", "DEBUG", "TESTING", "PYTEST_VERSION")}  # fmt: skip # noqa: E501
    command = [sys.executable, "-m", "inbox.simulator", "--port", "0", "--data", str(tmp_path)]
    refused = subprocess.run(
        command, cwd=ROOT, env={**quiet, "DEMO": "0"}, capture_output=True, text=True, timeout=30, check=False
    )
    assert refused.returncode == 2
    assert "only where DEMO" in refused.stderr

"""The phones of the simulator: one writes as a customer, and sees what the business answers."""

import httpx
import pytest
from playwright.sync_api import expect

from inbox.simulator.whatsapp import defaults
from tests.browser.chromium import PHONE
from tests.inbox.simulator.conftest import graph, receiver, simulator  # noqa: F401 (fixtures)

pytestmark = pytest.mark.browser
MESSAGES = f"/{defaults.PHONE_NUMBER_ID}/messages"


def test_a_new_person_writes_is_answered_and_taps(simulator, receiver, graph, contexts):  # noqa: F811
    page = contexts(viewport=PHONE, locale="es-MX", has_touch=True).new_page()
    page.goto(simulator.address)
    page.get_by_role("button", name="Persona nueva").click()
    page.get_by_placeholder("Mensaje").fill("Hola, ¿tienen talla M? <b>")
    page.get_by_role("button", name="Enviar").click()
    thread = page.get_by_role("log")
    expect(thread.get_by_text("Hola, ¿tienen talla M? <b>")).to_be_visible()
    simulator.settle()
    [customer] = receiver.values[0]["contacts"]
    hello = receiver.messages[0]
    assert hello["text"]["body"] == "Hola, ¿tienen talla M? <b>"
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": hello["id"]}
    graph.post(MESSAGES, json={**read, "typing_indicator": {"type": "text"}})
    expect(page.get_by_text("escribiendo…")).to_be_visible()
    expect(thread.locator(".ticks.seen")).to_be_visible()
    _ask(graph, customer["wa_id"])
    expect(page.get_by_text("en línea")).to_be_visible()
    thread.get_by_role("button", name="Sí, por favor").click()
    expect(thread.locator(".bubble.mine .quote")).to_contain_text("¿Te aparto una?")
    simulator.settle()
    assert receiver.messages[-1]["interactive"]["button_reply"]["id"] == "si"
    assert receiver.statuses[-1]["status"] == "read"


def test_somebody_writes_by_telegram_to_the_bot_and_to_an_account(simulator, receiver, contexts):  # noqa: F811
    telegram = simulator.site.telegram
    account = telegram.account()
    page = contexts(viewport=PHONE, locale="es-MX", has_touch=True).new_page()
    page.goto(simulator.address)
    page.get_by_role("button", name="Telegram").click()
    page.get_by_placeholder("Mensaje").fill("Hola, bot")
    page.get_by_role("button", name="Enviar").click()
    thread = page.get_by_role("log")
    expect(thread.get_by_text("Hola, bot")).to_be_visible()
    hello = telegram.wait_for(lambda message: message.origin == "customer")
    chat = telegram.world.customers[hello.customer_id].tg_id
    keyboard = {"inline_keyboard": [[{"text": "Sí, por favor", "callback_data": "1"}]]}
    body = {"chat_id": chat, "text": "¿Te aparto una?", "reply_markup": keyboard}
    url = f"{telegram.api_url}/bot{telegram.bot.token}/sendMessage"
    assert httpx.post(url, json=body, trust_env=False).json()["ok"]
    thread.get_by_role("button", name="Sí, por favor").click()
    expect(thread.locator('[aria-pressed="true"]')).to_be_visible()
    page.get_by_label("Línea de la empresa").select_option(account.id)
    page.get_by_placeholder("Mensaje").fill("Hola, Lupita")
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("log").get_by_text("Hola, Lupita")).to_be_visible()
    assert telegram.wait_for(lambda message: message.line_id == account.id).content["body"] == "Hola, Lupita"


def _ask(graph: httpx.Client, to: str) -> None:  # noqa: F811
    buttons = [{"type": "reply", "reply": {"id": "si", "title": "Sí, por favor"}}]
    content = {"type": "button", "body": {"text": "¿Te aparto una?"}, "action": {"buttons": buttons}}
    body = {"messaging_product": "whatsapp", "to": f"+{to}", "type": "interactive", "interactive": content}
    assert graph.post(MESSAGES, json=body).status_code == 200

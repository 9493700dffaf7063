"""The door: without the secret nothing is taken, and with it one reaches one's own bot only."""

import pytest
from django.test import Client

from crm.tenancy import scope
from inbox.models import Message, ProviderApp, RawRequest
from inbox.simulator.telegram import updates
from tests.inbox import house

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("given", [None, "", "cauce-simulador-telegra", "cauce-simulador-telegram ", "ñ"])
def test_without_the_secret_nothing_is_taken(bot, given):
    headers = {} if given is None else {"X-Telegram-Bot-Api-Secret-Token": given}
    body = updates.raw(updates.message(updates.ANA, 1, text="Hola"))
    address = f"/hooks/telegram/{bot.app.public_id}/"
    answer = Client().post(address, body, content_type="application/json", headers=headers)
    bot.app.refresh_from_db()
    assert (answer.status_code, bot.app.refused_count, RawRequest.objects.count()) == (403, 1, 0)
    assert Client().get(address).status_code == 403


def test_an_endpoint_without_a_secret_opens_to_nobody(bot):
    ProviderApp.objects.update(secrets={"bot_id": "1"})
    headers = {"X-Telegram-Bot-Api-Secret-Token": ""}
    address = f"/hooks/telegram/{bot.app.public_id}/"
    assert Client().post(address, b"{}", content_type="application/json", headers=headers).status_code == 403


def test_a_bot_speaks_for_its_own_workspace_only(bot, other_workspace, workspace, nudges):
    """Another workspace's bot signs what it likes: it reaches only channels of its own app."""
    foreign = ProviderApp.objects.create(
        provider="telegram", owner=other_workspace, secrets={"bot_id": bot.external_id, "secret": "theirs"}
    )
    headers = {"X-Telegram-Bot-Api-Secret-Token": "theirs"}
    body = updates.raw(updates.message(updates.ANA, 1, text="Hola"))
    Client().post(
        f"/hooks/telegram/{foreign.public_id}/", body, content_type="application/json", headers=headers
    )
    house.work_off()
    with scope(workspace):
        assert Message.objects.count() == 0
    assert RawRequest.objects.get().unknown_receivers == 1

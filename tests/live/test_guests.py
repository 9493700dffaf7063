"""Guests: visitors of a web chat, with a ticket each."""

import time
from dataclasses import replace

import pytest
from django.core import signing

from crm import live
from crm.live import guests, tokens, topics
from crm.tenancy import scope
from inbox.actions import channels
from inbox.channels.webchat.actions import widgets
from inbox.channels.webchat.guests import standing, tell, ticket
from inbox.models import Identity
from tests.inbox.webchat.conftest import Browser
from tests.live.listening import Listener, until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def channel(owner):
    with scope(owner.workspace):
        return widgets.connect(by=owner)


@pytest.fixture
def identities(channel, owner):
    for text in ("one", "two"):
        assert Browser(channel).say(text).status_code == 201
    with scope(owner.workspace):
        return list(Identity.objects.order_by("id"))


def listen(process, found: str, **headers: str) -> Listener:
    return Listener(process.connect(f"/live/stream?ticket={found}", headers))


def status(process, query: str) -> int:
    return process.get(f"/live/stream?{query}")[0]


def test_a_visitor_hears_of_their_own_conversation_only(live_process, identities, token_of, owner):
    mine, theirs = (listen(live_process, ticket(identity)) for identity in identities)
    agent = live_process.listen(token_of(owner))
    assert [each.next().name for each in (mine, theirs, agent)] == ["ready"] * 3
    tell(identities[0].pk, owner.workspace_id, "message", id=7)
    assert mine.until("signal").data["ids"] == {"id": 7}
    assert theirs.is_silent()
    assert agent.is_silent()


def test_what_was_said_meanwhile_is_told_when_a_stream_comes_back(live_process, identities, owner):
    found = ticket(identities[0])
    stream = listen(live_process, found)
    ready = stream.until("ready")
    stream.close()
    until(lambda: live_process.health()["streams"] == 0)
    tell(identities[0].pk, owner.workspace_id, "message", id=8)
    back = listen(live_process, found, **{"Last-Event-ID": str(ready.id)})
    assert back.until("signal").data["ids"] == {"id": 8}


def test_a_ticket_is_refused_that_is_forged_old_a_members_or_of_a_removed_chat(
    live_process, identities, channel, owner, token_of, monkeypatch
):
    good = ticket(identities[0])
    held = tokens.read_guest(good)
    forged = signing.dumps(["webchat", 1, 1, held.issued], salt=tokens.GUEST_SALT, key="another secret")
    with monkeypatch.context() as past:
        early = time.time() - tokens.LIFETIME - 1
        past.setattr(time, "time", lambda: early)
        old = ticket(identities[0])
    elsewhere = tokens.seal_guest(replace(held, workspace=held.workspace + 1))
    stranger = tokens.seal_guest(replace(held, family="unheard of"))
    for bad in ("junk", forged, old, elsewhere, stranger, token_of(owner)):
        assert status(live_process, f"ticket={bad}") == 403, bad
    assert status(live_process, f"token={good}") == 403
    with scope(owner.workspace):
        channels.remove(channel, by=owner)
    assert status(live_process, f"ticket={good}") == 403
    assert standing([held]) == []


def test_no_member_may_ask_for_a_guests_topic(owner):
    asked = live.guest_topic("webchat", guest=1, workspace=owner.workspace_id)
    assert topics.authorised(owner, [asked]) == ()


def test_a_family_is_registered_once():
    live.register_guests("webchat", standing)
    with pytest.raises(ValueError, match="registered already"):
        live.register_guests("webchat", lambda passes: passes)
    assert guests._registered["webchat"] is standing

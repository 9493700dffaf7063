"""Who somebody is: tokens and signed identities."""

import hashlib
import hmac
import time

import pytest

from crm.tenancy import scope
from directory.merging import noticing
from directory.models import DuplicatePair, Event
from inbox.channels.webchat import visitors
from inbox.channels.webchat.actions import widgets
from inbox.models import Identity, Message
from inbox.verbs import Verb
from tests.inbox.webchat.conftest import Browser

pytestmark = pytest.mark.django_db


def signed(channel, identifier):
    secret = channel.secrets["identity"]
    return hmac.new(secret.encode(), identifier.encode(), hashlib.sha256).hexdigest()


def test_a_token_is_of_one_widget_and_cannot_be_forged(channel, visitor, owner, other_workspace, outsider):
    visitor.start()
    with scope(other_workspace):
        theirs = Browser(widgets.connect(by=outsider))
    theirs.start()
    with scope(owner.workspace):
        ours = Browser(widgets.connect(by=owner))
    for bad in ("", "junk", theirs.token, visitor.token[:-2] + "xx"):
        assert (
            visitor.post("messages/", {"client_id": "0" * 32, "text": "hi"}, **{"X-Visitor": bad}).status_code
            == 403
        )
    assert ours.post(
        "messages/", {"client_id": "0" * 32, "text": "hi"}, **{"X-Visitor": visitor.token}
    ).json() == {"error": "visitor"}
    with scope(owner.workspace):
        assert not Message.objects.exists()


def test_a_token_is_renewed_after_a_day_and_ends_after_half_a_year(visitor, channel, monkeypatch):
    first = visitor.start()["visitor"]
    assert "visitor" not in visitor.start()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + visitors.RENEWED_AFTER + 1)
    assert visitor.start()["visitor"] != first
    monkeypatch.setattr(time, "time", lambda: now + visitors.LIFETIME + 10)
    with pytest.raises(visitors.BadVisitorError):
        visitors.read(first, channel)


def test_a_signed_identity_is_the_same_person_on_another_device(channel, owner):
    phone, laptop = Browser(channel), Browser(channel)
    phone.say("from the phone")
    assert (
        phone.identify("customer-7", signed(channel, "customer-7")).json()["messages"][0]["text"]
        == "from the phone"
    )
    laptop.start()
    assert [
        m["text"] for m in laptop.identify("customer-7", signed(channel, "customer-7")).json()["messages"]
    ] == ["from the phone"]
    laptop.say("from the laptop")
    assert [m["text"] for m in phone.read()] == ["from the phone", "from the laptop"]
    with scope(owner.workspace):
        assert Identity.objects.count() == 1


def test_another_identifier_is_another_person(channel, visitor, owner):
    visitor.say("as seven")
    visitor.identify("7", signed(channel, "7"))
    assert visitor.identify("8", signed(channel, "8")).json()["messages"] == []
    visitor.say("as eight")
    assert [m["text"] for m in visitor.read()] == ["as eight"]
    with scope(owner.workspace):
        assert Identity.objects.count() == 2


def test_who_was_known_before_is_not_joined_with_what_a_stranger_wrote_here(channel, owner):
    known, stranger = Browser(channel), Browser(channel)
    known.start()
    known.identify("7", signed(channel, "7"))
    known.say("mine")
    stranger.say("not mine")
    assert [m["text"] for m in stranger.identify("7", signed(channel, "7")).json()["messages"]] == ["mine"]
    with scope(owner.workspace):
        assert Identity.objects.count() == 2
        one, other = Identity.objects.order_by("id")
        event = Event.objects.get(verb=Verb.DUPLICATE_SUSPECTED)
        assert (event.lead_id, event.facts) == (one.lead_id, {"other": other.lead_id, "by": "browser"})
        noticing.handle(event)
        assert DuplicatePair.objects.get().reasons == ["browser"]


@pytest.mark.parametrize("signature", ["0" * 64, "é" * 64, "short"])
def test_a_wrong_signature_changes_nobody(channel, visitor, signature):
    visitor.start()
    assert visitor.identify("7", signature).json() == {"error": "identity"}


def test_an_unsigned_identity_is_no_identity_and_is_refused_where_proof_is_asked(channel, visitor, owner):
    visitor.start()
    before = visitor.token
    assert visitor.identify("7", "").json() == {}
    assert visitor.token == before
    with scope(owner.workspace):
        channel.settings = {**channel.settings, "must_verify": True}
        channel.save()
    assert visitor.identify("7", "").status_code == 403


def test_a_new_secret_ends_what_the_old_one_vouched_for(channel, visitor, owner):
    visitor.start()
    visitor.identify("7", signed(channel, "7"))
    visitor.say("hello")
    with scope(owner.workspace):
        widgets.rotate_secret(channel, by=owner)
    assert visitor.get("messages/").status_code == 403
    assert visitor.start()["messages"] == []
    assert visitor.identify("7", signed(channel, "7")).status_code == 403

"""What may be answered, and until when; what becomes of what Meta refuses, or does not answer."""

from datetime import timedelta

import pytest
from django.urls import reverse

from crm.tenancy import scope
from crm.work.models import Item
from inbox.actions import messages
from inbox.channels.meta.client import MetaClient
from inbox.channels.meta.graph import GraphError
from inbox.channels.meta.plugs import OWN_LOGIN
from inbox.conversations import composing
from inbox.intake import taking
from inbox.journal import splitting
from inbox.models import Channel, Message, RawRequest, Session
from inbox.simulator.meta import defaults
from tests import cast
from tests.inbox import house
from tests.inbox.meta.conftest import turn
from tests.inbox.meta.talk import begun, hours_passed, now, thread, wrote
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("extended", [False, True])
def test_after_a_day_only_human_agent_may_answer_and_after_seven_nobody(
    live, page, workspace, owner, extended
):
    meta = live(page)
    phone, lead, session = begun(meta, workspace)
    meta.app.approved.append("human_agent")
    with scope(workspace):
        Channel.objects.update(settings={**page.settings, "extended": extended})
        common = {"by": owner, "session": session}
        hours_passed(workspace, 25, phone)
        [route] = composing.routes_of(lead, owner)
        assert (route.is_open, route.is_extended) == (extended, extended)
        there = reverse("inbox:composer", kwargs={"workspace_id": workspace.public_id, "pk": lead.pk})
        shown = cast.signed_in(owner).get(there).content.decode()
        assert ("7 days, as a person (Human Agent)" in shown, 'data-mode="closed"' in shown) == (
            extended,
            not extended,
        )
        if not extended:
            assert "after 24 h. They have to write first." in route.closed_words
            with pytest.raises(Refused, match="after 24 h"):
                messages.send(lead, text="tarde", **common)
            return
        assert route.window_ends_at == Session.objects.get().window_ends_at + timedelta(days=6)
        late = messages.send(lead, text="tarde", **common)
    turn(meta)
    assert (now(late).delivery, meta.requests[-1]["messaging_type"], meta.requests[-1]["tag"]) == (
        "read", "MESSAGE_TAG", "HUMAN_AGENT",
    )  # fmt: skip
    with scope(workspace):
        machine = messages.send(lead, text="automático", **common)
        Message.objects.filter(pk=machine.pk).update(author=None)
    turn(meta)
    assert (now(machine).delivery, now(machine).error_code) == ("failed", "window"), "only people may"
    with scope(workspace):
        hours_passed(workspace, 7 * 24 + 1, phone)
        with pytest.raises(Refused, match="after 7 days"):
            messages.send(lead, text="muy tarde", **common)


def test_a_tag_that_meta_has_not_granted_switches_itself_off(live, page, workspace, owner):
    meta = live(page)
    phone, lead, session = begun(meta, workspace)
    with scope(workspace):
        Channel.objects.update(settings={**page.settings, "extended": True})
        hours_passed(workspace, 25, phone)
        late = messages.send(lead, by=owner, session=session, text="tarde")
    turn(meta)
    assert (now(late).delivery, now(late).error_code) == ("failed", "100/1893061")
    with scope(workspace):
        channel = Channel.objects.get()
        assert (channel.settings["extended"], channel.state) == (False, "troubled")
        assert "Human Agent" in channel.problem


@pytest.mark.parametrize(
    ("code", "delivery", "state"),
    [(190, "failed", "disconnected"), (10, "failed", "connected"), (200, "failed", "troubled"),
     (551, "failed", "connected"), (2, "read", "connected"), (613, "read", "connected")],
)  # fmt: skip
def test_refusals_are_acted_on(live, page, workspace, owner, code, delivery, state):
    meta = live(page)
    _phone, message = wrote(meta, workspace, owner)
    meta.misbehave("error", code=code)
    for _ in range(3):
        turn(meta)
    settled = now(message)
    assert settled.delivery == delivery
    with scope(workspace):
        assert Channel.objects.get().state == state
    assert settled.identity.is_reachable is (code != 551)


def test_silence_is_settled_by_the_echo(live, page, workspace, owner, settings, monkeypatch):
    from crm.outbound import Limits
    from inbox.channels.meta import graph

    monkeypatch.setattr(graph, "Limits", lambda **_: Limits(total=1))
    meta = live(page)
    _phone, message = wrote(meta, workspace, owner)
    meta.misbehave("accept_then_hang")
    for _ in range(3):
        turn(meta)
    assert now(message).delivery == "read"
    assert len(meta.sent) == 1, "it is not sent again"
    assert len(thread(page)) == 2


def test_an_echo_without_our_id_settles_what_says_the_same(live, own, workspace, owner, monkeypatch):
    """Of Instagram's own login."""
    from crm.outbound import Limits
    from inbox.channels.meta import graph

    monkeypatch.setattr(graph, "Limits", lambda **_: Limits(total=1))
    meta = live(own)
    phone = meta.customer("Ana Ruiz")
    phone.text("Hola", line=defaults.OWN_ACCOUNT_ID)
    turn(meta)
    with scope(workspace):
        session = Session.objects.select_related("identity__lead").get()
        message = messages.send(session.identity.lead, by=owner, session=session, text="Aquí estamos")
    meta.misbehave("accept_then_hang")
    house.work_off()
    assert now(message).delivery == "unknown"
    for _ in range(3):
        turn(meta)
    assert now(message).delivery in ("sent", "read")
    assert "metadata" not in meta.requests[-1]["message"]
    assert len(thread(own)) == 2


def test_an_echo_without_our_id_that_came_before_the_silence_is_the_message(
    live, own, workspace, owner, monkeypatch
):
    meta = live(own)
    meta.customer("Ana Ruiz").text("Hola", line=defaults.OWN_ACCOUNT_ID)
    turn(meta)
    with scope(workspace):
        session = Session.objects.select_related("identity__lead").get()
        message = messages.send(session.identity.lead, by=owner, session=session, text="Aquí estamos")
    send = MetaClient.send

    def silent(self, payload, *, attempt=1):
        """Meta takes it, its echo is taken in, and nobody answers us."""
        send(self, payload, attempt=attempt)
        meta.settle()
        splitting.run()
        for raw in RawRequest.objects.order_by("id"):
            parts = OWN_LOGIN.parse(raw.app, raw.content, raw.received_at)
            taking.take(own, list(enumerate(parts)), arrived_at=raw.received_at)
        raise GraphError("Silence.", code="silence", unknown=True)

    monkeypatch.setattr(MetaClient, "send", silent)
    turn(meta)
    assert now(message).delivery in ("sent", "read")
    assert len(thread(own)) == 2
    with scope(workspace):
        assert Item.objects.get(kind="inbox.send").state == "sent"

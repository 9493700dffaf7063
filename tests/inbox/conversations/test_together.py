"""Several people at one conversation: who is there, and a question before two answer at once."""

import re
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.embedded.redis import RedisServer
from crm.live import presence, signals
from crm.nudge import Breaker
from crm.tenancy import scope
from directory.actions import placements
from directory.models import Lead
from inbox.actions import messages
from inbox.actions.together import Crossed, Seen
from inbox.models import Channel, Message, Session
from tests import cast
from tests.directory import house
from tests.inbox.conversations import talks
from tests.live.listening import publishing_to
from tests.swap import HTMX
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(workspace: Workspace, nudges: list[str]) -> Channel:
    with scope(workspace):
        return talks.number(workspace)


@pytest.fixture
def lead(workspace: Workspace, channel: Channel, seller: Membership) -> Lead:
    with scope(workspace):
        return talks.talk(workspace, channel, "Hola", "¿Hay talla M?", assignee=seller)


@pytest.fixture
def at(workspace: Workspace, lead: Lead) -> Callable[[str], str]:
    return lambda rest: f"/w/{workspace.public_id}/conversations/{lead.pk}/{rest}"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    place: Path = tmp_path_factory.mktemp("presence")
    server = RedisServer(place, log=place / "redis.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def told(redis: RedisServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Redis is there; the topics to which a change of who is where was signalled."""
    topics: list[str] = []
    monkeypatch.setattr(presence, "breaker", Breaker())
    monkeypatch.setattr(
        "crm.live.signal", lambda topic, kind, **ids: topics.append(f"{topic} {kind} {ids['id']}")
    )
    with publishing_to(redis, settings):
        signals.connection().flushdb()
        yield topics


def answer(lead: Lead) -> dict[str, Any]:
    """What a page posts that shows the whole thread."""
    last = Message.objects.of_lead(lead).newest_first().first()
    assert last
    return {
        "identity": lead.identities.get().pk,
        "client_id": str(uuid.uuid4()),
        "text": "Sí, en azul",
        "seen": last.pk,
        "since": last.pk,
    }


def test_those_at_one_conversation_see_each_other_and_only_they_are_told(
    at: Callable[[str], str],
    lead: Lead,
    owner: Membership,
    admin: Membership,
    seller: Membership,
    told: list[str],
) -> None:
    olga, ana, sara = (cast.signed_in(one) for one in (owner, admin, seller))
    assert "beside" not in olga.post(at("presence/"), headers=HTMX).content.decode()
    assert told == []
    assert "Olga Owner is looking" in sara.post(at("presence/"), headers=HTMX).content.decode()
    assert told == [f"user:{owner.user_id} presence {lead.pk}"]
    sara.post(at("presence/"), headers=HTMX)
    assert len(told) == 1  # she was there already
    sara.post(at("presence/"), {"doing": "writing"}, headers=HTMX)
    assert len(told) == 2
    assert "Sara Seller is writing…" in olga.get(at("presence/"), headers=HTMX).content.decode()
    assert "Sara Seller is writing…" in ana.get(at("presence/"), headers=HTMX).content.decode()
    sara.post(at("presence/"), {"doing": "<script>"}, headers=HTMX)
    assert "Sara Seller is looking" in olga.get(at("presence/"), headers=HTMX).content.decode()
    assert sara.delete(at("presence/")).status_code == 204
    assert "Sara" not in olga.get(at("presence/"), headers=HTMX).content.decode()


def test_who_says_nothing_is_gone_after_fifteen_seconds(
    owner: Membership, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = presence._now()
    presence.come("lead:1:1", member=1, user=1)
    assert 0 < signals.connection().pttl(f"{signals.channel_prefix()}at:lead:1:1") <= 15_000
    monkeypatch.setattr(presence, "_now", lambda: now + 14_900)
    assert [one.member for one in presence.others("lead:1:1", member=2)] == [1]
    monkeypatch.setattr(presence, "_now", lambda: now + 15_100)
    assert presence.others("lead:1:1", member=2) == []
    assert presence.others("lead:2:1", member=2) == []


def test_a_beat_asks_the_database_little_and_writes_nothing(
    at: Callable[[str], str], owner: Membership, seller: Membership, told: list[str]
) -> None:
    mine = cast.signed_in(seller)
    mine.post(at("presence/"), headers=HTMX)
    with CaptureQueriesContext(connection) as asked:
        mine.post(at("presence/"), {"doing": "writing"}, headers=HTMX)
    statements = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= 3 + 2, [one[:90] for one in statements]
    assert not [one for one in statements if not one.lstrip("(").startswith("SELECT")]


def test_without_redis_everybody_is_alone_and_answers_go_out(
    at: Callable[[str], str], lead: Lead, owner: Membership, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    signals._client.cache_clear()
    monkeypatch.setattr(presence, "breaker", Breaker())
    client = cast.signed_in(owner)
    for _time in range(2):
        assert client.post(at("presence/"), headers=HTMX).status_code == 200
    with scope(owner.workspace):
        posted = answer(lead)
    assert client.post(at("messages/"), posted, headers=HTMX).status_code == 200
    signals._client.cache_clear()


def test_a_colleagues_newer_answer_is_asked_about_once(
    at: Callable[[str], str], lead: Lead, owner: Membership, seller: Membership
) -> None:
    with scope(owner.workspace):
        posted = answer(lead)
        talks.say(lead, "¿Hola?")  # the customer: no reason to ask
        said = talks.say(lead, ">En negro y en <azul>", author=seller)
    client = cast.signed_in(owner)
    asked = client.post(at("messages/"), posted, headers=HTMX)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "Sara Seller answered" in page
    assert "En negro y en &lt;azul&gt;" in page
    assert f'data-last="{said.pk}"' in page
    with scope(owner.workspace):
        assert not Message.objects.filter(author=owner).exists()
    told = {**posted, "seen": said.pk}
    for _time in range(2):  # a double click
        assert client.post(at("messages/"), told, headers=HTMX).status_code == 200
    with scope(owner.workspace):
        assert Message.objects.filter(author=owner).count() == 1
        talks.say(lead, ">Otra vez", author=seller)
    assert (
        client.post(at("messages/"), told, headers=HTMX).status_code == 200
    )  # it is out: the same once more
    again = {**told, "client_id": str(uuid.uuid4())}
    assert client.post(at("messages/"), again, headers=HTMX).status_code == 409
    assert client.post(at("messages/"), {**again, "seen": ""}, headers=HTMX).status_code == 200


def test_what_a_colleague_answered_is_shown_as_in_the_thread(
    at: Callable[[str], str], lead: Lead, channel: Channel, owner: Membership, seller: Membership
) -> None:
    """A number in a link is masked for who may not see numbers; what was taken back is not said."""
    with scope(owner.workspace):
        Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
        house.grant(seller, by=owner, write_channel=[channel])
        posted = answer(lead)
        said = talks.say(lead, ">Escribe a https://wa.me/5215512345678 hoy", author=owner)
    client = cast.signed_in(seller)
    asked = client.post(at("messages/"), posted, headers=HTMX)
    page = asked.content.decode()
    assert asked.status_code == 409, page
    assert "Escribe a" in page
    assert "12345678" not in page
    with scope(owner.workspace):
        Message.objects.filter(pk=said.pk).update(revoked_at=timezone.now())
    page = client.post(at("messages/"), posted, headers=HTMX).content.decode()
    assert "Deleted message" in page
    assert "Escribe a" not in page


def test_my_own_answers_and_the_customers_are_no_reason_to_ask(
    at: Callable[[str], str], lead: Lead, owner: Membership
) -> None:
    with scope(owner.workspace):
        posted = answer(lead)
        talks.say(lead, ">Hola, soy Olga", author=owner)
        talks.say(lead, "Hola")
    assert cast.signed_in(owner).post(at("messages/"), posted, headers=HTMX).status_code == 200


def test_somebody_who_is_writing_is_asked_about_once(
    at: Callable[[str], str], lead: Lead, owner: Membership, seller: Membership, told: list[str]
) -> None:
    with scope(owner.workspace):
        posted = answer(lead)
    sara, client = cast.signed_in(seller), cast.signed_in(owner)
    sara.post(at("presence/"), {"doing": "noting"}, headers=HTMX)
    assert client.post(at("messages/"), posted, headers=HTMX).status_code == 200
    sara.post(at("presence/"), {"doing": "writing"}, headers=HTMX)
    with scope(owner.workspace):
        posted = answer(lead)
    asked = client.post(at("messages/"), posted, headers=HTMX)
    assert asked.status_code == 409
    assert "Sara Seller is writing an answer now." in asked.content.decode()
    [writing] = re.findall(r'data-told="([\d,]+)"', asked.content.decode())
    assert client.post(at("messages/"), {**posted, "told": writing}, headers=HTMX).status_code == 200


def test_an_answer_that_nobody_crossed_asks_nothing_more(
    at: Callable[[str], str], lead: Lead, owner: Membership
) -> None:
    client = cast.signed_in(owner)

    def cost(**more: Any) -> int:
        with scope(owner.workspace):
            posted = {**answer(lead), **more}
        with CaptureQueriesContext(connection) as asked:
            assert client.post(at("messages/"), posted, headers=HTMX).status_code == 200
        return len(asked)

    cost()
    assert cost() == cost(seen="")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_the_second_is_asked(
    lead: Lead, owner: Membership, seller: Membership
) -> None:
    """Both have seen the same; the lead's lock puts one after the other."""
    with scope(owner.workspace):
        session = Session.objects.get()
        last = Message.objects.newest_first().values_list("pk", flat=True).first() or 0
    both = threading.Barrier(2)
    came: list[str] = []

    def send(by: Membership) -> None:
        try:
            with scope(owner.workspace):
                both.wait(5)
                messages.send(lead, by=by, session=session, text=f"De {by.pk}", seen=Seen(last))
                came.append("sent")
        except Crossed as crossed:
            came.append("asked" if crossed.answer else "asked about nothing")
        finally:
            connection.close()

    with scope(owner.workspace):
        admin = cast.member(owner.workspace, "admin", "Luz", "luz@example.com")
    threads = [threading.Thread(target=send, args=(by,)) for by in (owner, admin)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(came) == ["asked", "sent"]
    with scope(owner.workspace):
        assert Message.objects.filter(direction="out").count() == 1


def test_assignments_stand_in_the_thread_and_many_in_one_line(
    lead: Lead,
    workspace: Workspace,
    owner: Membership,
    admin: Membership,
    seller: Membership,
    at: Callable[[str], str],
) -> None:
    client: Client = cast.signed_in(owner)
    with scope(workspace):
        placements.assign(lead.pk, by=admin, to=owner)
        placements.assign(lead.pk, by=owner, to=None)
    page = client.get(at("")).content.decode()
    assert "thread-lines" not in page
    assert "Ana Admin" in page
    with scope(workspace):
        for to in (seller, owner, admin):
            placements.assign(lead.pk, by=owner, to=to)
    page = client.get(at("")).content.decode()
    assert "5 earlier changes" in page  # with its creation
    assert page.count("assigned") >= 4

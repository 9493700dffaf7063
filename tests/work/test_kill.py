"""What is left when processes die at any moment: every message once, or known to be unknown, and in order."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from django.core.mail import EmailMessage
from django.db import DatabaseError, InterfaceError, connection, transaction

from crm import work
from crm.mail import outbox
from crm.mail.backend import queue
from crm.work import overview
from crm.work.models import Item, State
from tests.mail.smtp_server import Delivered, SmtpServer
from tests.work.house import House, house

pytestmark = pytest.mark.processes

STORM_SECONDS = 10.0
CONVERSATIONS = 24


@pytest.fixture
def nudges():
    """Takes the place of the collecting one: here they are real."""


@pytest.fixture(scope="module")
def servers(django_db_blocker, tmp_path_factory) -> Iterator[House]:
    """Servers and a database of the house's own: none of the run's is touched."""
    with django_db_blocker.unblock(), house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture
def place(servers) -> Iterator[House]:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE work_item, work_lane, work_counter, mail_message")
    servers.empty_redis()
    yield servers
    servers.stop()


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as smtp:
        yield smtp


def write(number: int) -> None:
    """One mail: its conversation is its subject, its place in it the text."""
    conversation = number % CONVERSATIONS
    email = EmailMessage(f"conversation {conversation}", f"number {number}", "a@house.test", ["b@house.test"])
    with transaction.atomic():
        queue(email, workspace_id=conversation % 3 + 1, key=f"c{conversation}")


def storm(place: House) -> int:
    """Writes mail while things are killed; returns how many mails were committed. One is while Redis is away."""
    written = 0

    def one_more() -> None:
        nonlocal written
        write(written)
        written += 1

    calamities: list[tuple[float, Callable[[], None]]] = [
        (1.5, place.empty_redis),
        (2.5, place.kill_worker),
        (4.0, place.restart_postgres),
        (6.0, lambda: place.restart_redis(meanwhile=one_more)),
        (7.5, place.kill_worker),
        (9.0, place.empty_redis),
    ]
    began = time.monotonic()
    next_kill = 0.5
    while (now := time.monotonic() - began) < STORM_SECONDS or calamities:
        if calamities and now > calamities[0][0]:
            calamities.pop(0)[1]()
        place.revive()
        if now > next_kill:
            place.kill_child()
            next_kill = now + random.uniform(0.2, 0.9)
        try:
            one_more()
        except (DatabaseError, InterfaceError):  # the caller of a real write would see this too
            connection.close()
        time.sleep(0.01)
    return written


def wait_until(true: Callable[[], bool], seconds: float, what: Callable[[], object]) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, what()
        time.sleep(0.2)


def number_of(delivered: Delivered) -> int:
    return int(delivered.message.get_content().split()[1])


def orders(numbers: list[int]) -> dict[int, list[int]]:
    found = defaultdict(list)
    for number in numbers:
        found[number % CONVERSATIONS].append(number)
    return found


def test_over_smtp_each_message_is_sent_once_or_is_unknown_until_settled(place, server):
    server.behaviour.text = lambda text: random.choices(
        ["250 ok", "451 later", "", "nonsense"], [0.94, 0.04, 0.01, 0.01]
    )[0]
    server.behaviour.pause = 0.01
    start(place, server.url)
    written = storm(place)
    server.behaviour.text = "250 ok"
    unknown = settle_all(place, server, written)
    assert unknown > 0  # else nothing was proven

    numbers = [number_of(delivered) for delivered in server.delivered]
    assert len(numbers) == len(set(numbers)) == written
    for conversation, order in orders(numbers).items():
        assert order == sorted(order), conversation
    assert overview.lost_nudges() > 0  # Redis was away: seen, counted, and nothing lost with it


def test_to_files_each_message_arrives_without_anybodys_help(place, tmp_path, settings):
    mails = tmp_path / "mails"
    settings.EMAIL_TRANSPORT_URL = f"file://{mails}"
    start(place, f"file://{mails}")
    written = storm(place)

    def all_sent() -> bool:
        place.revive()
        return not Item.objects.exclude(state=State.SENT).exists()

    wait_until(all_sent, 40, lambda: dict(overview.counts()))
    letters = outbox.letters(limit=written + 1)
    assert sorted(int(letter.text.split()[1]) for letter in letters) == list(range(written))


def test_ten_thousand_in_one_lane_do_not_delay_another(place, server):
    server.behaviour.pause = 0.02
    flood(10_000)
    start(place, server.url)
    wait_until(lambda: len(server.delivered) > 20, 30, overview.counts)
    waits = []
    for number in range(3):
        began = time.monotonic()
        queue(EmailMessage("urgent", f"number {number}", "a@house.test", ["b@house.test"]))
        wait_until(
            lambda number=number: any(
                f"number {number}\r" in text.content.decode() for text in urgent(server)
            ),
            30,
            overview.counts,
        )
        waits.append(time.monotonic() - began)
    assert max(waits) < 15, waits  # behind the other lane it would be three minutes
    assert Item.objects.waiting().count() > 8_000


def start(place: House, mail_server: str) -> None:
    place.environment["EMAIL_URL"] = mail_server
    place.start_worker("threads")
    place.start_worker("prefork")
    place.start_beat()
    place.wait_for_workers()


def settle_all(place: House, server: SmtpServer, written: int) -> int:
    """Does for each unknown message what a person would who asks the mail server; returns how many there were."""
    settled = 0
    ends = time.monotonic() + 60
    while Item.objects.filter(state=State.SENT).count() < written:
        assert time.monotonic() < ends, overview.counts()
        place.revive()
        for item in Item.objects.filter(state=State.UNKNOWN):
            settled += 1
            taken = any(item.correlation in text.message_id for text in list(server.delivered))
            if taken:
                work.settle(kind=item.kind, correlation=item.correlation)
            else:
                work.retry(item)
        time.sleep(0.2)
    return settled


def flood(rows: int) -> None:
    """One lane's ten thousand mails: rows of work that share one message."""
    first = queue(EmailMessage("flood", "number 0", "a@house.test", ["b@house.test"]), workspace_id=1)
    assert first is not None
    item = Item.objects.get()
    Item.objects.bulk_create(
        [
            Item(
                kind="mail",
                lane=item.lane,
                workspace_id=1,
                payload=item.payload,
                correlation=f"flood {number}",
            )
            for number in range(rows)
        ],
        batch_size=2000,
    )


def urgent(server: SmtpServer) -> list[Delivered]:
    return [text for text in list(server.delivered) if text.message["Subject"] == "urgent"]

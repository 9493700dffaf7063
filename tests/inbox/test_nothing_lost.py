"""Customers write and are answered while everything is killed: each message is there once, sent once, and in order.

The customers' provider is the simulator; it errs as well. What nobody could know in the end, because a worker died
between the provider and the database and no status told of it, a person settles.
"""

import os
import random
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.db import DatabaseError, InterfaceError, connection

from crm.tenancy import scope
from crm.work import overview
from crm.work.models import Item, State
from inbox.actions import messages
from inbox.models import Delivery, Message, Session
from inbox.simulator import Simulator
from inbox.simulator.whatsapp import Handle, defaults
from tests import cast
from tests.inbox import simulated
from tests.inbox.town import Town
from tests.work.house import house
from workspaces.errors import Refused
from workspaces.models import Membership

pytestmark = pytest.mark.processes

STORM_SECONDS = 14.0
CUSTOMERS = 12
BEGAN = 20_000  # seconds ago; each message of a customer has a second of its own


@pytest.fixture(scope="module")
def simulator() -> Iterator[Handle]:
    with Simulator(backoff=0.2, connections=4) as site:
        running = site.whatsapp
        yield running


@pytest.fixture(scope="module")
def town(django_db_blocker, tmp_path_factory, simulator) -> Iterator[Town]:
    environment = {
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "WHATSAPP_API_URL": simulator.api_url,
        "OUTBOUND_ALLOW": f"127.0.0.1:{simulator.port}",
        "INTAKE_LEASE_SECONDS": "4",
        "MESSAGE_LEASE_SECONDS": "6",
        "MESSAGE_BACKOFF_SECONDS": "0.2",
    }
    directory = tmp_path_factory.mktemp("town")
    with django_db_blocker.unblock(), house(directory, Town, **environment) as made:
        yield made


@pytest.fixture
def owner(town, simulator) -> Membership:
    owner = cast.workspace_of("Taller", "Olga", "olga@example.com")
    simulated.number(owner.workspace)
    town.start_served("web")
    town.start_served("live")
    town.start_worker("threads")
    town.start_worker("prefork")
    town.start_beat()
    town.wait_for_workers()
    town.wait_for_web()
    simulator.assume(f"{town.url}{defaults.CALLBACK_PATH}")
    return owner


class Customers(threading.Thread):
    """Everybody writes, in turn, until told to stop. `wrote`: how many messages each."""

    def __init__(self, simulator: Handle) -> None:
        super().__init__(daemon=True)
        self.phones = [
            simulator.customer(f"Cliente {number}", phone=f"52155{number:08d}") for number in range(CUSTOMERS)
        ]
        self.wrote = Counter()
        self.stopped = threading.Event()

    def run(self) -> None:
        began = time.time() - BEGAN
        while not self.stopped.wait(0.03):
            who = random.randrange(CUSTOMERS)
            number = self.wrote[who]
            self.phones[who].text(f"{number}", at=began + number)
            self.wrote[who] += 1


class Sellers:
    """We answer whoever has written. `wrote`: what was committed, or may have been, by client id."""

    def __init__(self, owner: Membership) -> None:
        self.owner = owner
        self.wrote: list[uuid.UUID] = []
        self.sessions: list[int] = []

    def write(self) -> None:
        """As a browser does: one that got no answer posts the same again."""
        client_id = uuid.uuid4()
        for _ in range(200):
            try:
                if self._post(client_id):
                    self.wrote.append(client_id)
                return
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(0.1)
        raise AssertionError("the database did not come back")

    def _post(self, client_id: uuid.UUID) -> bool:
        with scope(self.owner.workspace):
            sessions = list(Session.objects.select_related("identity__lead"))
            if not sessions:
                return False
            session = random.choice(sessions)
            number = Message.objects.filter(lead=session.identity.lead, direction="out").count()
            messages.send(
                session.identity.lead, by=self.owner, session=session, text=f"{number}", client_id=client_id
            )
        return True


def test_everything_is_killed_and_nothing_is_lost(town, simulator, owner):
    customers, sellers = Customers(simulator), Sellers(owner)
    customers.start()
    storm(town, simulator, sellers)
    customers.stopped.set()
    customers.join()
    simulator.behave()
    town.revive()
    simulator.settle(40)
    settled = settle(town, simulator, owner, len(sellers.wrote))

    with scope(owner.workspace):
        found = list(Message.objects.select_related("lead").oldest_first())
    check_inbound(customers, [message for message in found if message.is_inbound])
    check_outbound(simulator, sellers, [message for message in found if not message.is_inbound])
    assert sum(customers.wrote.values()) > 100
    assert len(sellers.wrote) > 30
    print(f"{sum(customers.wrote.values())} came, {len(sellers.wrote)} left, {settled} settled by hand")  # noqa: T201
    assert overview.lost_nudges() > 0  # Redis was away: seen, counted, and nothing lost with it


def storm(town: Town, simulator: Handle, sellers: Sellers) -> None:
    calamities: list[tuple[float, Callable[[], None]]] = [
        (1.5, town.empty_redis),
        (2.0, lambda: town.kill_served("web")),
        (3.0, town.kill_worker),
        (4.5, lambda: simulator.misbehave("status", status=503, times=5)),
        (5.0, town.restart_postgres),
        (7.0, town.restart_redis),
        (8.0, lambda: simulator.misbehave("accept_then_close", times=3)),
        (9.0, town.kill_beat),
        (9.5, lambda: town.kill_served("live")),
        (10.5, town.kill_worker),
        (11.5, lambda: town.kill_served("web")),
        (12.0, lambda: simulator.misbehave("garbage", times=2)),
        (13.0, town.empty_redis),
    ]
    began, next_kill = time.monotonic(), 0.5
    while (now := time.monotonic() - began) < STORM_SECONDS or calamities:
        if calamities and now > calamities[0][0]:
            calamities.pop(0)[1]()
        town.revive()
        if now > next_kill:
            town.kill_child()
            next_kill = now + random.uniform(0.4, 1.2)
        sellers.write()
        time.sleep(0.05)


def settle(town: Town, simulator: Handle, owner: Membership, written: int) -> int:
    """Waits until all is done; of what nobody can know, a person asks the customer. How often that was."""
    by_hand, ends = 0, time.monotonic() + 150
    open_states = [State.QUEUED, State.CLAIMED, State.RETRY]
    while True:
        assert time.monotonic() < ends, trouble()
        town.revive()
        mine = Item.objects.filter(kind__in=["inbox.intake", "inbox.send"])
        with scope(owner.workspace):
            unsettled = list(Message.objects.filter(delivery__in=[Delivery.UNKNOWN, Delivery.FAILED]))
            for message in unsettled:
                taken = any(one.callback_data == message.uid.hex for one in simulator.sent)
                with suppress(Refused):  # its receipt came after all, between the list and the click
                    if taken and message.delivery == Delivery.UNKNOWN:
                        messages.settle_by_hand(message, by=owner)
                    else:
                        messages.retry(message, by=owner)
                    by_hand += 1
        if not unsettled and not mine.filter(state__in=open_states).exists():
            return by_hand
        time.sleep(0.3)


def trouble() -> Counter:
    """What is not done, for whoever reads the failure."""
    rows = Item.objects.exclude(state__in=[State.SENT, State.DISCARDED])
    return Counter(rows.values_list("kind", "state", "error_code", "error"))


def check_inbound(customers: Customers, found: list[Message]) -> None:
    """Each once, one lead a customer, in the order in which they wrote."""
    threads = defaultdict(list)
    for message in found:
        threads[message.lead_id].append((message.lead.name, int(message.text)))
    assert len(threads) == len([number for number in customers.wrote.values() if number])
    for thread in threads.values():
        [name] = {name for name, _number in thread}
        wrote = customers.wrote[int(name.split()[1])]
        assert [number for _name, number in thread] == list(range(wrote)), name


def check_outbound(simulator: Handle, sellers: Sellers, found: list[Message]) -> None:
    """Each that was written is there once and was taken once, in the order in which it was written to each person."""
    assert sorted(message.client_id for message in found) == sorted(sellers.wrote)
    assert {message.delivery for message in found} <= {"sent", "delivered", "read"}
    taken = Counter(one.callback_data for one in simulator.sent)
    assert taken == Counter(message.uid.hex for message in found)
    orders = defaultdict(list)
    for one in simulator.sent:
        orders[one.customer_id].append(int(one.content["body"]))
    for order in orders.values():
        assert order == list(range(len(order)))

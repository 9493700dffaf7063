"""One provider of a simulator as tests hold it: its customers, what goes wrong, what happened."""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from inbox.simulator.misbehaviour import Fault
from inbox.simulator.phone import Phone
from inbox.simulator.provider import Provider
from inbox.simulator.web import Payload
from inbox.simulator.world import Message

PATIENCE = 10.0
PhoneT = TypeVar("PhoneT", bound=Phone)


class Handle(Generic[PhoneT]):
    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    # Where it is

    @property
    def address(self) -> str:
        return self.provider.base_url

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    # Customers

    def customer(self, name: str | None = None, **more: Any) -> PhoneT:
        """A person, of the fields of the provider's `Customer`; somebody at random where no name is said. They read at
        once."""
        given: Payload = {"name": name, "reads": "always", **more}
        customer = self.provider.add_customer(**given) if name else self.provider.somebody(more)
        customer.reads = given["reads"]
        return cast(PhoneT, self.provider.phone(customer))

    # What goes wrong

    def misbehave(self, kind: str, **more: Any) -> Fault:
        """See `misbehaviour`: code, status, times (1; None: until `behave`), area ("messages"), line_id, seconds."""
        return self.provider.faults.add(Fault(kind, **more), self.provider.areas)

    def behave(self) -> None:
        self.provider.faults.clear()

    def mischief(self, kind: str, *, times: int = 1) -> None:
        """See the provider's `mischief`: webhooks twice, in reverse, malformed, huge, …"""
        self.provider.mischief(kind, times=times)

    # What happened

    @property
    def sent(self) -> list[Message]:
        """What businesses sent and the provider took, oldest first."""
        with self.provider.world.lock:
            found = [one for one in self.provider.world.messages.values() if one.origin == "business"]
        return sorted(found, key=lambda one: one.at)

    @property
    def requests(self) -> list[Payload]:
        """Bodies of calls that send, taken or not; not those that met a fault before."""
        return list(self.provider.requests)

    def settle(self, seconds: float = PATIENCE) -> None:
        """Until every webhook was taken and nothing is under way. Raises TimeoutError."""
        if not self.provider.clock.settle(seconds):
            link = self.provider.link()
            raise TimeoutError(
                f"not settled after {seconds} s: {link['waiting']} webhooks wait; the last answer from"
                f" {link['callback']} was {link['status']} {link['error']}"
            )

    def wait_for(self, fits: Callable[[Message], bool], seconds: float = PATIENCE) -> Message:
        """The newest message that fits, as soon as there is one. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            with self.provider.world.lock:
                for message in reversed(list(self.provider.world.messages.values())):
                    if fits(message):
                        return message
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no such message within {seconds} s")
            with self.provider.news:
                self.provider.news.wait(min(left, 0.1))

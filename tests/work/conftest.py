"""A kind of work whose provider is a list, and which can be told to fail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from crm import nudge
from crm.work import DeliveryError, Kind, Receipt, kinds
from crm.work.models import Item


@dataclass
class Provider:
    """Takes what it is given, in order, unless it is told otherwise."""

    taken: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    answer: Callable[[Item], Receipt] | None = None
    told: list[tuple[str, str]] = field(default_factory=list)

    def deliver(self, item: Item) -> Receipt:
        self.attempts.append(item.correlation)
        receipt = self.answer(item) if self.answer else Receipt(f"receipt of {item.correlation}")
        self.taken.append(item.correlation)
        return receipt

    def fails(self, **how: Any) -> None:
        def answer(item: Item) -> Receipt:
            raise DeliveryError("No.", **how)

        self.answer = answer

    def finished(self, item: Item) -> None:
        self.told.append((item.correlation, item.state))


@pytest.fixture
def register() -> Iterator[Callable[..., Provider]]:
    """Registers kinds for one test: register("post", idempotent=True, …)."""
    before = dict(kinds._KINDS)

    def add(name: str = "post", **options: Any) -> Provider:
        provider = Provider()
        given: dict[str, Any] = {
            "deliver": provider.deliver,
            "lease": timedelta(seconds=60),
            "finished": provider.finished,
        }
        kinds.register_kind(Kind(name=name, **given | options))
        return provider

    yield add
    kinds._KINDS.clear()
    kinds._KINDS.update(before)


@pytest.fixture
def provider(register: Callable[..., Provider]) -> Provider:
    return register()


@pytest.fixture(autouse=True)
def nudges(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """No broker: what would have been nudged is collected."""
    sent: list[tuple[Any, ...]] = []

    def now(task: Any, *args: Any, queue: str = "now", countdown: float | None = None) -> bool:
        sent.append((task.name.rsplit(".", 1)[-1], *args, countdown))
        return True

    monkeypatch.setattr(nudge, "now", now)
    nudge._follow_up.cache_clear()
    yield sent
    nudge._follow_up.cache_clear()

"""A consumer that keeps what it handled, as rows, so that a rollback takes it back; and other connections."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.db import connection

from crm import nudge
from crm.feed import Consumer, consumers
from crm.tenancy import scope
from crm.work.models import Counter
from tests.feed.models import Note


@dataclass
class Reader:
    """`handled` is what the database kept of its effects; `tried` is every call."""

    consumer: Consumer
    tried: list[str] = field(default_factory=list)
    bad: set[str] = field(default_factory=set)
    dies_at: set[str] = field(default_factory=set)

    @property
    def handled(self) -> list[str]:
        found = Counter.objects.filter(name__startswith="handled:").order_by("changed_at", "name")
        return [counter.name.removeprefix("handled:") for counter in found for _ in range(counter.value)]


@pytest.fixture
def reader(transactional_db: None) -> Iterator[Callable[..., Reader]]:
    before = dict(consumers._CONSUMERS)

    def make(name: str = "reader", **options: Any) -> Reader:
        def handle(note: Note) -> None:
            made.tried.append(note.text)
            Counter.objects.add(f"handled:{note.text}")
            if note.text in made.dies_at:
                raise SystemExit
            if note.text in made.bad:
                raise RuntimeError("secret")

        options = {"begin": "beginning"} | options
        consumer = consumers.register_consumer(Consumer(name, "feed_tests.Note", handle, **options))
        made = Reader(consumer)
        return made

    yield make
    consumers._CONSUMERS.clear()
    consumers._CONSUMERS.update(before)


@pytest.fixture
def write(transactional_db: None, workspace: Any) -> Callable[..., None]:
    def add(*texts: str, subject: str = "s", into: Any = workspace) -> None:
        with scope(into):
            for text in texts:
                Note.objects.create(subject=subject, text=text)

    return add


@pytest.fixture
def elsewhere() -> Callable[..., Any]:
    """A connection of its own, in a transaction: `with elsewhere() as other: other.execute(…)`; commits at the end."""

    @contextmanager
    def connect() -> Iterator[psycopg.Connection]:
        parameters = connection.get_connection_params()
        parameters.pop("cursor_factory", None)
        parameters.pop("context", None)
        parameters.pop("prepare_threshold", None)
        other = psycopg.connect(**{key: parameters[key] for key in parameters if key in _CONNECT})
        try:
            yield other
            other.commit()
        finally:
            other.close()

    return connect


_CONNECT = {"dbname", "user", "password", "host", "port", "options"}


@pytest.fixture(autouse=True)
def nudges(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    sent: list[tuple[Any, ...]] = []

    def now(task: Any, *args: Any, queue: str = "now", countdown: float | None = None) -> bool:
        sent.append((task.name.rsplit(".", 1)[-1], *args, countdown))
        return True

    monkeypatch.setattr(nudge, "now", now)
    nudge._follow_up.cache_clear()
    yield sent
    nudge._follow_up.cache_clear()

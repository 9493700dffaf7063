"""Consumers: what reads a feed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class Consumer:
    """Reads every row of one feed once, in order of subject, with effects in the database only.

    name: of the cursor; changing it begins anew.
    model: the feed, "app.Model".
    handle: called with one row, in the scope of its workspace, in a savepoint of the transaction that moves the
        cursor: its effects happen exactly once. What must leave the house it enqueues (`crm.work`).
    begin: where a consumer without a cursor begins: at what is written from "now" on, or at the "beginning".
    batch: rows per transaction.
    backoff: pause after a row's first failure; doubled after each further one.
    wants: of a feed in which most rows are nothing to it, an SQL condition on the row's own columns: what does not meet
        it is passed unread, thousands at once. It saves work; `handle` decides.
    """

    name: str
    model: str
    handle: Callable[[Any], None]
    begin: Literal["now", "beginning"] = "now"
    batch: int = 100
    backoff: timedelta = timedelta(seconds=5)
    wants: str = ""

    @property
    def feed(self) -> type[models.Model]:
        return apps.get_model(self.model)


class UnknownConsumer(LookupError):
    """A cursor, or a caller, names a consumer that no app has registered."""


class AlreadyRegistered(ValueError):
    """Two apps registered one name."""


_CONSUMERS: dict[str, Consumer] = {}


def register_consumer(consumer: Consumer) -> Consumer:
    """From `AppConfig.ready()`."""
    if consumer.name in _CONSUMERS:
        raise AlreadyRegistered(f"A consumer {consumer.name!r} is already registered.")
    _CONSUMERS[consumer.name] = consumer
    return consumer


def get(name: str) -> Consumer:
    try:
        return _CONSUMERS[name]
    except KeyError:
        raise UnknownConsumer(f"No app has registered a consumer {name!r}.") from None


def all_consumers() -> list[Consumer]:
    return sorted(_CONSUMERS.values(), key=lambda consumer: consumer.name)


def of_model(model: type[models.Model]) -> list[Consumer]:
    return [consumer for consumer in all_consumers() if consumer.model == model._meta.label]

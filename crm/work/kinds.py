"""Kinds of work: what an app registers so that its rows are delivered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crm.work.models import Item

Queue = Literal["now", "bulk"]
QUEUES: tuple[Queue, ...] = ("now", "bulk")


@dataclass(frozen=True)
class Receipt:
    """It was taken. `reference` is the provider's own id, where it gives one."""

    reference: str = ""


class DeliveryError(Exception):
    """It was not taken, or nobody knows.

    message: for people, kept in the row and shown: no secret, no body, no address.
    permanent: trying again is of no use.
    unknown: the provider fell silent after it had everything; it may have been taken. A kind that is not idempotent is
        not sent again by itself.
    retry_after: seconds the provider asked us to wait.
    whole_lane: what is wrong concerns the lane and not this row: the lane is parked for `retry_after` (a minute unless
        told) and the attempt is not counted.
    code: short and stable, for grouping ("550", "timeout").
    """

    def __init__(
        self,
        message: str = "",
        *,
        permanent: bool = False,
        unknown: bool = False,
        retry_after: float | None = None,
        whole_lane: bool = False,
        code: str = "",
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.unknown = unknown
        self.retry_after = retry_after
        self.whole_lane = whole_lane
        self.code = code


@dataclass(frozen=True)
class Kind:
    """How rows of one kind are delivered.

    deliver: speaks to the provider. No transaction is open; the scope of the row's workspace is, if it has one. It must
        end within half of `lease`. Any other exception than DeliveryError counts as transient.
    idempotent: the provider takes our id and does it once, so an attempt without an answer is simply made again. A
        function of the row where it depends on that, or on the configuration.
    max_attempts: after so many the row is failed.
    lease: how long an attempt may take before it is given up.
    batch: rows claimed at once; they are delivered one after another.
    parallel: rows of one lane that may be claimed at once, over all workers.
    rate, burst: of a new lane, per second; 0 for no limit.
    backoff, max_backoff: pause after the first failure, doubled after each further one, and its cap.
    finished: called in the transaction that ends an attempt or settles a row as sent, failed or unknown, so that an app
        can keep its own row in step.
    """

    name: str
    deliver: Callable[["Item"], Receipt]
    idempotent: bool | Callable[["Item"], bool] = False
    queue: Queue = "now"
    max_attempts: int = 10
    lease: timedelta = timedelta(minutes=2)
    batch: int = 5
    parallel: int = 10
    rate: float = 0
    burst: float = 0
    backoff: timedelta = timedelta(seconds=5)
    max_backoff: timedelta = timedelta(hours=1)
    finished: Callable[["Item"], None] | None = None

    def is_idempotent(self, item: "Item") -> bool:
        return self.idempotent(item) if callable(self.idempotent) else self.idempotent


class UnknownKind(LookupError):
    """A row, or a caller, names a kind that no app has registered."""


class AlreadyRegistered(ValueError):
    """Two apps registered one name."""


_KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """From `AppConfig.ready()`."""
    if kind.name in _KINDS:
        raise AlreadyRegistered(f"Work of kind {kind.name!r} is already registered.")
    _KINDS[kind.name] = kind
    return kind


def get(name: str) -> Kind:
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(f"No app has registered work of kind {name!r}.") from None


def find(name: str) -> Kind | None:
    return _KINDS.get(name)


def names(queue: str | None = None) -> list[str]:
    return sorted(kind.name for kind in _KINDS.values() if queue in (None, kind.queue))

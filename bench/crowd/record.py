"""What all pages together were told and have asked, and when."""

import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a page. `what` is the last part of its address that is a word."""

    what: str
    page: int
    at: float  # when it was sent
    took: float  # ms
    status: int


@dataclass
class Record:
    asked: list[Asked] = field(default_factory=list)
    signals: list[tuple[float, int]] = field(default_factory=list)  # when, which page
    refreshes: list[tuple[float, int]] = field(default_factory=list)
    written: dict[int, float] = field(default_factory=dict)  # lead → when its last webhook was sent
    heard: list[float] = field(default_factory=list)  # ms from the webhook to a page's being told
    shown: list[float] = field(default_factory=list)  # ms from the webhook to the row's being here
    under_way: int = 0

    def note_heard(self, page: int, lead: int | None) -> None:
        now = time.monotonic()
        self.signals.append((now, page))
        if lead in self.written:
            self.heard.append((now - self.written[lead]) * 1000)

    def note_refresh(self, page: int) -> None:
        self.refreshes.append((time.monotonic(), page))

    def note_shown(self, lead: int, asked_at: float) -> None:
        """A row or card of it came, asked for after its message was written."""
        if lead in self.written and self.written[lead] <= asked_at:
            self.shown.append((time.monotonic() - self.written[lead]) * 1000)

    def between(self, begin: float, end: float) -> list[Asked]:
        return [one for one in self.asked if begin <= one.at < end]


def what_of(address: str) -> str:
    return next(part for part in reversed(urlsplit(address).path.split("/")) if part and not part.isdigit())


def by_what(asked: list[Asked]) -> Counter[str]:
    return Counter(one.what for one in asked)

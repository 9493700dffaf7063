"""The token of a stream: who listens, by which session and membership, to what. Signed, good for five
minutes.

A trust boundary: the live process believes nothing else. The token names the session by a keyed hash, so
that it can be held against the living sessions without carrying the cookie's secret into the page.
"""

from __future__ import annotations

import time
from dataclasses import astuple, dataclass, replace

from django.core import signing
from django.utils.crypto import salted_hmac

SALT = "crm.live.stream"
GUEST_SALT = "crm.live.guest"
LIFETIME = 300  # seconds


class BadTokenError(Exception):
    """Forged, expired, or not a token."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says. `issued` is in milliseconds since 1970, by the web process's clock."""

    user: int
    session: str
    workspace: int
    membership: int
    mark: str
    topics: tuple[str, ...]
    issued: int

    @property
    def expires(self) -> float:
        """Seconds since 1970."""
        return self.issued / 1000 + LIFETIME

    @property
    def holder(self) -> object:
        """Whose streams are counted together."""
        return self.user


@dataclass(frozen=True, slots=True)
class GuestPass:
    """What a guest's ticket says: who they are in their family, and where. See crm.live.guests."""

    family: str
    guest: int
    workspace: int
    issued: int

    @property
    def expires(self) -> float:
        """Seconds since 1970."""
        return self.issued / 1000 + LIFETIME

    @property
    def topics(self) -> tuple[str, ...]:
        return (topic_of_guest(self.family, self.workspace, self.guest),)

    @property
    def holder(self) -> object:
        return (self.family, self.guest)


Held = Pass | GuestPass


def now_ms() -> int:
    return int(time.time() * 1000)


def session_mark(session_key: str) -> str:
    return salted_hmac("crm.live.session", session_key).hexdigest()[:20]


def seal(held: Pass) -> str:
    return signing.dumps(astuple(held), salt=SALT)


def read(token: str) -> Pass:
    """The pass inside. Raises BadTokenError."""
    try:
        held = Pass(*signing.loads(token, salt=SALT, max_age=LIFETIME))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadTokenError from error
    return replace(held, topics=tuple(held.topics))  # JSON has made a list of them


def topic_of_guest(family: str, workspace: int, guest: int) -> str:
    return f"guest:{family}:{workspace}:{guest}"


def seal_guest(held: GuestPass) -> str:
    return signing.dumps(astuple(held), salt=GUEST_SALT)


def read_guest(ticket: str) -> GuestPass:
    """The pass inside. Raises BadTokenError."""
    try:
        return GuestPass(*signing.loads(ticket, salt=GUEST_SALT, max_age=LIFETIME))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadTokenError from error

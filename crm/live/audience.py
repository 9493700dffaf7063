"""Who may listen at all. The floor above says how members are found; this one says whether a token still
stands.

A token stands while (1) its session exists and has not expired, (2) its membership is active, its person
too, and their workspace open, (3) nothing that decides what they may hear has changed since: the mark.
Asked when a stream connects, and for all streams together every 30 seconds, in case a message of `live.end`
was lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol

from django.utils import timezone
from django.utils.crypto import salted_hmac

from crm.live.tokens import Pass, session_mark


class Member(Protocol):
    """What is read of a membership."""

    pk: Any
    user_id: Any
    workspace_id: Any

    @property
    def user(self) -> Any: ...


Find = Callable[[Collection[int]], Iterable[Any]]
Mark = Callable[[Any], str]

_registered: list[tuple[Find, Mark]] = []


def register_audience(members: Find, mark: Mark) -> None:
    """Plug in the memberships; from AppConfig.ready() of the floor that owns them, once.

    `members(ids)` gives, in one query with their users, those memberships that may be here now: active, of
    a workspace that is open. `mark(membership)` is text, made without a query, that changes whenever the
    membership may hear something else than before (role, tools, visibility).
    """
    if _registered and _registered[0] != (members, mark):
        raise ValueError("The live audience is registered already")
    _registered[:] = [(members, mark)]


def mark_of(member: Member) -> str:
    """A keyed digest of what decides: the registered mark, and the password (a new one ends all other sessions)."""
    return keyed(standing_of(member))


def standing_of(member: Member) -> bytes:
    """What `mark_of` is a keyed digest of; itself a digest, since pages remember by it."""
    _, mark = _audience()
    return hashlib.sha256(f"{member.user.password}|{mark(member)}".encode()).digest()


def keyed(standing: bytes) -> str:
    """The mark that a token carries."""
    return salted_hmac("crm.live.mark", standing).hexdigest()[:16]


def standing(passes: Collection[Pass]) -> dict[Pass, Member]:
    """Those of the passes that still stand, each with its member. Two queries, however many they are."""
    if not passes:
        return {}
    find, _ = _audience()
    sessions = living_sessions({held.user for held in passes})
    members = {member.pk: member for member in find({held.membership for held in passes})}
    stand: dict[Pass, Member] = {}
    marks = {pk: mark_of(member) for pk, member in members.items()}
    for held in passes:
        member = members.get(held.membership)
        if (
            member is not None
            and (held.user, held.session) in sessions
            and (member.user_id, member.workspace_id) == (held.user, held.workspace)
            and member.user.is_active
            and marks[held.membership] == held.mark
        ):
            stand[held] = member
    return stand


def living_sessions(users: set[int]) -> set[tuple[int, str]]:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session
    from django.db.models import Exists, OuterRef

    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    rows = UserSession.objects.filter(Exists(alive), user_id__in=users).values_list("user_id", "session_key")
    return {(user, session_mark(key)) for user, key in rows}


def _audience() -> tuple[Find, Mark]:
    if not _registered:
        raise RuntimeError("No live audience is registered: see crm.live.register_audience")
    return _registered[0]

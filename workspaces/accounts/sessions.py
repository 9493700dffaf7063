"""Where a person is logged in, and ending that."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from crm import live
from workspaces.accounts.devices import Device, device_of
from workspaces.actions import audit
from workspaces.models import User, Verb


@dataclass(frozen=True)
class Place:
    """A session as its person sees it."""

    pk: int
    device: Device
    ip: str
    since: datetime
    last_seen: datetime
    is_current: bool


def places(user: User, current_key: str | None) -> list[Place]:
    """Where `user` is logged in: this browser first, then the most recently used."""
    rows = [
        Place(
            pk=row.pk,
            device=device_of(row.user_agent),
            ip=row.ip,
            since=row.created_at,
            last_seen=row.last_seen_at,
            is_current=row.session_key == current_key,
        )
        for row in _living(user)
    ]
    return sorted(rows, key=lambda place: (not place.is_current, -place.last_seen.timestamp()))


@transaction.atomic
def end(user: User, *, pk: int | None = None, keep: str | None = None, noted: bool = True) -> int:
    """End one session of `user` (`pk`), or all but the one with the key `keep`; returns how many.

    Their live streams end with them. `noted` writes the audit row; a changed password has its own.
    """
    rows = UserSession.objects.filter(user=user)
    rows = rows.filter(pk=pk) if pk is not None else rows.exclude(session_key=keep or "")
    keys = list(rows.values_list("session_key", flat=True))
    if not keys:
        return 0
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    for key in keys:
        live.end(user_id=user.pk, session_key=key)
    if noted:
        audit.record_for_person(user, verb=Verb.SESSIONS_ENDED, changes={"sessions": [len(keys), 0]})
    return len(keys)


def _living(user: User) -> QuerySet[UserSession]:
    session = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    living: QuerySet[UserSession] = UserSession.objects.filter(Exists(session), user=user)
    return living

"""Senders whose lead was deleted for good: known again by a keyed hash, as long as the journal could bring them back.

What they said up to that moment is never taken in again. What they say later makes a new lead, as of anybody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from crm.encryption.keys import keyed_hash
from inbox.models import ErasedSender, Identity

MARGIN = timedelta(days=8)  # providers bring a webhook again for a week


class Forgotten(Exception):
    """It was said before its sender was erased."""


def digest(channel_id: int, key: str) -> str:
    return keyed_hash(f"{channel_id}:{key}", purpose="inbox.erased")


def remember(channel_id: int, keys: Iterable[str], *, at: datetime) -> None:
    """In the transaction that erases them, under the locks on their names."""
    rows = [ErasedSender(digest=digest(channel_id, key), erased_at=at) for key in keys]
    ErasedSender.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["workspace", "digest"], update_fields=["erased_at"]
    )


def erased_at(channel_id: int, keys: Iterable[str]) -> datetime | None:
    """When the last of them was erased; None where none was. One query."""
    digests = [digest(channel_id, key) for key in keys]
    rows = ErasedSender.objects.filter(digest__in=digests).order_by("-erased_at")
    return rows.values_list("erased_at", flat=True).first()


def inherit(identity: Identity, keys: Iterable[str]) -> None:
    """Keys become an identity's: what was said under them before they were erased stays forgotten."""
    until = erased_at(identity.channel_id, keys)
    if until is not None and (identity.forgotten_until is None or identity.forgotten_until < until):
        identity.forgotten_until = until
        identity.save(update_fields=["forgotten_until"])


def sweep() -> int:
    """Hashes that protect from nothing any more, of all workspaces."""
    keep = timedelta(days=settings.JOURNAL_KEEP_DAYS) + MARGIN
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM inbox_erasedsender WHERE erased_at < %s", [timezone.now() - keep])
        return int(cursor.rowcount)

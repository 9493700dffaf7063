"""Locks on what has no row yet: two that make the same person at once find nothing to lock but the names.

A transaction takes all of its locks at once, in the order of their numbers; so two that want the same ones do not wait
for each other in a circle. They end with the transaction. No network is spoken to meanwhile.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection


def phone(workspace_id: int, match_key: str) -> str:
    """The person behind the number, over all channels of the workspace, and for who imports."""
    return f"phone:{workspace_id}:{match_key}"


def email(workspace_id: int, match_key: str) -> str:
    """The person behind the address, for who imports: no channel makes a lead by it."""
    return f"email:{workspace_id}:{match_key}"


def external_id(workspace_id: int, value: str) -> str:
    """The person behind another system's ID, for who imports."""
    return f"external_id:{workspace_id}:{value}"


def take(names: Iterable[str]) -> None:
    """In a transaction, before anything is read that the locks are about."""
    numbers = sorted({_number(name) for name in names})
    if numbers:
        # As one text: the driver takes ten times as long with an import's thousands.
        written = f"{{{','.join(map(str, numbers))}}}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) number", [written])


def _number(name: str) -> int:
    """64 bits, so that two names practically never share a lock; sharing one would cost a wait and nothing else."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)

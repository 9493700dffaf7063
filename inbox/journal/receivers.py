"""Whose a webhook is: channels of all workspaces, found by what providers name them by.

The one place where channels are read outside a scope, and by this right: the request was signed with an app's secret,
so it speaks for the accounts that are connected through that app, and for no others. A workspace that connects an app
of its own can sign what it likes; it still reaches only channels of that app.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Receiver:
    """A channel in use, and the workspace it is of. `names` are what a provider may call it by."""

    channel: int
    workspace: int
    names: tuple[str, ...]


def of_apps(names: dict[int, set[str]], kinds: Collection[str]) -> dict[tuple[int, str], list[Receiver]]:
    """For each app (its key) and each name given with it (a number's id, an account's): the channels that hear of it.

    A number is one channel, unless several workspaces have connected it; an account's word goes to all its numbers.
    """
    found: dict[tuple[int, str], list[Receiver]] = {}
    asked = sorted({name for some in names.values() for name in some})
    if not asked:
        return found
    for channel, workspace, app, *own in _channels(sorted(names), asked, sorted(kinds)):
        receiver = Receiver(channel, workspace, tuple(filter(None, own)))
        for name in receiver.names:
            if name in names[app]:
                found.setdefault((app, name), []).append(receiver)
    return found


def _channels(apps: list[int], names: list[str], kinds: list[str]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"apps": apps, "names": names, "kinds": kinds})
        return list(cursor.fetchall())


_SQL = """
SELECT id, workspace_id, app_id, external_id, account_id FROM inbox_channel
WHERE kind = ANY(%(kinds)s) AND external_id = ANY(%(names)s) AND removed_at IS NULL AND app_id = ANY(%(apps)s)
UNION
SELECT id, workspace_id, app_id, external_id, account_id FROM inbox_channel
WHERE kind = ANY(%(kinds)s) AND account_id = ANY(%(names)s) AND account_id <> '' AND removed_at IS NULL
    AND app_id = ANY(%(apps)s)
ORDER BY id
"""

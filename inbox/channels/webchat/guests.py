"""Visitors as guests of the live process: each hears of their own conversation only."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from crm import live
from crm.live.tokens import GuestPass
from inbox.channels.webchat.widget import KIND
from inbox.models import Identity


def register() -> None:
    live.register_guests(KIND, standing)


def ticket(identity: Identity) -> str:
    return live.ticket(KIND, guest=identity.pk, workspace=identity.workspace_id)


def tell(identity_id: int, workspace_id: int, kind: str, **ids: int) -> None:
    """On commit. Kinds: "message" (read anew), "typing", "seen"."""
    live.signal(live.guest_topic(KIND, guest=identity_id, workspace=workspace_id), kind, **ids)


def standing(passes: Collection[GuestPass]) -> list[GuestPass]:
    """Those whose identity is there and whose widget is in use. One query over all workspaces, hence in SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.workspace_id, i.id FROM unnest(%s::bigint[], %s::bigint[]) AS asked (workspace_id, id)
            JOIN inbox_identity i ON (i.workspace_id, i.id) = (asked.workspace_id, asked.id)
            JOIN inbox_channel c ON (c.workspace_id, c.id) = (i.workspace_id, i.channel_id)
            JOIN workspaces_workspace w ON w.id = i.workspace_id
            WHERE c.kind = %s AND c.removed_at IS NULL AND w.deletion_requested_at IS NULL
            """,
            [[held.workspace for held in passes], [held.guest for held in passes], KIND],
        )
        found = set(cursor.fetchall())
    return [held for held in passes if (held.workspace, held.guest) in found]

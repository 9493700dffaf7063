"""Floors: up to which message everything counts as read, raised every night. Why is in docs/decisions/unread.md.

Not on the way of any request: a person without a floor has one all the same, what came before they did.
"""

from django.db import connection

UNREAD_DAYS = 30  # what is older counts as read, but for what was marked unread by hand

# Ids and arrivals run alike: a walk down the ids ends at the first message that is old. One for all who have been here
# as long, one for each who came since.
_RAISE = """
    INSERT INTO inbox_readfloor AS f (workspace_id, membership_id, message_id)
    WITH asked AS (SELECT now() - make_interval(days => %(days)s) AS old),
    past AS MATERIALIZED (
        SELECT id FROM inbox_message, asked WHERE workspace_id = %(workspace)s AND created_at < asked.old
        ORDER BY id DESC LIMIT 1
    )
    SELECT m.workspace_id, m.id, coalesce(CASE WHEN m.joined_at < asked.old THEN (SELECT id FROM past) ELSE (
        SELECT id FROM inbox_message WHERE workspace_id = m.workspace_id AND created_at < m.joined_at
        ORDER BY id DESC LIMIT 1
    ) END, 0)
    FROM asked, workspaces_membership m WHERE m.workspace_id = %(workspace)s AND m.deactivated_at IS NULL
    ON CONFLICT (workspace_id, membership_id) DO UPDATE SET message_id = EXCLUDED.message_id
    WHERE f.message_id < EXCLUDED.message_id
"""
# Marks that the floor has passed say nothing any more.
_FORGET = """
    DELETE FROM inbox_readmark r USING inbox_readfloor f
    WHERE f.workspace_id = %(workspace)s AND r.workspace_id = f.workspace_id AND r.membership_id = f.membership_id
      AND NOT r.by_hand AND r.message_id <= f.message_id
"""


def raise_all() -> None:
    """Each workspace in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM workspaces_workspace WHERE deletion_begun_at IS NULL ORDER BY id")
        for (workspace,) in cursor.fetchall():
            raise_of(workspace)


def raise_of(workspace_id: int) -> None:
    values = {"workspace": workspace_id, "days": UNREAD_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, values)
        cursor.execute(_FORGET, values)

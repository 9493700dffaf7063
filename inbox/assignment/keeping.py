"""The ledger's days: what is older is forgotten, of all workspaces. A lead's history still says to whom it went."""

from django.db import connection

from inbox.models import AssignmentDecision

BATCH = 5_000


def purge() -> int:
    deleted = 0
    while gone := _some():
        deleted += gone
    return deleted


def _some() -> int:
    """A statement of its own, so that no lock is held for long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM inbox_assignmentdecision WHERE id = ANY(ARRAY("
            " SELECT id FROM inbox_assignmentdecision WHERE created_at < now() - make_interval(days => %s)"
            " ORDER BY created_at LIMIT %s))",
            [AssignmentDecision.KEEP_DAYS, BATCH],
        )
        return int(cursor.rowcount)

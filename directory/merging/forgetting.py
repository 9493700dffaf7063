"""What an undo needs is kept for as long as there is one: then what the two leads said before is forgotten.

Which rows moved stays: the history names by it whose they were.
"""

from django.db import connection

from directory.models.merge import UNDO_FOR


def sweep() -> int:
    """Of all workspaces; how many merges can be undone no more from now on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM directory_setaside aside USING directory_merge m"
            " WHERE (m.workspace_id, m.id) = (aside.workspace_id, aside.merge_id)"
            " AND m.state = 'done' AND m.created_at < now() - make_interval(days => %s)",
            [UNDO_FOR.days],
        )
        cursor.execute(
            "UPDATE directory_merge SET before = '{}'"
            " WHERE state = 'done' AND before <> '{}' AND created_at < now() - make_interval(days => %s)",
            [UNDO_FOR.days],
        )
        return int(cursor.rowcount)

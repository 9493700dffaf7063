"""Foreign keys that are checked for all rows of a statement at once.

PostgreSQL checks the key of each row by a query of its own: of a statement's thousand rows a thousand times the same
person, the same tag. Of an import that was two fifths of what the database did. In the mode of a replica it leaves
that out, and the trigger of `operations.CheckReferences` does it in its place: the same refusal, the same locks on what
is referred to, one query for each key of the table.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

TRIGGER = "references_checked"

# A role may lack the right, as on somebody else's server: then PostgreSQL checks row by row, and all else is the same.
_BEGIN = """
    SELECT set_config('session_replication_role', 'replica', true)
    WHERE has_parameter_privilege('session_replication_role', 'SET')
"""
_END = """
    SELECT set_config('session_replication_role', 'origin', true)
    WHERE current_setting('session_replication_role') = 'replica'
"""


@contextmanager
def by_statement() -> Iterator[None]:
    """Within, in a transaction: rows go into tables that have the trigger, what they refer to before them, and nothing
    is updated or deleted. Where that fails the transaction is given up, whoever catches it."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("References are checked by statement in a transaction.")
    try:
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN)
        yield
        with connection.cursor() as cursor:
            cursor.execute(_END)
    except BaseException:
        transaction.set_rollback(True)
        raise

"""Other tests' transactions on the same cluster hold readers back as any open transaction does: wait for them."""

import time

from django.db import connection

from crm.feed import reading, shifting

PATIENCE = 60.0  # seconds


def settle() -> None:
    """Waits until every transaction older than the newest note has ended."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT xid FROM feed_tests_note ORDER BY xid DESC LIMIT 1)"
                f" < {shifting.WATERMARK}, true)"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("A transaction stayed open on the cluster.")


def run(name: str = "reader") -> int:
    settle()
    return reading.run(name)

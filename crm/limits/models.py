"""The table of guards: a key, a value, an end. Outside of tenancy: most of it is about people not logged in yet."""

from __future__ import annotations

from django.db import connection, models


class EntryManager(models.Manager["Entry"]):
    """Time is the database's, since several machines count together."""

    def hit(self, key: str, seconds: int) -> int:
        """Counts one hit and returns the count within the current window of `seconds`."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO limits_entry AS e (key, value, expires_at)
                VALUES (%(key)s, '1', statement_timestamp() + make_interval(secs => %(seconds)s))
                ON CONFLICT (key) DO UPDATE SET
                    value = CASE WHEN e.expires_at <= statement_timestamp() THEN '1'
                                 ELSE to_jsonb((e.value #>> '{}')::int + 1) END,
                    expires_at = CASE WHEN e.expires_at <= statement_timestamp() THEN excluded.expires_at
                                      ELSE e.expires_at END
                RETURNING (value #>> '{}')::int
                """,
                {"key": key[:250], "seconds": seconds},
            )
            return int(cursor.fetchone()[0])

    def sweep(self, batch: int = 5_000) -> int:
        """Deletes up to `batch` entries past their end; returns how many. Beat calls it."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                DELETE FROM limits_entry WHERE key = ANY(ARRAY(
                    SELECT key FROM limits_entry WHERE expires_at <= statement_timestamp()
                    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED))
                """,
                [batch],
            )
            return int(cursor.rowcount)


class Entry(models.Model):
    """One guard."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    objects = EntryManager()

    def __str__(self) -> str:
        return self.key

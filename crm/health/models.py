"""Signs of life of the processes that nobody can ask over HTTP. Outside of tenancy."""

from __future__ import annotations

import socket

from django.db import connection, models


class HeartbeatManager(models.Manager["Heartbeat"]):
    """Time is the database's."""

    def beat(self, process: str, host: str | None = None) -> None:
        """Notes that a process of this kind (now, bulk, beat) lives on this host."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO health_heartbeat (process, host, seen_at) VALUES (%s, %s, statement_timestamp())
                ON CONFLICT (process, host) DO UPDATE SET seen_at = excluded.seen_at
                """,
                [process, (host or socket.gethostname())[:100]],
            )

    def age(self, process: str) -> float | None:
        """Seconds since any process of this kind was seen; None: never."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM statement_timestamp() - max(seen_at))::float8"
                " FROM health_heartbeat WHERE process = %s",
                [process],
            )
            age: float | None = cursor.fetchone()[0]
            return age

    def forget_gone(self) -> None:
        """Hosts that have not been seen for a day: containers come and go."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM health_heartbeat WHERE seen_at < statement_timestamp() - interval '1 day'"
            )


class Heartbeat(models.Model):
    """One kind of process on one host."""

    process = models.CharField(max_length=20)
    host = models.CharField(max_length=100)
    seen_at = models.DateTimeField()

    objects = HeartbeatManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "host"], name="heartbeat_once")]

    def __str__(self) -> str:
        return f"{self.process} on {self.host}"

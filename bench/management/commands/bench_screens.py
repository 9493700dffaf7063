"""Each screen of each person once, in this process: its queries, and what they cost through psycopg alone.

Printed is one JSON object a line. With --explain, the plans of what takes longer than --over milliseconds.
"""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.test import Client

from bench.million import cast
from bench.million.screens import FRESH, Screen, screens
from crm.tenancy import scope
from workspaces.models import Membership

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")
ROUNDS = 15
Statement = tuple[str, Any]


class Command(BaseCommand):
    help = "Say what each screen of the bench asks of the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", help="screens whose names begin so, parted by commas")
        parser.add_argument("--person", default="")
        parser.add_argument("--explain", action="store_true")
        parser.add_argument("--over", type=float, default=3.0, help="milliseconds")

    def handle(self, *args: Any, **options: Any) -> None:
        for person, membership in cast.people().items():
            if options["person"] in ("", person):
                self._person(person, membership, options)

    def _person(self, person: str, membership: Membership, options: dict[str, Any]) -> None:
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(membership.user)
        frame = self._frame(client, membership)
        with scope(membership.workspace):
            names = tuple(options["only"].split(","))
            wanted = [one for one in screens(person, membership) if one.name.startswith(names)]
        for screen in wanted:
            asked, status = _asked(client, screen)
            costs = [_cost(statement) for statement in asked]
            said = {
                "person": person,
                "status": status,
                "asked": len(asked) - (0 if screen.body else frame),
                "sql_ms": round(sum(costs), 3),
                **screen.as_json(),
            }
            self.stdout.write(json.dumps(said))
            if options["explain"]:
                self._explain(asked, costs, options["over"])

    def _frame(self, client: Client, membership: Membership) -> int:
        """How many statements any page of the person costs."""
        empty = Screen("empty", f"/w/{membership.workspace.public_id}/empty/", 2.5, 0)
        _asked(client, empty)
        return len(_asked(client, empty)[0])

    def _explain(self, asked: list[Statement], costs: list[float], over: float) -> None:
        for (sql, parameters), cost in zip(asked, costs, strict=True):
            if cost < over or not _reads(sql):
                continue
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, SUMMARY) {sql}", parameters)
                plan = "\n".join(line for (line,) in cursor.fetchall())
            self.stdout.write(f"-- {cost:.1f} ms\n{sql}\n{parameters}\n{plan}\n")


def _asked(client: Client, screen: Screen) -> tuple[list[Statement], int]:
    """The statements of the last of some requests, without transaction control; the answer's status."""
    for number in range(2 + len(screen.turns)):
        with _recorded() as statements:
            response = _answer(client, screen, number)
    return [one for one in statements if not one[0].lstrip().startswith(CONTROL)], response.status_code


def _answer(client: Client, screen: Screen, number: int) -> Any:
    if screen.body:
        headers = {"X-Hub-Signature-256": screen.signature}
        provider = Client(headers={"host": "127.0.0.1"})
        return provider.post(screen.path, screen.body, content_type="application/json", headers=headers)
    if not screen.data:
        return client.get(screen.path)
    turn = screen.turns[number % len(screen.turns)] if screen.turns else {}
    data = {
        name: str(uuid4()) if value == FRESH else value for name, value in {**screen.data, **turn}.items()
    }
    return client.post(screen.path, data, headers={"HX-Request": "true"})


@contextmanager
def _recorded() -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _cost(statement: Statement) -> float:
    """Milliseconds of the statement alone, rows fetched, by a cursor of psycopg; the median of some. Undone.

    What writes is not asked again: it would meet its own keys.
    """
    sql, parameters = statement
    if not _reads(sql):
        return 0
    times = []
    with transaction.atomic():
        driver = connection.connection
        for _ in range(ROUNDS):
            with driver.cursor() as cursor:
                began = time.perf_counter()
                cursor.execute(sql, parameters)
                if cursor.description:
                    cursor.fetchall()
                times.append((time.perf_counter() - began) * 1000)
        transaction.set_rollback(True)
    return statistics.median(times)


def _reads(sql: str) -> bool:
    return sql.lstrip(" (\n").upper().startswith(("SELECT", "WITH"))

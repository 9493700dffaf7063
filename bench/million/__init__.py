"""The main screens over 1,000,000 leads, beside 200 workspaces of 5,000, for three people.

1. A kept database, filled once (`bench.million.building`); BENCH_LEADS makes it smaller, BENCH_DATABASE_URL puts it
   on another server.
2. What each screen asks of the database is counted, and asked again through psycopg alone: the second floor.
3. Two servers alike, ours and the bare view (see `bench.page`), one connection each; both in turn.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure, median_and_p95
from bench.stage import Stage
from bench.visits import Visitor

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "100"))
LEADS = int(os.environ.get("BENCH_LEADS", "1000000"))
ONLY = os.environ.get("BENCH_ONLY", "")  # screens whose names begin so, parted by commas
WARM = 10


def measure() -> Iterator[Figure]:
    with Stage(kept=f"million-{LEADS}") as stage:
        lines = stage.manage("bench_million", "--leads", str(LEADS)).splitlines()
        people = {name: (session, bare) for name, session, bare, _workspace in map(str.split, lines)}
        asked = [json.loads(line) for line in stage.manage("bench_screens", "--only", ONLY).splitlines()]
        app = stage.serve("crm.wsgi:application", workers=1)
        floor = stage.serve("bench.page.floor:application", workers=1)
        for screen in asked:
            session, bare = people[screen["person"]]
            yield from _screen(screen, Visitor.at(app, session), Visitor.at(floor, bare))


def _screen(screen: dict[str, Any], ours: Visitor, bare: Visitor) -> Iterator[Figure]:
    name = f"{screen['name']}.{screen['person']}"
    turns = screen["turns"] or [{}]

    def visit(number: int) -> float:
        if screen["body"]:
            return ours.hook(screen["path"], screen["body"], screen["signature"])
        data = {**screen["data"], **turns[number % len(turns)]}
        return ours.post(screen["path"], data) if data else ours.get(screen["path"])

    for number in range(WARM):
        visit(number)
        bare.get("/")
    page, base = [], []
    for number in range(ROUNDS):
        page.append(visit(number))
        base.append(bare.get("/"))
    median, p95 = median_and_p95(page)
    yield Figure(name, median, "ms", budget=screen["budget"], floor=median_and_p95(base)[0], relative=True)
    yield Figure(f"{name}.p95", p95, "ms", budget=2 * median)
    yield Figure(f"{name}.queries", screen["asked"], "", budget=screen["queries"])
    yield Figure(f"{name}.sql", screen["sql_ms"], "ms", floor=screen["sql_ms"])

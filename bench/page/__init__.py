"""An empty signed-in page, for owner, seller, and seller with grants, beside a bare Django view.

1. A cluster of its own (fsync on), migrated; a workspace of ten people in three teams.
2. Two servers alike, one with our settings, one with Django's session and authentication alone.
3. One connection kept open; our page and the floor in turn, so that a drift of the machine meets both.
"""

import os
from collections.abc import Iterator

from bench.figures import Figure, median_and_p95
from bench.stage import Stage
from bench.visits import Visitor

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "400"))
WARM = 60


def measure() -> Iterator[Figure]:
    with Stage() as stage:
        app = stage.serve("crm.wsgi:application", workers=1)
        floor = stage.serve("bench.page.floor:application", workers=1)
        people = stage.manage("bench_cast")
        for person, cookie, bare, path in (line.split() for line in people.splitlines() if line.strip()):
            yield from _compare(person, app, floor, cookie, bare, path)


def _compare(person: str, app: int, floor: int, cookie: str, bare_cookie: str, path: str) -> Iterator[Figure]:
    ours, theirs = Visitor.at(app, cookie), Visitor.at(floor, bare_cookie)
    for _ in range(WARM):
        ours.get(path)
        theirs.get("/")
    page, bare = [], []
    for _ in range(ROUNDS):
        page.append(ours.get(path))
        bare.append(theirs.get("/"))
    median, p95 = median_and_p95(page)
    base, _base95 = median_and_p95(bare)
    yield Figure(f"page.empty.{person}", median, "ms", budget=2.5, floor=base, relative=True)
    yield Figure(f"page.empty.{person}.p95", p95, "ms", budget=2 * median)

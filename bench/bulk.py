"""Acts on 100,000 leads: how long each takes as a job, beside the bare statement on the same rows; what memory grows.

The floor of an act is its one UPDATE or INSERT, with the table's own triggers, indexes and references, and no more. The
act keeps what each lead was, writes an event each, and lets go of its locks every thousand leads. That of deleting is
one DELETE for each table that has anything of these leads.
"""

import json
import os
from collections.abc import Iterator

from bench.figures import Figure
from bench.stage import Stage

LEADS = int(os.environ.get("BENCH_BULK", "100000"))


def measure() -> Iterator[Figure]:
    with Stage() as stage:
        found = json.loads(stage.manage("bench_bulk", "--leads", str(LEADS)))
        budget = 10 * LEADS / 100_000  # seconds
        for name in ("tag", "assign"):
            yield Figure(f"bulk.{name}", found[name], "s", budget=budget, floor=found[f"{name}.floor"])
            yield Figure(f"bulk.{name}.undo", found[f"{name}.undo"], "s")
        yield Figure("bulk.delete", found["delete"], "s", floor=found["delete.floor"])
        yield Figure("bulk.writing_down", found["writing_down"], "s")
        yield Figure("bulk.longest_batch", found["longest_batch"], "ms", budget=1_000)
        yield Figure("bulk.consumers", found["consumers"], "s")
        yield Figure("bulk.memory", found["memory"], "MB", budget=30)
        yield Figure("bulk.drift", found["drift"], "", budget=0)

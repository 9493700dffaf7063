"""An import of leads: a file of 100,000 rows and 12 columns, with rules, events and all, beside its floor.

The floor is COPY of the very same rows, as the import left them, into the same tables with their indexes and triggers:
each table at once, nothing read, nothing decided. Memory is the highest that the importing process came to, above what
it had before it began; a trial also holds a number for each key that its rows would have brought.
"""

import json
import os
from collections.abc import Iterator

from bench.figures import Figure
from bench.stage import Stage

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))


def measure() -> Iterator[Figure]:
    with Stage() as stage:
        stage.manage("bench_imports", "prepare", "--rows", str(ROWS))
        read = json.loads(stage.manage("bench_imports", "read"))
        tried = json.loads(stage.manage("bench_imports", "try"))
        done = json.loads(stage.manage("bench_imports", "run"))
        floor = json.loads(stage.manage("bench_imports", "floor"))
        undone = json.loads(stage.manage("bench_imports", "undo"))
    yield Figure("imports.read", read["seconds"], "s")
    yield Figure("imports.try", tried["seconds"], "s")
    yield Figure("imports.try.memory", tried["megabytes"], "MB", budget=100 + 64 * ROWS / 1_000_000)
    yield Figure("imports.run", done["seconds"], "s", budget=20 * ROWS / 100_000, floor=floor["seconds"])
    yield Figure("imports.memory", done["megabytes"], "MB", budget=100)
    yield Figure("imports.lost", ROWS - done["created"] - done["refused"], "rows", budget=0)
    yield Figure("imports.followed", done["followed"], "s")
    yield Figure("imports.undo", undone["seconds"], "s")

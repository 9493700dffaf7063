"""Auto-assignment: what a decision adds to an intake, and whether eight intakes at once stay fair.

1. One process takes in new people with the rule off, then on: the difference of the medians is what a decision costs.
2. Eight processes take in 10,000 new people together, eight sellers getting them by turns. At no moment may two people
   be more than a turn apart, and nobody who wrote may be left without an assignee.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, median_and_p95
from bench.migrated import ROOT
from bench.stage import Stage

WRITERS = 8
LEADS = int(os.environ.get("BENCH_ASSIGNED", "10000"))
ALONE = 400
WARM = 50


def measure() -> Iterator[Figure]:
    with Stage() as stage:
        stage.manage("bench_assignment", "prepare", "--people", str(WRITERS))
        off = _alone(stage, 0)
        stage.manage("bench_assignment", "rule", "--policy", "turns")
        on = _alone(stage, ALONE)
        yield Figure("assignment.off", off[0], "ms")
        yield Figure("assignment.on", on[0], "ms")
        yield Figure("assignment.on.p95", on[1], "ms", budget=2 * on[0])
        yield Figure("assignment.decision", on[0] - off[0], "ms", budget=8)
        began = time.perf_counter()
        times = _together(stage, 2 * ALONE)
        took = time.perf_counter() - began
        yield Figure("assignment.together", LEADS / took, "/s")
        yield Figure("assignment.together.each", statistics.median(times), "ms")
        found = json.loads(stage.manage("bench_assignment", "count"))
        yield Figure("assignment.turns_apart", found["apart"], "", budget=1)
        yield Figure("assignment.left_out", ALONE + LEADS - found["given"], "", budget=0)


def _alone(stage: Stage, first: int) -> tuple[float, float]:
    times = json.loads(_write(stage, first, ALONE).communicate()[0])
    return median_and_p95(times[WARM:])


def _together(stage: Stage, first: int) -> list[float]:
    each = LEADS // WRITERS
    writers = [_write(stage, first + number * each, each) for number in range(WRITERS)]
    times: list[float] = []
    for writer in writers:
        times += json.loads(writer.communicate()[0])
    return times


def _write(stage: Stage, first: int, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, str(ROOT / "manage.py"), "bench_assignment", "write"]
    command += ["--first", str(first), "--count", str(count)]
    return subprocess.Popen(command, env=stage.environment, stdout=subprocess.PIPE, text=True)

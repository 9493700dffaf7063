"""Moves that cross, by eight writers at once over the million: a second's worth, deadlocks, the fold, and drift.

Each writer moves leads of its own between the same two stages, half of them one way, half the other, so that all of
them count in the same two places in both orders. Every move is a transaction of its own, through SQL alone: what is
measured is PostgreSQL with our trigger and indexes.
"""

import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Iterator

import psycopg

from bench.figures import Figure
from bench.million import LEADS
from bench.stage import Stage

WRITERS = 8
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
LARGE = "(SELECT id FROM workspaces_workspace WHERE name = 'La Grande')"
SOME = f"""
    SELECT array_agg(lead_id), min(stage_id), max(stage_id), min(workspace_id) FROM (
        SELECT lead_id, stage_id, workspace_id FROM directory_placement
        WHERE workspace_id = {LARGE} AND stage_id IN (
            SELECT stage_id FROM directory_placement WHERE workspace_id = {LARGE} AND stage_id IS NOT NULL
            GROUP BY 1 ORDER BY count(*) DESC LIMIT 2)
        ORDER BY lead_id LIMIT 4000) AS chosen
"""
MOVE = """
    UPDATE directory_placement SET stage_id = CASE stage_id WHEN %(one)s THEN %(other)s ELSE %(one)s END,
        stage_since = now() WHERE workspace_id = %(workspace)s AND lead_id = %(lead)s
"""


def measure() -> Iterator[Figure]:
    with Stage(kept=f"million-{LEADS}") as stage:
        stage.manage("bench_million", "--leads", str(LEADS))
        url = stage.environment["DATABASE_URL"]
        with psycopg.connect(url) as connection:
            found = connection.execute(SOME).fetchone()
        if found is None:
            raise RuntimeError("there are no leads to move")
        leads, one, other, workspace = found
        parts = [(url, leads[part::WRITERS], one, other, workspace) for part in range(WRITERS)]
        with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
            done = pool.starmap(_move, parts)
        times = [move for moves, _deadlocks in done for move in moves]
        yield Figure("tallies.moves", len(times) / SECONDS, "/s")
        yield Figure("tallies.move", statistics.median(times), "ms")
        yield Figure("tallies.deadlocks", sum(deadlocks for _moves, deadlocks in done), "", budget=0)
        seconds, drift = stage.manage("bench_tallies").split()
        yield Figure("tallies.fold", float(seconds), "s")
        yield Figure("tallies.drift", float(drift), "", budget=0)


def _move(url: str, leads: list[int], one: int, other: int, workspace: int) -> tuple[list[float], int]:
    """Milliseconds of each move, and how many met a deadlock."""
    chosen, times, deadlocks = random.Random(leads[0]), [], 0
    end = time.monotonic() + SECONDS
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < end:
            values = {"lead": chosen.choice(leads), "one": one, "other": other, "workspace": workspace}
            began = time.perf_counter()
            try:
                connection.execute(MOVE, values)
            except psycopg.errors.DeadlockDetected:
                deadlocks += 1
            times.append((time.perf_counter() - began) * 1000)
    return times, deadlocks

"""A worker's run over one queue."""

import time

from crm import nudge
from crm.work import tasks
from crm.work.attempts import deliver
from crm.work.claims import claim, is_held_up, seconds_until_next

RUN_SECONDS = 20.0  # after which a run makes room for other tasks, and nudges its successor
LOCKED_SECONDS = 0.1  # after which a lane is looked at again that another worker had its hand on
AHEAD_SECONDS = 5.0  # what falls due sooner is waited for with a delayed nudge; the rest is the sweep's


def run(queue: str) -> int:
    """Delivers what is due; returns how many attempts were made.

    1. Claim the next lane's batch. A lane that gives nothing (its rows wait for one another) is passed over from then
       on; whoever finishes the row they wait for looks again.
    2. Before delivering, nudge: if there is more, another worker joins, so that a slow provider holds up one worker and
       not the queue. Nudges that wait already are not doubled.
    3. When nothing is left, ask when something will be, and have a nudge sent then: at once where all that is left
       stands in a lane that another worker is claiming from.
    """
    ends = time.monotonic() + RUN_SECONDS
    passing: set[int] = set()
    attempts = 0
    while time.monotonic() < ends:
        batch = claim(queue, passing=passing)
        if batch is None:
            _come_back(queue, passing)
            return attempts
        if not batch.items:
            passing.add(batch.lane_id)
            continue
        nudge.now(tasks.drain, queue, queue=queue)
        attempts += deliver(batch)
    nudge.now(tasks.drain, queue, queue=queue)
    return attempts


def _come_back(queue: str, passing: set[int]) -> None:
    if is_held_up(queue, passing=passing):
        seconds: float | None = LOCKED_SECONDS
    else:
        seconds = seconds_until_next(queue, within=AHEAD_SECONDS)
    if seconds is not None:
        nudge.now(tasks.drain, queue, queue=queue, countdown=seconds)

"""A job's turn, as durable work: the row's delivery."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from crm.jobs import kinds
from crm.jobs.models import Job, State
from crm.jobs.progress import LEASE, Progress, SupersededError, TurnOverError, tell
from crm.jobs.starting import enqueue_turn
from crm.work import Kind, Receipt
from crm.work.models import Item
from crm.work.models import State as ItemState

log = logging.getLogger(__name__)


def deliver(item: Item) -> Receipt:
    """Take the job up and let its kind run, until it is done, its turn is over, or it is not ours any more.

    Any exception of the kind but JobError goes on to crm.work, which tries again later, from the last
    committed cursor; after the last attempt `finished` ends the job.
    """
    job = _take_up(item.payload["job"])
    if job is None:
        return Receipt()
    kind = kinds.get(job.kind)
    try:
        kind.run(job, Progress(job, kind, item))
        _finish(job, State.DONE)
    except TurnOverError:
        _next_turn(job)
    except SupersededError:
        log.info("A job was called off or taken over", extra={"fields": {"job": job.pk}})
    except kinds.JobError as error:
        _finish(job, State.FAILED, code=error.code, arguments=error.args_of_message)
    return Receipt()


def finished(item: Item) -> None:
    """The row was given up: so is the job."""
    if item.state != ItemState.FAILED:
        return
    job = Job.objects.open().filter(pk=item.payload["job"]).first()
    if job is not None:
        fail(job, "error")


def fail(job: Job, code: str) -> None:
    """End an open job from outside its run."""
    columns = {"state": State.FAILED, "finished_at": Now(), "expires_at": Now(), "message_code": code}
    if Job.objects.open().filter(pk=job.pk).update(**columns, message_args={}):
        tell(job)


KIND = Kind(
    "job",
    deliver=deliver,
    finished=finished,
    idempotent=True,  # the cursor sees to it
    queue="bulk",
    max_attempts=5,
    lease=LEASE,
    batch=1,
    parallel=1,
)


def _take_up(pk: int) -> Job | None:
    """The job with a new attempt, which fences off every earlier one; None where there is nothing to do."""
    takeable = Job.objects.filter(pk=pk, state__in=[State.QUEUED, State.RUNNING])
    now = {"attempt": F("attempt") + 1, "state": State.RUNNING, "heartbeat_at": Now()}
    if not takeable.update(**now):
        return None
    Job.objects.filter(pk=pk, started_at=None).update(started_at=Now())
    job = Job.objects.get(pk=pk)
    tell(job)
    return job


@transaction.atomic
def _finish(job: Job, state: State, code: str = "", arguments: dict[str, object] | None = None) -> None:
    columns: dict[str, object] = {"state": state, "finished_at": Now(), "done": job.done}
    if code:
        columns |= {"message_code": code, "message_args": arguments or {}}
    if job.parts:
        keeps = kinds.get(job.kind).keeps if state == State.DONE else None
        columns["expires_at"] = Now() + keeps if keeps else Now()
    if _mine(job).update(**columns):
        tell(job)


@transaction.atomic
def _next_turn(job: Job) -> None:
    if _mine(job).update(turns=job.turns + 1):
        job.turns += 1
        enqueue_turn(job)


def _mine(job: Job) -> QuerySet[Job, Job]:
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=State.RUNNING)

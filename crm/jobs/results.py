"""Result files: given piece by piece, deleted when their time is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now

from crm.jobs.models import OPEN, Job, State
from crm.jobs.running import fail
from crm.tenancy import scope
from crm.work.models.item import FINISHED

CHUNK = 262_144
SILENCE = timedelta(minutes=15)  # an open job that no work will take up any more, and that nobody heard of
KEPT = timedelta(days=90)  # finished jobs in the list
BATCH = 200

# An operator discarded its row of work, say.
_LOST = """
    state = ANY(%s) AND coalesce(heartbeat_at, created_at) < statement_timestamp() - %s AND NOT EXISTS (
        SELECT FROM work_item item WHERE item.kind = 'job'
        AND item.correlation = 'job-' || jobs_job.id || '-' || jobs_job.turns AND NOT item.state = ANY(%s)
    )
"""


def chunks(job: Job) -> Iterator[bytes]:
    """The parts, one after the other."""
    for name, _size in job.parts:
        with default_storage.open(name) as part:
            yield from part.chunks(CHUNK)


def is_there(job: Job) -> bool:
    """Whether all parts are in the storage. Asked before the first byte is sent."""
    return all(default_storage.exists(name) for name, _size in job.parts)


def sweep() -> dict[str, int]:
    """Delete what has expired, end what was lost, forget what is old; how many of each.

    Sweeps go over all workspaces: the ids are found by SQL of their own, and each is handled in its scope.
    """
    expired = _each("expires_at <= statement_timestamp()", _expire)
    lost = _each(_LOST, _end, list(OPEN), SILENCE, list(FINISHED))
    old = _each("finished_at < statement_timestamp() - %s AND expires_at IS NULL", _forget, KEPT)
    return {"expired": expired, "lost": lost, "old": old}


def delete_files(job: Job) -> None:
    """The job's whole folder, what a killed worker left there, too."""
    try:
        _folders, names = default_storage.listdir(job.folder)
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{job.folder}/{name}")


def _each(condition: str, act: Any, *parameters: Any) -> int:
    handled = 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT workspace_id, id FROM jobs_job WHERE {condition} ORDER BY id LIMIT {BATCH}",  # noqa: S608
            list(parameters),
        )
        found = cursor.fetchall()
    for workspace, pk in found:
        with scope(workspace):
            job = Job.objects.filter(pk=pk).first()
            if job is not None:
                handled += act(job)
    return handled


def _expire(job: Job) -> int:
    delete_files(job)
    return Job.objects.filter(pk=job.pk, expires_at__lte=Now()).update(parts=[], expires_at=None)


def _end(job: Job) -> int:
    fail(job, "lost")
    return 1


def _forget(job: Job) -> int:
    return Job.objects.filter(pk=job.pk).exclude(state=State.RUNNING).delete()[0]

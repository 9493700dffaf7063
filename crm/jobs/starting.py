"""Asking for a job, and calling it off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now

from crm import work
from crm.jobs import kinds
from crm.jobs.models import OPEN, Job, State
from crm.jobs.progress import tell
from crm.tenancy import current_workspace


@transaction.atomic
def start(kind: str, *, by: Any, params: Mapping[str, Any] | None = None) -> Job:
    """The job, waiting; in the scope of its workspace. It begins when the caller's transaction commits.

    `by` is the membership that asks. Raises PermissionDenied without the kind's permission, LookupError for
    a kind that nobody has registered.
    """
    the_kind = kinds.get(kind)
    if the_kind.permission is not None and the_kind.permission not in by.permissions:
        raise PermissionDenied(the_kind.permission)
    job = Job.objects.create(kind=kind, asker_id=by.user_id, membership_id=by.pk, params=dict(params or {}))
    enqueue_turn(job)
    tell(job)
    return job


@transaction.atomic
def cancel(job: Job) -> bool:
    """Call it off: at once if it waits, at its next batch if it runs. What is committed stays. False: too late."""
    # What it had written of its file goes with the next sweep, which reads expires_at.
    ended = {"state": State.CANCELLED, "finished_at": Now(), "expires_at": Now()}
    cancelled = Job.objects.filter(pk=job.pk, state__in=OPEN).update(**ended)
    if cancelled:
        job.refresh_from_db()
        tell(job)
    return bool(cancelled)


def cancel_of(user_id: int) -> int:
    """Call off all that a person has under way in the open scope's workspace, who leaves it, say."""
    return sum(cancel(job) for job in Job.objects.open().filter(asker_id=user_id))


def enqueue_turn(job: Job) -> None:
    """One row of work for the job's next turn; one lane for each workspace, so that workspaces take turns."""
    work.enqueue(
        kind="job",
        lane=f"workspace:{current_workspace()}",
        payload={"job": job.pk},
        correlation=f"job-{job.pk}-{job.turns}",
        workspace=current_workspace(),
    )

"""Files that were exported before a lead was deleted, or its personal data were erased: they go, too.

Nobody keeps which lead is in which file of all that match, so every one of the workspace that may hold it is removed:
who asked for it is told so, and exports again. An export that is under way begins anew.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from crm.jobs import results
from crm.jobs.models import Job, State
from crm.jobs.starting import enqueue_turn
from directory.erasure import Participant
from directory.exporting.running import KIND_NAME
from directory.models import Lead

# Of those chosen one by one; an empty list stays, and means none.
_UNNAME = """
    UPDATE jobs_job SET params = jsonb_set(params, '{selection,leads}', coalesce(
        (SELECT jsonb_agg(one) FROM jsonb_array_elements(params #> '{selection,leads}') one
         WHERE one <> %(lead)s::jsonb), '[]'))
    WHERE workspace_id = %(workspace)s AND kind = %(kind)s AND params #> '{selection,leads}' @> %(lead)s::jsonb
"""


def withdraw(lead: Lead) -> None:
    """In the transaction by which it begins: what is asked for later finds the lead no more, or nameless."""
    kept = Job.objects.filter(kind=KIND_NAME).filter(
        Q(state=State.RUNNING) | Q(state=State.DONE, expires_at__isnull=False)
    )
    jobs = [job for job in kept.order_by("pk") if _may_hold(job, lead)]
    given: dict[str, Any] = {"workspace": lead.workspace_id, "kind": KIND_NAME, "lead": str(lead.pk)}
    with connection.cursor() as cursor:
        cursor.execute(_UNNAME, given)
    for job in jobs:
        if job.state == State.RUNNING:
            _begin_anew(job)
        else:
            Job.objects.filter(pk=job.pk).update(expires_at=Now(), message_code="withdrawn", message_args={})
    transaction.on_commit(lambda: _delete(jobs), robust=True)  # else the sweep does, or the job's end


def _may_hold(job: Job, lead: Lead) -> bool:
    chosen = job.params["selection"].get("leads")
    return chosen is None or lead.pk in chosen


def _begin_anew(job: Job) -> None:
    """Fenced off from the worker that has it, by a new attempt."""
    anew = {"attempt": F("attempt") + 1, "turns": F("turns") + 1, "cursor": {}, "parts": [], "done": 0}
    if Job.objects.filter(pk=job.pk, state=State.RUNNING).update(**anew):
        again = Job.objects.get(pk=job.pk)
        enqueue_turn(again)


def _delete(jobs: Iterable[Job]) -> None:
    for job in jobs:
        results.delete_files(job)


PARTICIPANT = Participant("exports", stop=withdraw, order=900)

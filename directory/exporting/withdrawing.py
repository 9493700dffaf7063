"""Files that were exported before a lead was deleted, or its personal data were erased: they go, too.

Nobody keeps which lead is in which file of all that match; but a file has no lead whose number is higher than the last
that there was when it was begun. So every one of the workspace that was begun after the lead was made is removed: who
asked for it is told so, and exports again. An export that is under way begins anew.

A lead takes along those that were merged into it: a file may be from before.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from crm.jobs import results
from crm.jobs.models import Job, State
from crm.jobs.starting import enqueue_turn
from directory.erasure import Leads, Participant
from directory.exporting.running import KIND_NAME
from directory.merging import following

# Of those chosen one by one; an empty list stays, and means none.
_UNNAME = """
    UPDATE jobs_job SET params = jsonb_set(params, '{selection,leads}', coalesce(
        (SELECT jsonb_agg(one) FROM jsonb_array_elements(params #> '{selection,leads}') one
         WHERE one <> ALL(%(leads)s::jsonb[])), '[]'))
    WHERE workspace_id = %(workspace)s AND kind = %(kind)s
        AND params #> '{selection,leads}' @> ANY(%(leads)s::jsonb[])
"""


def withdraw(erased: Leads) -> None:
    """In the transaction by which it begins: what is asked for later finds the lead no more, or nameless."""
    kept = Job.objects.filter(kind=KIND_NAME).filter(
        Q(state=State.RUNNING) | Q(state=State.DONE, expires_at__isnull=False)
    )
    leads = {*erased.ids, *following.within(erased.ids)}
    jobs = [job for job in kept.order_by("pk") if _may_hold(job, leads)]
    given: dict[str, Any] = {"workspace": erased.workspace_id, "kind": KIND_NAME}
    with connection.cursor() as cursor:
        cursor.execute(_UNNAME, {**given, "leads": [str(pk) for pk in leads]})
    for job in jobs:
        if job.state == State.RUNNING:
            _begin_anew(job)
        else:
            Job.objects.filter(pk=job.pk).update(expires_at=Now(), message_code="withdrawn", message_args={})
    transaction.on_commit(lambda: _delete(jobs), robust=True)  # else the sweep does, or the job's end


def _may_hold(job: Job, leads: set[int]) -> bool:
    """An export that has not yet noted its windows may be reading them at this moment."""
    chosen = job.params["selection"].get("leads")
    if chosen is not None:
        return not leads.isdisjoint(chosen)
    windows = job.cursor.get("windows")
    if windows is None:
        return True
    return bool(windows) and min(leads) <= int(windows[-1][0])


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

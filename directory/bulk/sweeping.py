"""In every workspace: what ended without a word, and what is older than it can be taken back."""

from typing import Any

from django.db import connection, transaction

from crm.tenancy import scope
from directory.bulk import running
from directory.models import BulkAct, BulkRow
from directory.models.bulk import KEPT

MOST = 500
BATCH = 5_000


def settle_ended() -> int:
    """Acts, and undos, whose job was called off, failed, or is no more. What they did stays and can be taken back."""
    ended = _each(_ENDED, _settle)
    return ended + _each(_UNDO_ENDED, running.settle_undo)


def forget_old() -> int:
    """A batch of rows each time, then the act."""
    return _each(_OLD, _forget, KEPT)


def _each(statement: str, act: Any, *parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, MOST])
        found = cursor.fetchall()
    for workspace, pk in found:
        with scope(workspace):
            act(pk)
    return len(found)


@transaction.atomic
def _settle(pk: int) -> None:
    running.settle(pk)


def _forget(pk: int) -> None:
    rows = BulkRow.objects.filter(act_id=pk)
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        BulkRow.objects.filter(pk__in=ids).delete()
    BulkAct.objects.filter(pk=pk).delete()


_ENDED = """
    SELECT act.workspace_id, act.id FROM directory_bulkact act LEFT JOIN jobs_job job ON job.id = act.job_id
    WHERE act.ended_at IS NULL AND (job.id IS NULL OR job.state NOT IN ('queued', 'running')) ORDER BY act.id LIMIT %s
"""
_UNDO_ENDED = """
    SELECT act.workspace_id, act.id FROM directory_bulkact act LEFT JOIN jobs_job job ON job.id = act.undo_job_id
    WHERE act.undo_begun_at IS NOT NULL AND act.undo_ended_at IS NULL
        AND (job.id IS NULL OR job.state NOT IN ('queued', 'running')) ORDER BY act.id LIMIT %s
"""
_OLD = """
    SELECT workspace_id, id FROM directory_bulkact
    WHERE created_at < statement_timestamp() - %s::interval AND ended_at IS NOT NULL ORDER BY created_at LIMIT %s
"""

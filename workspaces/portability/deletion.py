"""Deleting a workspace for good, when its days of grace are over: durable work of the bulk queue.

1. An hourly sweep finds what is due and enqueues one row of work for each (`request`), unless one is there.
2. A step (`deliver`) marks the deletion as begun, which nobody can take back; removes until its time is up; and
   enqueues the next step: removers of the apps, highest floor first; tables of the tenant, children before
   parents, in batches; at last people, invitations and the workspace itself.
3. Before the last transaction commits, every table that has a workspace, of the tenant or not, is asked whether
   a row is left (`leftovers`). If one is, nothing of that transaction holds, the work fails, the operator sees it.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Now

from crm import live, work
from crm.tenancy import TenantModel, scope
from crm.work.models import Item, State
from workspaces import portability
from workspaces.actions import operating
from workspaces.models import Act, Invitation, Membership, Workspace

LEASE = timedelta(minutes=5)
STEP = 60.0  # seconds of removing in one step
BATCH = 5_000  # rows of a table deleted at once
LAST = (Invitation, Membership)  # with the workspace itself: it always has an owner


class RowsRemainError(Exception):
    """Something of the workspace is still there: an app keeps rows for which it has registered no remover."""


def sweep() -> int:
    """Enqueue what is due; returns how many workspaces that are."""
    due = list(Workspace.objects.due_for_deletion())
    for workspace in due:
        request(workspace)
    return len(due)


def request(workspace: Workspace) -> None:
    """One row of work for this request of deletion, however often it is asked for."""
    if _steps(workspace).exclude(state__in=(State.SENT, State.DISCARDED)).exists():
        return  # under way, or failed: an operator looks at it
    _enqueue(workspace, step=_steps(workspace).count())


def deliver(item: Item) -> work.Receipt:
    """One step."""
    workspace = Workspace.objects.filter(pk=item.payload["workspace"]).first()
    if workspace is None or not _begin(workspace):
        return work.Receipt()  # gone, or the owner has called it off
    ends = time.monotonic() + STEP
    with scope(workspace):
        finished = _remove_rest(workspace, ends)
    if finished:
        _finish(workspace)
    else:
        _enqueue(workspace, step=item.payload["step"] + 1)
    return work.Receipt()


def leftovers(workspace_id: int) -> list[str]:
    """Labels of the models, of whatever app and floor, that still have a row of the workspace."""
    return [model._meta.label for model in _models_with_workspace() if _has_rows(model, workspace_id)]


def _begin(workspace: Workspace) -> bool:
    """From here on it can't be cancelled. False where it is not due (any more)."""
    with transaction.atomic():
        found = Workspace.objects.select_for_update().filter(pk=workspace.pk)
        if found.filter(deletion_begun_at__isnull=False).exists():
            return True
        if not Workspace.objects.due_for_deletion().filter(pk=workspace.pk).update(deletion_begun_at=Now()):
            return False
        operating.record(Act.DELETION_BEGUN, by=None, target=operating.words(workspace))
        live.end(workspace_id=workspace.pk)
    return True


def _remove_rest(workspace: Workspace, ends: float) -> bool:
    """Whether all was removed before the time was up. Each batch commits by itself."""
    for remover in portability.removers():
        while remover.remove(workspace):
            if time.monotonic() > ends:
                return False
    for model in _children_first():
        while _delete_batch(model, workspace.pk):
            if time.monotonic() > ends:
                return False
    return True


@transaction.atomic
def _finish(workspace: Workspace) -> None:
    """The rest, small as it is, and the proof, in one transaction."""
    with connection.cursor() as cursor:
        for model in LAST:
            cursor.execute(
                f"DELETE FROM {_table(model)} WHERE workspace_id = %s",  # noqa: S608 (our own tables)
                [workspace.pk],
            )
        cursor.execute(f"DELETE FROM {_table(Workspace)} WHERE id = %s", [workspace.pk])  # noqa: S608
    remaining = leftovers(workspace.pk)
    if remaining:
        raise RowsRemainError(", ".join(remaining))
    asked = workspace.deletion_requested_at
    operating.record(
        Act.WORKSPACE_DELETED,
        by=None,
        target=operating.words(workspace),
        details={"asked_at": asked.isoformat() if asked else ""},
    )


def _delete_batch(model: type[models.Model], workspace_id: int) -> int:
    """Rows of one table, at most BATCH; all at once where rows of it refer to each other."""
    limit = "" if any(parent is model for parent in _parents(model)) else f"LIMIT {BATCH}"
    table = _table(model)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608
            f"SELECT ctid FROM {table} WHERE workspace_id = %s {limit}))",
            [workspace_id],
        )
        return int(cursor.rowcount)


def _children_first() -> list[type[models.Model]]:
    """Tables of the tenant in an order in which none is deleted from before those that refer to it."""
    left = [model for model in apps.get_models() if issubclass(model, TenantModel) and not model._meta.proxy]
    ordered: list[type[models.Model]] = []
    while left:
        referred = {parent for model in left for parent in _parents(model) if parent is not model}
        free = [model for model in left if model not in referred]
        if not free:
            raise RowsRemainError(f"Tables refer to each other in a circle: {[m._meta.label for m in left]}")
        ordered += free
        left = [model for model in left if model in referred]
    return ordered


def _parents(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey):
            yield field.related_model


def _models_with_workspace() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if not model._meta.proxy and any(
            f.column == "workspace_id" for f in model._meta.local_concrete_fields
        ):
            yield model


def _has_rows(model: type[models.Model], workspace_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {_table(model)} WHERE workspace_id = %s)",  # noqa: S608
            [workspace_id],
        )
        return bool(cursor.fetchone()[0])


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _steps(workspace: Workspace) -> models.QuerySet[Item]:
    return Item.objects.filter(kind=KIND.name, correlation__startswith=_prefix(workspace))


def _enqueue(workspace: Workspace, *, step: int) -> None:
    """Outside the workspace (no `workspace=`): else its own row of work would be among what is removed."""
    work.enqueue(
        kind=KIND.name,
        lane="installation",
        payload={"workspace": workspace.pk, "step": step},
        correlation=f"{_prefix(workspace)}{step}",
    )


def _prefix(workspace: Workspace) -> str:
    asked = workspace.deletion_requested_at
    assert asked is not None
    return f"{workspace.pk}-{asked:%Y%m%d%H%M%S}-"


KIND = work.Kind(
    "workspace_deletion",
    deliver=deliver,
    idempotent=True,
    queue="bulk",
    lease=LEASE,
    batch=1,
    parallel=1,
    max_attempts=5,
    backoff=timedelta(minutes=1),
)

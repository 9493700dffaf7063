"""What operators do to the installation; each act writes its row of the operator's log."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from crm import feed, origin, work
from crm.feed.models import ParkedRow
from crm.work.models import Item, Lane
from workspaces.actions import workspaces
from workspaces.models import Act, OperatorEntry, User, Workspace

MOST = 500  # rows of work retried or discarded by one click


def record(
    act: Act, *, by: User | None, target: str = "", details: dict[str, Any] | None = None
) -> OperatorEntry:
    """One row, in the caller's transaction. `by` None is Cauce itself, or the command line."""
    where = origin.current()
    return OperatorEntry.objects.create(
        act=act,
        actor=by,
        actor_name=str(by) if by else "Cauce",
        target=target[:200],
        details=details or {},
        ip=where.ip,
        user_agent=where.user_agent,
    )


def words(workspace: Workspace) -> str:
    """How the log names a workspace, also when it is gone."""
    return f"{workspace.name} · {workspace.public_id}"


def check_operates(user: User) -> None:
    if not (user.is_operator and user.is_active):
        raise PermissionDenied("not an operator")


@transaction.atomic
def suspend(workspace: Workspace, *, by: User, reason: str) -> None:
    """Twice is once."""
    check_operates(by)
    stored = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if stored.is_suspended:
        return
    with _as_operator():
        workspaces.suspend(stored, by=by, reason=reason)
    record(Act.WORKSPACE_SUSPENDED, by=by, target=words(stored), details={"reason": reason})


@transaction.atomic
def unsuspend(workspace: Workspace, *, by: User) -> None:
    check_operates(by)
    stored = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if not stored.is_suspended:
        return
    with _as_operator():
        workspaces.unsuspend(stored, by=by)
    record(Act.WORKSPACE_UNSUSPENDED, by=by, target=words(stored))


@transaction.atomic
def retry(items: Iterable[Item], *, by: User) -> int:
    """Have failed and unknown rows tried again; returns how many were."""
    check_operates(by)
    return _decide(items, work.retry, Act.WORK_RETRIED, by)


@transaction.atomic
def discard(items: Iterable[Item], *, by: User) -> int:
    """Give rows up for good; what waited behind them goes on."""
    check_operates(by)
    return _decide(items, work.discard, Act.WORK_DISCARDED, by)


@transaction.atomic
def resume(lane: Lane, *, by: User) -> None:
    """End a pause, and what a provider asked for."""
    check_operates(by)
    lane.resume()
    record(Act.LANE_RESUMED, by=by, target=str(lane))


@transaction.atomic
def replay(parked: ParkedRow, *, by: User) -> bool:
    """A parked row is tried again, and then those of its subject behind it."""
    check_operates(by)
    changed = feed.replay(parked)
    if changed:
        record(Act.ROWS_REPLAYED, by=by, target=_of(parked), details={"error": parked.error})
    return changed


@transaction.atomic
def discard_row(parked: ParkedRow, *, by: User) -> bool:
    check_operates(by)
    changed = feed.discard(parked)
    if changed:
        record(Act.ROW_DISCARDED, by=by, target=_of(parked), details={"error": parked.error})
    return changed


@transaction.atomic
def set_operator(user: User, *, by: User | None, operates: bool) -> bool:
    """From the command line: whoever reaches it runs the installation anyway. Returns whether anything changed."""
    stored = User.objects.select_for_update().get(pk=user.pk)
    if stored.is_operator == operates:
        return False
    stored.is_operator = user.is_operator = operates
    stored.save(update_fields=["is_operator"])
    record(
        Act.OPERATOR_MADE if operates else Act.OPERATOR_UNMADE,
        by=by,
        target=f"{stored.name} · {stored.email}",
    )
    return True


def _decide(items: Iterable[Item], decide: Any, act: Act, by: User) -> int:
    """One row of the log for each kind of work, with the ids."""
    done: dict[str, list[int]] = {}
    for item in items:
        if decide(item):
            done.setdefault(item.kind, []).append(item.pk)
    for kind, ids in done.items():
        record(act, by=by, target=kind, details={"rows": len(ids), "ids": ids[:50]})
    return sum(len(ids) for ids in done.values())


def _of(parked: ParkedRow) -> str:
    return f"{parked.consumer} · {parked.subject_key} · {parked.row_id}"


@contextmanager
def _as_operator() -> Iterator[None]:
    """The workspace's own log says that it was the operator, and not from where."""
    with origin.acting(replace(origin.current(), kind="operator", ip=None, user_agent="")):
        yield

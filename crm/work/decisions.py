"""What a person, or a later word of the provider, makes of a row."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from crm.work import kinds
from crm.work.attempts import tell
from crm.work.models import Item, State
from crm.work.models.item import DISCARDABLE, RETRIABLE
from crm.work.queueing import nudge_queue


def settle(*, kind: str, correlation: str, sent: bool = True, reference: str = "", error: str = "") -> bool:
    """The provider told us later (a status, an echo) what became of a row: unknown becomes sent, or failed.

    A row that waits to be tried again, or that was given up, counts as sent too if the provider says so; nothing takes
    back what was sent. Returns whether this changed anything.
    """
    open_states = (
        [State.CLAIMED, State.UNKNOWN, State.RETRY, State.FAILED] if sent else [State.CLAIMED, State.UNKNOWN]
    )
    columns: dict[str, Any] = {"error": error[:300], "error_code": "" if sent else "settled"}
    if reference:
        columns["reference"] = reference[:200]
    with transaction.atomic():
        rows = Item.objects.filter(kind=kind, correlation=correlation, state__in=open_states)
        state = State.SENT if sent else State.FAILED
        if not rows.update(state=state, finished_at=Now(), lease_until=None, **columns):
            return False
        tell(kinds.get(kind), Item.objects.get(kind=kind, correlation=correlation))
        nudge_queue(kinds.get(kind).queue)  # rows of its conversation may have waited for it
    return True


def retry(item: Item) -> bool:
    """An operator has a failed or unknown row tried again, from the first attempt. False where it is neither now."""
    with transaction.atomic():
        rows = Item.objects.filter(pk=item.pk, state__in=RETRIABLE)
        changed = rows.update(
            state=State.RETRY, due_at=Now(), attempts=0, claim=None, finished_at=None, error="", error_code=""
        )
        _look(item, changed)
    return bool(changed)


def discard(item: Item) -> bool:
    """An operator gives a row up; its conversation goes on. False where it is under way or finished."""
    with transaction.atomic():
        rows = Item.objects.filter(pk=item.pk, state__in=DISCARDABLE)
        changed = rows.update(state=State.DISCARDED, claim=None, finished_at=Now())
        _look(item, changed)
    return bool(changed)


def discard_all(items: QuerySet[Item]) -> int:
    """The same for many, by one statement, locked in the order of their ids. How many it gave up."""
    with transaction.atomic():
        rows = items.filter(state__in=DISCARDABLE).order_by("id").select_for_update(of=("self",))
        found = dict(rows.values_list("pk", "kind"))
        changed = Item.objects.filter(pk__any=list(found)).update(
            state=State.DISCARDED, claim=None, finished_at=Now()
        )
        for name in sorted(set(found.values())):
            _nudge(name)
    return changed


def forget_workspace(workspace_id: int) -> int:
    """Deletes the rows of a workspace that is being deleted, but for those that are under way at this moment."""
    return Item.objects.filter(workspace_id=workspace_id).exclude(state=State.CLAIMED).delete()[0]


def _look(item: Item, changed: int) -> None:
    if changed:
        _nudge(item.kind)
        item.refresh_from_db()


def _nudge(kind: str) -> None:
    known = kinds.find(kind)
    if known:
        nudge_queue(known.queue)

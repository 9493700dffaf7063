"""What an operator sees of the work: how much, how old, and what needs a person."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import Now

from crm import nudge
from crm.work import kinds
from crm.work.models import Counter, Item, Lane, State


@dataclass(frozen=True)
class QueueAge:
    """How long the oldest due row of a queue has waited; None where none waits."""

    queue: str
    oldest: timedelta | None


def counts() -> dict[str, dict[str, int]]:
    """{kind: {state: rows}} of everything open or failed; what was sent or discarded is not counted."""
    found: dict[str, dict[str, int]] = {name: {} for name in kinds.names()}
    open_rows = Item.objects.exclude(state__in=[State.SENT, State.DISCARDED]).order_by()
    for kind, state, rows in open_rows.values_list("kind", "state").annotate(rows=Count("*")):
        found.setdefault(kind, {})[state] = rows
    return found


def queue_ages() -> list[QueueAge]:
    """The oldest due row of each queue, in lanes that nobody paused."""
    due = Item.objects.due().filter(lane__paused_at=None)
    return [
        QueueAge(
            queue, due.filter(kind__in=kinds.names(queue)).aggregate(age=Now() - Min(F("due_at")))["age"]
        )
        for queue in kinds.QUEUES
    ]


def needing_a_person() -> QuerySet[Item]:
    """Failed and unknown rows, newest first; page it by id."""
    return Item.objects.needs_a_person().select_related("lane").order_by("-pk")


def held_up_lanes() -> QuerySet[Lane]:
    """Lanes that an operator paused or that a provider asked to wait."""
    return Lane.objects.held_up()


def lost_nudges() -> int:
    """How many nudges did not reach the broker, ever. Nothing is lost with them but seconds."""
    return Counter.objects.value(nudge.LOST)

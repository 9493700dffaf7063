"""Rows of work that are sends of some leads, by the lanes of their channels and the key of each.

Each question states the condition of the index that answers it, in as many words: else PostgreSQL reads the queue of
everybody.
"""

from collections.abc import Sequence

from django.db.models import QuerySet

from crm.work.models import Item, State
from crm.work.models.item import IN_FLIGHT, WAITING
from inbox.intake.statuses import SEND
from inbox.models import Identity


def channels_of(leads: Sequence[int]) -> set[int]:
    return set(Identity.objects.filter(lead_id__any=leads).values_list("channel_id", flat=True))


def unsent_of(leads: Sequence[int]) -> QuerySet[Item]:
    """What waits, and what nobody knows the outcome of."""
    rows = _sends_of(leads)
    return _all_of(_waiting(rows), _in_flight(rows).filter(state=State.UNKNOWN))


def open_of(leads: Sequence[int]) -> QuerySet[Item]:
    """What is not sent: those, what is being sent, and what failed."""
    rows = _sends_of(leads)
    return _all_of(_waiting(rows), _in_flight(rows), rows.filter(state=State.FAILED))


def being_sent_to(leads: Sequence[int]) -> set[int]:
    """The leads to whom a provider is being told something at this moment."""
    rows = _in_flight(_sends_of(leads)).filter(state=State.CLAIMED)
    return {int(key.removeprefix("lead:")) for key in rows.values_list("key", flat=True)}


def _sends_of(leads: Sequence[int]) -> QuerySet[Item]:
    lanes = [f"channel:{channel}" for channel in channels_of(leads)]
    keys = [f"lead:{lead}" for lead in leads]
    return Item.objects.filter(kind=SEND, lane__kind=SEND, lane__key__any=lanes, key__any=keys)


def _waiting(rows: QuerySet[Item]) -> QuerySet[Item]:
    return rows.filter(state__in=WAITING).exclude(key="")


def _in_flight(rows: QuerySet[Item]) -> QuerySet[Item]:
    return rows.filter(state__in=IN_FLIGHT)


def _all_of(*several: QuerySet[Item]) -> QuerySet[Item]:
    return Item.objects.filter(pk__any=[pk for rows in several for pk in rows.values_list("pk", flat=True)])

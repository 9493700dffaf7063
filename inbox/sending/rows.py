"""Rows of work that are sends of some leads."""

from collections.abc import Sequence

from django.db.models import QuerySet

from crm.work.models import Item
from inbox.intake.statuses import SEND
from inbox.models import Identity


def channels_of(leads: Sequence[int]) -> set[int]:
    return set(Identity.objects.filter(lead_id__any=leads).values_list("channel_id", flat=True))


def sends_of(leads: Sequence[int]) -> QuerySet[Item]:
    """By the lanes of their channels, whose indexes begin with the lane."""
    lanes = [f"channel:{channel}" for channel in channels_of(leads)]
    keys = [f"lead:{lead}" for lead in leads]
    return Item.objects.filter(kind=SEND, lane__kind=SEND, lane__key__any=lanes, key__any=keys)

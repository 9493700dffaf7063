"""What the pages of all kinds of channels show of one."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from inbox.models import Channel, Delivery, Message


def deliveries(channel: Channel) -> dict[str, int]:
    """Of what we sent and is not settled, or failed within a day. One query, that does not grow with the table."""
    a_day_ago = timezone.now() - timedelta(days=1)
    open_ones = Message.objects.filter(
        channel=channel, delivery__in=(Delivery.QUEUED, Delivery.UNKNOWN, Delivery.FAILED)
    )
    return open_ones.aggregate(
        queued=Count("id", filter=Q(delivery=Delivery.QUEUED)),
        unknown=Count("id", filter=Q(delivery=Delivery.UNKNOWN)),
        failed=Count("id", filter=Q(delivery=Delivery.FAILED, created_at__gte=a_day_ago)),
    )


def moment(written: Any) -> datetime | None:
    """A time out of `settings`."""
    return parse_datetime(written) if isinstance(written, str) else None

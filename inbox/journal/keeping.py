"""How long the journal keeps what came: JOURNAL_KEEP_DAYS, read or not."""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from inbox.models import RawRequest

BATCH = 1000


def purge() -> int:
    """Deletes what is older, in batches; what nobody could read, too: the operator had that long to look."""
    deleted = 0
    old = RawRequest.objects.filter(received_at__lt=Now() - timedelta(days=settings.JOURNAL_KEEP_DAYS))
    while count := RawRequest.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()[
        0
    ]:
        deleted += count
    return deleted

"""That somebody's lead wrote: read by the consumer that tells the assignee, and deleted by it."""

from typing import ClassVar

from django.db import connection, models

from crm.feed.models import FEED_INDEX, FeedRow
from crm.tenancy import TenantModel

_NOTE = "INSERT INTO inbox_heard (workspace_id, lead_id, message_id) VALUES (%s, %s, %s)"


class Heard(FeedRow, TenantModel):
    """A message is no event, and what intake does for it in a transaction under locks is kept small: one narrow row
    with plain numbers. Why so, is in docs/decisions/notifications.md."""

    lead_id = models.BigIntegerField()
    message_id = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            FEED_INDEX,
            models.Index(name="heard_of_lead", fields=["workspace", "lead_id"]),
        ]

    @property
    def subject_key(self) -> str:
        return f"lead:{self.lead_id}"


def note(workspace_id: int, lead_id: int, message_id: int) -> None:
    """One statement and no nudge: the feed's sweep looks every few seconds, which is soon enough for a bell."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [workspace_id, lead_id, message_id])

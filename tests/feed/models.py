from django.db import models

from crm.feed.models import FEED_INDEX, FeedRow
from crm.tenancy import TenantModel


class Note(FeedRow, TenantModel):
    """What happened to a subject."""

    subject = models.CharField(max_length=20)
    text = models.CharField(max_length=50)

    class Meta(TenantModel.Meta):
        indexes = [FEED_INDEX, models.Index(fields=["workspace", "id"], name="feed_tests_note_latest")]

    @property
    def subject_key(self) -> str:
        return f"{self.workspace_id}:{self.subject}"

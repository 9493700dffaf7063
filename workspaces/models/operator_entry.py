"""The operator's log: what was done to the installation, outside every workspace, and outliving them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    OPERATOR_MADE = "operator_made", _("Made someone an operator")
    OPERATOR_UNMADE = "operator_unmade", _("Ended someone's being an operator")
    WORKSPACE_SUSPENDED = "workspace_suspended", _("Suspended a workspace")
    WORKSPACE_UNSUSPENDED = "workspace_unsuspended", _("Lifted a suspension")
    DELETION_BEGUN = "deletion_begun", _("Began to delete a workspace")
    WORKSPACE_DELETED = "workspace_deleted", _("Deleted a workspace")
    WORK_RETRIED = "work_retried", _("Had work tried again")
    WORK_DISCARDED = "work_discarded", _("Discarded work")
    LANE_RESUMED = "lane_resumed", _("Let a lane go on")
    ROWS_REPLAYED = "rows_replayed", _("Replayed rows of a feed")
    ROW_DISCARDED = "row_discarded", _("Discarded a row of a feed")
    WEBHOOKS_REPLAYED = "webhooks_replayed", _("Had webhooks read again")


class OperatorEntry(models.Model):
    """Who did what to what, when, from where. `details` is small and holds no secret, no body."""

    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    act = models.CharField(max_length=32, choices=Act.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=160)  # as it was then; "Cauce" for what a sweep did
    target = models.CharField(max_length=200, blank=True, default="")  # in words, as it was then
    details = models.JSONField(default=dict, blank=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.get_act_display()}"

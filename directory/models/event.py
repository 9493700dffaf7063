"""What happened: one append-only row for every change of the business, in the transaction of the change.

History, timeline, processes, webhooks, live signals, undo and analytics read it; no action calls them by hand.
"""

from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from crm.feed.models import FEED_INDEX, FeedRow
from crm.tenancy import TenantManager, TenantPart, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from directory.models.lead import Lead
from workspaces.models import Membership


class Origin(models.TextChoices):
    WEB = "web", _("In Cauce")
    CHANNEL = "channel", _("Channel")
    API = "api", _("API")
    ZAPIER = "zapier", "Zapier"
    IMPORT = "import", _("Import")
    BOT = "bot", _("Bot")
    PROCESS = "process", _("Process")
    SYSTEM = "system", _("Cauce")


class EventQuerySet(TenantQuerySet["Event"]):
    def of_lead(self, lead: Lead | int) -> "EventQuerySet":
        """Newest first; with the people who did it."""
        return self.filter(lead=lead).select_related("actor__user").order_by("-id")

    def naming(self, leads: Sequence[int]) -> "EventQuerySet":
        """Of other leads, whose facts name one of these (`other`)."""
        return self.filter(facts__has_key="other", facts__other__in=list(leads))


class Event(FeedRow, TenantPart):
    """`changes` is {field: [old, new]} with ids and values of the lead's own fields, its notes among them; `facts` what
    else names the change. Never what was said: messages and notes of the thread have rows of their own."""

    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=40)  # "lead.created", see directory.events
    actor = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    origin = models.CharField(max_length=8, choices=Origin)
    changes = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    cause = TenantForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = TenantManager.from_queryset(EventQuerySet)()

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="directory_event_parent"),
            models.CheckConstraint(name="event_origin", condition=models.Q(origin__in=Origin.values)),
        ]
        indexes: ClassVar = [
            FEED_INDEX,
            models.Index(name="event_of_lead", fields=["workspace", "lead", "-id"]),
            # PostgreSQL looks for what every event that goes has caused, of a workspace one after another.
            models.Index(
                name="event_effects",
                fields=["workspace", "cause"],
                condition=models.Q(cause__isnull=False),
            ),
            # Events of a lead that name another one, which goes.
            models.Index(
                "workspace",
                KeyTransform("other", "facts"),
                name="event_of_other",
                condition=models.Q(facts__has_key="other"),
            ),
        ]

    @property
    def subject_key(self) -> str:
        return f"lead:{self.lead_id}"

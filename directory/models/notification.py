"""What a person was told of, and how they want to be told.

A row is one thing for one person. It holds ids and never what somebody wrote; who sees the lead no more, sees the row
no more.
"""

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import notifications
from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from directory.models.lead import Lead
from workspaces.models import Membership

SEEN_KEPT, UNSEEN_KEPT = timedelta(days=30), timedelta(days=90)


class NotificationQuerySet(TenantQuerySet["Notification"]):
    def of(self, membership: Membership) -> "NotificationQuerySet":
        """This person's, of kinds that can still reach them, about leads that they still see."""
        from directory.visibility import may_see

        mine = self.filter(membership=membership)
        if not membership.is_seller:
            return mine
        kinds = [kind.key for kind in notifications.offered(membership)]
        seen = Q(lead=None) | may_see(membership, prefix="lead__placement__")
        return mine.filter(seen, kind__in=kinds)

    def unseen(self) -> "NotificationQuerySet":
        return self.filter(seen_at=None)

    def in_page(self) -> "NotificationQuerySet":
        return self.filter(in_page=True)

    def with_leads(self) -> "NotificationQuerySet":
        return self.select_related("lead__placement", "by__user")


class Notification(TenantModel):
    """`cause` names what it is about ("event:7", "message:9"): once for each person. `latest` is the id of the last of
    what is counted on a row that gathers."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    lead = TenantForeignKey(Lead, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    by = TenantForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        unindexed="memberships go only with their workspace or their person",
    )
    cause = models.CharField(max_length=60)
    facts = models.JSONField(default=dict, blank=True)  # ids and short names
    gathers = models.BooleanField(default=False)
    latest = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=1)
    in_page = models.BooleanField(default=True)
    in_mail = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now, db_default=Now())  # of the last of what is counted
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    seen_at = models.DateTimeField(null=True, blank=True)
    push_due_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(NotificationQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="notification_once", fields=["workspace", "membership", "kind", "cause"]
            ),
            models.UniqueConstraint(
                name="notification_gathered",
                fields=["workspace", "membership", "kind", "lead"],
                condition=Q(gathers=True, seen_at=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="notification_newest", fields=["workspace", "membership", "-at", "-id"]),
            models.Index(
                name="notification_unseen",
                fields=["workspace", "membership", "lead"],
                condition=Q(seen_at=None),
            ),
            models.Index(name="notification_of_lead", fields=["workspace", "lead", "membership"]),
            # By which sweepers find, in all workspaces, what is to be pushed.
            models.Index(
                name="notification_push_due", fields=["push_due_at"], condition=Q(push_due_at__isnull=False)
            ),
        ]


class Digest(models.TextChoices):
    OFF = "off", _("Never")
    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Once a day")


class NotificationSettingsQuerySet(TenantQuerySet["NotificationSettings"]):
    def choosing(self, kind: str) -> "NotificationSettingsQuerySet":
        """Of who has chosen any way for a kind."""
        return self.filter(ways__has_key=kind).exclude(**{f"ways__{kind}": []})


class NotificationSettings(TenantModel):
    """`ways` is {kind: [way, …]}; what is not in it is as the kind's defaults say. Without a row all is."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    ways = models.JSONField(default=dict, blank=True)
    quiet = models.BooleanField(_("quiet outside business hours"), default=True)
    shows_text = models.BooleanField(_("show what was written"), default=False)
    toasts = models.BooleanField(_("a line in the page"), default=False)
    sounds = models.BooleanField(_("a sound"), default=False)
    digest = models.CharField(_("summary by e-mail"), max_length=6, choices=Digest, default=Digest.OFF)
    digest_hour = models.PositiveSmallIntegerField(
        _("at"), default=9, validators=[MaxValueValidator(23)]
    )  # in the person's zone
    digest_due_at = models.DateTimeField(null=True, blank=True)
    digested_at = models.DateTimeField(null=True, blank=True)

    objects = TenantManager.from_queryset(NotificationSettingsQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="notification_settings_once", fields=["workspace", "membership"]),
            models.CheckConstraint(
                name="notification_settings_hour", condition=Q(digest_hour__gte=0, digest_hour__lte=23)
            ),
            models.CheckConstraint(
                name="notification_settings_due",
                condition=Q(digest="off", digest_due_at=None)
                | (~Q(digest="off") & Q(digest_due_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                name="notification_digest_due",
                fields=["digest_due_at"],
                condition=Q(digest_due_at__isnull=False),
            ),
        ]

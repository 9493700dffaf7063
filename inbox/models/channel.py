"""A number, a page, a bot, a widget: one way in and out. Its kind (a folder of `inbox.channels`) knows the protocol."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.encryption.fields import EncryptedJSONField
from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.visibility import WRITE_CHANNEL
from inbox.models.app import ProviderApp
from workspaces.models import Membership
from workspaces.models.grant import Grant


class ChannelQuerySet(TenantQuerySet["Channel"]):
    def in_use(self) -> "ChannelQuerySet":
        return self.filter(removed_at=None)

    def by_name(self) -> "ChannelQuerySet":
        return self.order_by("name", "id")

    def writable_by(self, membership: Membership) -> "ChannelQuerySet":
        """From where the person may write: all to owner and admins, granted ones to a seller."""
        if not membership.is_seller:
            return self
        return self.filter(pk__in=membership.grants.ids(WRITE_CHANNEL))


class Channel(TenantModel):
    """`settings` is what pages may show; `secrets` never leaves the server (a token)."""

    class State(models.TextChoices):
        CONNECTED = "connected", _("Connected")
        TROUBLED = "troubled", _("Has a problem")  # works, but something asks for an admin
        DISCONNECTED = "disconnected", _("Disconnected")

    kind = models.CharField(max_length=16)  # "whatsapp", "webchat": a registered kind
    name = models.CharField(_("name"), max_length=80)
    external_id = models.CharField(
        max_length=80
    )  # what providers name it by: phone_number_id, the widget's token
    account_id = models.CharField(max_length=80, blank=True, default="")  # WABA
    app = models.ForeignKey(
        ProviderApp, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    settings = models.JSONField(default=dict, blank=True)
    secrets = EncryptedJSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.CONNECTED)
    problem = models.CharField(max_length=300, blank=True, default="")  # what the last failure said
    problem_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)  # the provider's last word, to the minute
    # What intake need not ask for every message: {"inbox": whether a rule assigns what comes by it into the Inbox,
    # "funnels": whether any funnel's rule is on}. Kept by inbox.actions.assignment.
    assigns = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)  # its threads stay
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = TenantManager.from_queryset(ChannelQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(
                name="channel_once",
                fields=["workspace", "kind", "external_id"],
                condition=models.Q(removed_at=None),
            ),
        ]
        indexes: ClassVar = [
            # By which a webhook's receiver is found in all workspaces, before there is a scope.
            models.Index(
                name="channel_receiver_due",
                fields=["kind", "external_id"],
                condition=models.Q(removed_at=None),
            ),
            models.Index(
                name="channel_account_due",
                fields=["kind", "account_id"],
                condition=models.Q(removed_at=None) & ~models.Q(account_id=""),
            ),
        ]
        permissions: ClassVar = [(WRITE_CHANNEL.split(".")[1], "Write from the channel")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new one is assigned as the Inbox, wherever it is made."""
        if self._state.adding and not self.assigns:
            from inbox.models.assignment_rule import AssignmentRule

            on = AssignmentRule.objects.on().filter(channel=None).values_list("funnel_id", flat=True)
            funnels = list(on)
            self.assigns = {"inbox": None in funnels, "funnels": any(pk is not None for pk in funnels)}
        super().save(*args, **kwargs)

    @property
    def is_usable(self) -> bool:
        return self.removed_at is None and self.state != self.State.DISCONNECTED


class ChannelUserObjectPermission(Grant):
    """Grants on channels."""

    content_object = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="grants")

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="channel_grant_once", fields=["workspace", "user", "permission", "content_object"]
            )
        ]
        indexes: ClassVar = [models.Index(name="channel_grant_on", fields=["workspace", "content_object"])]

"""The audit log: security-relevant acts, append-only, in the transaction of the act."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.feed.models import FEED_INDEX, FeedRow
from crm.tenancy import TenantManager, TenantModel, TenantQuerySet


class Verb(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Failed to sign in")
    SIGNED_OUT = "signed_out", _("Signed out")
    SESSIONS_ENDED = "sessions_ended", _("Ended other sessions")
    PASSWORD_CHANGED = "password_changed", _("Changed the password")
    PASSWORD_RESET = "password_reset", _("Reset the password")
    EMAIL_CHANGED = "email_changed", _("Changed the e-mail address")
    MFA_ADDED = "mfa_added", _("Added a second factor")
    MFA_REMOVED = "mfa_removed", _("Removed a second factor")
    MFA_CODES_MADE = "mfa_codes_made", _("Made new recovery codes")
    WORKSPACE_CREATED = "workspace_created", _("Created the workspace")
    SETTINGS_CHANGED = "settings_changed", _("Changed settings")
    HOURS_CHANGED = "hours_changed", _("Changed business hours")
    PERSON_INVITED = "person_invited", _("Invited a person")
    INVITATION_RESENT = "invitation_resent", _("Resent an invitation")
    INVITATION_REVOKED = "invitation_revoked", _("Revoked an invitation")
    PERSON_JOINED = "person_joined", _("Joined the workspace")
    ROLE_CHANGED = "role_changed", _("Changed a role")
    ACCESS_CHANGED = "access_changed", _("Changed what a person may do")
    PERSON_DEACTIVATED = "person_deactivated", _("Deactivated a person")
    PERSON_REACTIVATED = "person_reactivated", _("Reactivated a person")
    OWNERSHIP_HANDED_OVER = "ownership_handed_over", _("Handed the ownership over")
    TEAM_CREATED = "team_created", _("Created a team")
    TEAM_CHANGED = "team_changed", _("Changed a team")
    TEAM_DELETED = "team_deleted", _("Deleted a team")
    FUNNEL_CREATED = "funnel_created", _("Created a funnel")
    FUNNEL_CHANGED = "funnel_changed", _("Changed a funnel")
    FUNNEL_DELETED = "funnel_deleted", _("Deleted a funnel")
    CHANNEL_CONNECTED = "channel_connected", _("Connected a channel")
    CHANNEL_CHANGED = "channel_changed", _("Changed a channel")
    CHANNEL_REMOVED = "channel_removed", _("Removed a channel")
    CHANNEL_SECRET_CHANGED = "channel_secret_changed", _("Changed the secret of a channel")
    SENDER_BLOCKED = "sender_blocked", _("Blocked a sender")
    SENDER_UNBLOCKED = "sender_unblocked", _("Unblocked a sender")
    LEAD_ERASED = "lead_erased", _("Deleted a lead for good")
    PERSONAL_ERASED = "personal_erased", _("Erased the personal data of a lead")
    LEADS_EXPORTED = "leads_exported", _("Exported leads")
    LEADS_CHANGED = "leads_changed", _("Ran a bulk action")
    LEADS_RESTORED = "leads_restored", _("Undid a bulk action")
    LEADS_IMPORTED = "leads_imported", _("Imported leads")
    IMPORT_UNDONE = "import_undone", _("Undid an import of leads")
    LEAD_MERGED = "lead_merged", _("Merged two leads")
    LEAD_SPLIT = "lead_split", _("Undid a merge of leads")
    AUDIT_EXPORTED = "audit_exported", _("Exported the audit log")
    WORKSPACE_EXPORTED = "workspace_exported", _("Exported the workspace")
    DELETION_REQUESTED = "deletion_requested", _("Asked to delete the workspace")
    DELETION_CANCELLED = "deletion_cancelled", _("Cancelled the deletion of the workspace")
    SUSPENDED = "suspended", _("Suspended the workspace")
    UNSUSPENDED = "unsuspended", _("Lifted the suspension")


class AuditQuerySet(TenantQuerySet["AuditEntry"]):
    def filtered(
        self, *, verb: str = "", actor_id: int | None = None, since: object = None, until: object = None
    ) -> "AuditQuerySet":
        """Narrowed by what is given; `since` and `until` are aware datetimes, the end excluded."""
        rows = self
        if verb:
            rows = rows.filter(verb=verb)
        if actor_id:
            rows = rows.filter(actor_id=actor_id)
        if since:
            rows = rows.filter(created_at__gte=since)
        if until:
            rows = rows.filter(created_at__lt=until)
        return rows


class AuditEntry(FeedRow, TenantModel):
    """Who did what, when, from where. `changes` is {field: [old, new]}, never a secret or a body."""

    verb = models.CharField(max_length=32, choices=Verb.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # people's rows are emptied, not deleted: the index by actor begins with the workspace
    actor_name = models.CharField(max_length=160)  # as it was then
    membership_id = models.BigIntegerField(
        null=True
    )  # of whom it is about, if of a person; kept when they are gone
    target = models.CharField(
        max_length=160, blank=True, default=""
    )  # what it was done to, in words, as it was then
    changes = models.JSONField(default=dict, blank=True)
    origin = models.CharField(max_length=16, default="web")  # web, system, operator, later: api
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True, default="")

    objects = TenantManager.from_queryset(AuditQuerySet)()

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            FEED_INDEX,
            # One for each way of filtering, all ended by the order of the page: a page costs the same at any depth.
            models.Index(name="audit_by_time", fields=["workspace", "-created_at", "-id"]),
            models.Index(name="audit_by_verb_time", fields=["workspace", "verb", "-created_at", "-id"]),
            models.Index(name="audit_by_actor_time", fields=["workspace", "actor", "-created_at", "-id"]),
            models.Index(
                name="audit_by_both_time", fields=["workspace", "actor", "verb", "-created_at", "-id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.get_verb_display()}"

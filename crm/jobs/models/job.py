"""A piece of long work that somebody asked for."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.jobs import kinds
from crm.tenancy import PARENT_KEY, TenantManager, TenantModel, TenantQuerySet


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN = (State.QUEUED, State.RUNNING)


class JobQuerySet(TenantQuerySet["Job"]):
    def asked_by(self, user: Any) -> JobQuerySet:
        return self.filter(asker=user)

    def open(self) -> JobQuerySet:
        return self.filter(state__in=OPEN)

    def newest(self) -> JobQuerySet:
        return self.order_by("-id")

    def visible_to(self, membership: Any) -> JobQuerySet:
        """One's own; everyone's, for who oversees the workspace's jobs."""
        return self if kinds.oversees(membership) else self.asked_by(membership.user_id)

    def expired(self) -> JobQuerySet:
        return self.filter(expires_at__lte=Now())


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class Job(TenantModel):
    """queued → running → done | failed | cancelled. Between turns, and after a killed worker, it stays
    running.

    `attempt` counts the times that a worker took it up; only the newest may write (the fence), so that a
    worker which was thought dead does nothing more. `cursor` is where the kind stands, `parts` are the
    pieces of the result file, both moved only in the transaction of a batch.
    """

    kind = models.CharField(max_length=60)
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    membership_id = models.BigIntegerField()  # the asker's; no reference, since that floor is above this one
    params = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    turns = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    message_code = models.CharField(max_length=60, default="", blank=True)
    message_args = models.JSONField(default=dict, blank=True)
    secret = models.CharField(max_length=40, default=new_secret)  # names the folder of the result's parts
    parts = models.JSONField(default=list, blank=True)  # [[name in the storage, bytes], …]
    file_name = models.CharField(max_length=150, default="", blank=True)
    file_type = models.CharField(max_length=100, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(
        null=True, blank=True
    )  # of the result; null again when its parts are gone

    objects = TenantManager.from_queryset(JobQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            PARENT_KEY,
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="jobs_job_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN, finished_at__isnull=True)
                | (~models.Q(state__in=OPEN) & models.Q(finished_at__isnull=False)),
                name="jobs_job_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "asker", "id"], name="jobs_job_asker"),
            models.Index(fields=["workspace", "state", "id"], name="jobs_job_state_id"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="jobs_job_expiry_due",
            ),
            models.Index(
                fields=["heartbeat_at"], condition=models.Q(state__in=OPEN), name="jobs_job_open_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def label(self) -> str:
        kind = kinds.find(self.kind)
        return str(kind.label) if kind else self.kind

    @property
    def percent(self) -> int | None:
        """0–100; None while nobody knows how much there is."""
        if self.state == State.DONE:
            return 100
        if not self.total:
            return None
        return min(99, self.done * 100 // self.total)

    @property
    def counted(self) -> str:
        """How much is done, for people: "1,200 of 5,000"; empty where nothing is counted."""
        done = number_format(self.done, force_grouping=True)
        if self.total:
            return gettext("%(done)s of %(total)s") % {
                "done": done,
                "total": number_format(max(self.total, self.done), force_grouping=True),
            }
        return gettext("%(done)s done") % {"done": done} if self.done else ""

    @property
    def message(self) -> str:
        """What to tell people, in the active language; empty where there is nothing to say."""
        if not self.message_code:
            return ""
        kind = kinds.find(self.kind)
        words = {**COMMON, **(kind.messages if kind else {})}.get(self.message_code)
        if words is None:
            return str(COMMON["error"])
        return str(words(**self.message_args)) if callable(words) else str(words) % self.message_args

    @property
    def has_file(self) -> bool:
        """Whether there is a result to fetch, still."""
        return bool(
            self.state == State.DONE and self.parts and self.expires_at and self.expires_at > timezone.now()
        )

    @property
    def had_file(self) -> bool:
        return bool(self.state == State.DONE and self.file_name and not self.has_file)

    @property
    def size(self) -> int:
        """Bytes of the result."""
        return sum(size for _name, size in self.parts)

    @property
    def folder(self) -> str:
        return f"jobs/{self.workspace_id}/{self.secret}"

    def is_of(self, membership: Any) -> bool:
        return bool(self.asker_id == membership.user_id)


COMMON: dict[str, Any] = {
    "error": _(
        "Something went wrong and it could not be finished. Try again; if it fails again, tell your administrator."
    ),
    "lost": _("It stopped without a word. Start it again."),
    "too_large": _("The result is larger than the file storage takes."),
}

__all__: Sequence[str] = ["COMMON", "OPEN", "Job", "JobQuerySet", "State"]

from typing import Self

from django.db import models
from django.db.models.functions import Now

ATTEMPTS = 5  # failures after which a row is no longer tried by itself


class ParkedRowQuerySet(models.QuerySet["ParkedRow", "ParkedRow"]):
    def of(self, consumer: str, subject_key: str) -> Self:
        """A subject's rows that one consumer has yet to handle, in order."""
        return self.filter(consumer=consumer, subject_key=subject_key).order_by("xid", "row_id")

    def parked(self) -> Self:
        """Given up until somebody replays or discards them."""
        return self.filter(attempts__gte=ATTEMPTS)

    def due(self) -> Self:
        """The first of their subject, and to be tried now: failed fewer times than that, or come first meanwhile."""
        return self.filter(attempts__lt=ATTEMPTS, retry_at__lte=Now())


class ParkedRow(models.Model):
    """A row that the cursor has passed and that is not handled yet.

    attempts 0: it waits behind an earlier row of its subject; 1 to 4: it failed and will be tried again at `retry_at`;
    5: it is parked, until an operator replays or discards it.
    """

    consumer = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=100)
    xid = models.BigIntegerField()
    row_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, default="", blank=True)
    retry_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ParkedRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "subject_key", "xid", "row_id"], name="feed_parked_row_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["retry_at"], condition=models.Q(retry_at__isnull=False), name="feed_parked_due"
            ),
        ]

    @property
    def is_parked(self) -> bool:
        return self.attempts >= ATTEMPTS

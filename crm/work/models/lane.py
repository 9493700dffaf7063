from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now


class LaneQuerySet(models.QuerySet["Lane", "Lane"]):
    def held_up(self) -> Self:
        """Lanes that an operator paused, or that a provider asked to wait."""
        return self.filter(models.Q(paused_at__isnull=False) | models.Q(parked_until__gt=Now())).order_by(
            "id"
        )


class Lane(models.Model):
    """The line in which one channel's (or one workspace's) rows of one kind wait: their turn, their rate.

    Locked `FOR NO KEY UPDATE` for the few milliseconds of a claim; never while a provider is spoken to, and never by
    the one who enqueues.
    """

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=100)
    # The lane that was served longest ago is the next one.
    served_at = models.DateTimeField(db_default=Now())
    # Token bucket: `rate` tokens a second flow in, up to `burst`. A rate of 0 knows no limit.
    rate = models.FloatField(default=0)
    burst = models.FloatField(default=0)
    tokens = models.FloatField(default=0)
    tokens_at = models.DateTimeField(db_default=Now())
    # Rows of the lane that may be claimed at once, over all workers: one slow provider does not take them all.
    parallel = models.PositiveSmallIntegerField(default=10)
    parked_until = models.DateTimeField(null=True)  # the provider asked for it
    parked_for = models.CharField(max_length=200, default="", blank=True)
    paused_at = models.DateTimeField(null=True)  # an operator did it

    objects = LaneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="work_lane_key"),
            models.CheckConstraint(
                condition=models.Q(rate=0) | models.Q(rate__gt=0, burst__gte=1), name="work_lane_rate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"

    def pause(self) -> None:
        """Nothing of it is claimed until `resume`; what is under way ends as it would."""
        Lane.objects.filter(pk=self.pk, paused_at=None).update(paused_at=Now())

    def resume(self) -> None:
        """Ends a pause, and what a provider asked for."""
        Lane.objects.filter(pk=self.pk).update(paused_at=None, parked_until=None, parked_for="")

    def park(self, wait: timedelta, reason: str) -> None:
        Lane.objects.filter(pk=self.pk).update(parked_until=Now() + wait, parked_for=reason[:200])

    def limit(self, *, rate: float, burst: float) -> None:
        """Sets the bucket: `rate` rows a second, at most `burst` of them at once. It begins full."""
        Lane.objects.filter(pk=self.pk).update(rate=rate, burst=burst, tokens=burst, tokens_at=Now())

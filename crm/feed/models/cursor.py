from django.db import models
from django.db.models.functions import Now


class Cursor(models.Model):
    """How far a consumer has read: everything up to and including (xid, row_id). Locked while it reads."""

    consumer = models.CharField(max_length=60, primary_key=True)
    xid = models.BigIntegerField(default=0)
    row_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(db_default=Now())


class Shift(models.Model):
    """One row at most: what is added to PostgreSQL's transaction ids, see `crm.feed.shifting`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="feed_shift_single")]

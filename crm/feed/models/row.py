from typing import Any

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now
from django.utils import timezone

from crm.feed import producing

# Every feed's model repeats this in its Meta.indexes. Its condition always holds, and follows from any comparison:
# it marks the index as a sweeper's, that goes through all workspaces (see crm.tenancy.checks).
FEED_INDEX = models.Index(
    fields=["xid", "id"], condition=models.Q(xid__isnull=False), name="%(app_label)s_%(class)s_due"
)


class XidField(models.Field[int, int]):
    """PostgreSQL's 64-bit transaction id, as an int."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or hasattr(value, "resolve_expression") else str(int(value))


class CurrentXid(Func):
    """`pg_current_xact_id()`: the id of the transaction that writes the row."""

    function = "pg_current_xact_id"
    output_field = XidField()


class FeedRow(models.Model):
    """An append-only row. `xid` says in which transaction it was written: readers go by (xid, id).

    A subclass puts FEED_INDEX into its Meta.indexes, and says in `subject_key` what its order matters for: rows of
    one subject are handled in order, whatever happens to others.
    """

    id = models.BigAutoField(primary_key=True)
    xid = XidField(db_default=CurrentXid(), editable=False)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        abstract = True

    @property
    def subject_key(self) -> str:
        """At most 100 characters. Unless a subclass knows better: the row's workspace."""
        return str(getattr(self, "workspace_id", ""))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever writes many at once, past `save`, calls `feed.announce` itself."""
        super().save(*args, **kwargs)
        producing.announce(type(self))

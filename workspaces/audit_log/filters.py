"""What narrows the audit log: kept in the page's address, and in the parameters of an export."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.http import urlencode

from workspaces.models import AuditEntry, Workspace
from workspaces.models.audit import AuditQuerySet


@dataclass(frozen=True)
class Filters:
    """Days are the workspace's, both included. `membership_id` is the actor's."""

    verb: str = ""
    membership_id: int | None = None
    actor_id: int | None = None
    since: date | None = None
    until: date | None = None

    def rows(self, workspace: Workspace) -> AuditQuerySet:
        """The rows they leave, in no order. In the scope."""
        zone = ZoneInfo(workspace.time_zone)
        end = self.until + timedelta(days=1) if self.until else None
        rows: AuditQuerySet = AuditEntry.objects.filtered(
            verb=self.verb,
            actor_id=self.actor_id,
            since=_midnight(self.since, zone),
            until=_midnight(end, zone),
        )
        return rows

    def as_params(self) -> dict[str, Any]:
        """For JSON: what `of_params` reads."""
        return {
            "verb": self.verb,
            "actor_id": self.actor_id,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def of_params(cls, params: dict[str, Any]) -> "Filters":
        since, until = params.get("since"), params.get("until")
        return cls(
            verb=params.get("verb") or "",
            actor_id=params.get("actor_id"),
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
        )

    @property
    def query(self) -> str:
        """For an address; empty where nothing is narrowed."""
        parts = {
            "verb": self.verb,
            "person": self.membership_id or "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return urlencode({name: value for name, value in parts.items() if value})

    def __bool__(self) -> bool:
        return bool(self.query)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, zone) if day else None

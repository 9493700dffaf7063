"""What narrows the audit log: kept in the page's address, and in the parameters of an export."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from workspaces.models import AuditEntry, Membership, Verb, Workspace
from workspaces.models.audit import AuditQuerySet

LATEST = date(9998, 12, 30)  # the day after still exists


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


class AuditFilterForm(forms.Form):
    """Whatever in the address means nothing narrows nothing: `filters` is of the valid fields alone."""

    verb = forms.ChoiceField(label=_("What"), required=False)
    person = forms.ChoiceField(label=_("Who"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date", "max": "9998-12-30"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date", "max": "9998-12-30"})
    )

    def __init__(self, data: Any, *, people: list[Membership]) -> None:
        super().__init__(data)
        self._people = {str(one.pk): one for one in people}
        verbs = sorted(((str(value), str(label)) for value, label in Verb.choices), key=lambda one: one[1])
        names = [(key, str(one.user)) for key, one in self._people.items()]
        self.fields["verb"].choices = [("", _("Anything")), *verbs]  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", _("Anyone")), *names]  # type: ignore[attr-defined]

    @cached_property
    def filters(self) -> Filters:
        self.is_valid()
        given = self.cleaned_data
        person = self._people.get(given.get("person") or "")
        return Filters(
            verb=given.get("verb") or "",
            membership_id=person.pk if person else None,
            actor_id=person.user_id if person else None,
            since=_bounded(given.get("since")),
            until=_bounded(given.get("until")),
        )


def _bounded(day: date | None) -> date | None:
    return min(day, LATEST) if day and day.year > 1 else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, zone) if day else None

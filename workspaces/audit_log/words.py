"""The audit log in words: a row as a person reads it, on the page and in the export, in the active language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from workspaces import grants, leaving, permissions
from workspaces.accounts.devices import Device, device_of
from workspaces.models import AuditEntry, Colour, Role, Weekday

FACTORS = {
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
    "password": _("Password"),
    "mfa": _("Second factor"),
    "code": _("Code by e-mail"),
    "socialaccount": _("Another account"),
}
FIELDS = {
    "role": _("Role"),
    "tools": _("Tools"),
    "sees_unassigned": _("Sees unassigned leads"),
    "sees_phones": _("Sees phone numbers"),
    "name": _("Name"),
    "time_zone": _("Time zone"),
    "language": _("Language"),
    "currency": _("Currency"),
    "hours": _("Business hours"),
    "holiday": _("Holiday"),
    "colour": _("Colour"),
    "people": _("People"),
    "stages": _("Stages"),
    "stage": _("Stage"),
    "order": _("Order"),
    "asks for": _("Asks for"),
    "reason required": _("Reason required"),
    "stale after": _("Stale after (days)"),
    "archived": _("Archived"),
    "main funnel": _("Main funnel"),
    "leads go to": _("Leads go to"),
    "owner": _("Owner"),
    "email": _("E-mail"),
    "factor": _("Second factor"),
    "by": _("Way in"),
    "sessions": _("Sessions"),
    "handed over to": _("Handed over to"),
    "verb": _("What"),
    "person": _("Who"),
    "tag": _("Tag"),
    "reason": _("Reason"),
    "leads": _("Leads"),
    "rows": _("Rows"),
    "format": _("Format"),
    "filter": _("Filter"),
    "words": _("Searched"),
    "state": _("State"),
    "columns": _("Columns"),
    "since": _("From"),
    "until": _("Until"),
    "team": _("Who answers"),
    "greeting": _("Greeting"),
    "origins": _("Sites that may show it"),
    "ask": _("Ask before the first message"),
    "must_verify": _("Only take signed identities"),
}
ORIGINS = {
    "web": _("Browser"),
    "system": _("Cauce itself"),
    "operator": _("Operator"),
    "demo": _("Demo"),
}


@dataclass(frozen=True)
class Change:
    """One field. Either `before` and `after`, or, of a list, what was `added` and `removed`."""

    label: str
    before: str = ""
    after: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.added or self.removed:
            parts = [f"+ {one}" for one in self.added] + [f"− {one}" for one in self.removed]
            return f"{self.label}: {', '.join(parts)}"
        return f"{self.label}: {self.before} → {self.after}" if self.before else f"{self.label}: {self.after}"


@dataclass(frozen=True)
class Line:
    """A row of the log as it is read. `actor_id` seeds the avatar's colour."""

    pk: int
    at: datetime
    actor: str
    actor_id: int | None
    picture: str
    what: str
    target: str
    changes: tuple[Change, ...]
    origin: str
    ip: str
    device: Device | None


def line_of(entry: AuditEntry) -> Line:
    """Without a query where `actor` was selected with the row."""
    return Line(
        pk=entry.pk,
        at=entry.created_at,
        actor=entry.actor_name,
        actor_id=entry.actor_id,
        picture=entry.actor.picture_url if entry.actor else "",
        what=str(entry.get_verb_display()),
        target=""
        if entry.target == entry.actor_name
        else entry.target,  # what people do with their own account
        changes=changes_of(entry.changes),
        origin=str(ORIGINS.get(entry.origin, entry.origin)),
        ip=entry.ip or "",
        device=device_of(entry.user_agent) if entry.user_agent else None,
    )


def changes_of(changes: Any) -> tuple[Change, ...]:
    """What `audit.record` was given, in words. Whatever a later version or another app wrote is still shown."""
    if not isinstance(changes, dict):
        return ()
    return tuple(_change(str(field), pair) for field, pair in changes.items())


def _change(field: str, pair: Any) -> Change:
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    label = str(_label(field))
    if isinstance(before, list) or isinstance(after, list):
        old, new = list(before or []), list(after or [])
        return Change(
            label,
            added=tuple(_value(field, one) for one in new if one not in old),
            removed=tuple(_value(field, one) for one in old if one not in new),
        )
    return Change(label, "" if before is None else _value(field, before), _value(field, after))


def _label(field: str) -> str | Promise:
    if field in FIELDS:
        return FIELDS[field]
    for grantable in grants.grantables():
        for codename, words in grantable.codenames.items():
            if grantable.code(codename) == field:
                return f"{grantable.label}: {words}"
    return leaving.label_of(field) or field


def _value(field: str, value: Any) -> str:
    if value is None or value == "":
        return pgettext("no value", "none")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    known = _KNOWN.get(field)
    return str(known(value)) if known else str(value)


def _choice(choices: Any) -> Any:
    words = dict(choices)
    return lambda value: words.get(value, value)


def _tool(value: str) -> str | Promise:
    return next((one.label for one in permissions.tools() if one.permission.value == value), value)


def _stretch(value: str) -> str:
    day, _space, hours = str(value).partition(" ")
    return (
        f"{Weekday(int(day)).label} {hours}" if day.isdecimal() and int(day) in Weekday.values else str(value)
    )


def _day(value: str) -> str:
    day = parse_date(str(value))
    return formats.date_format(day, "DATE_FORMAT") if day else str(value)


def _ways(value: str) -> str:
    return ", ".join(str(FACTORS.get(way, way)) for way in str(value).split(", "))


_KNOWN = {
    "role": _choice(Role.choices),
    "colour": _choice(Colour.choices),
    "language": _choice(settings.LANGUAGES),
    "tools": _tool,
    "hours": _stretch,
    "holiday": _day,
    "factor": _ways,
    "by": _ways,
    "since": _day,
    "until": _day,
}

"""What two leads say of one field, which of it stays unless somebody chooses otherwise, and writing it.

Floors and other parts of this one add what they keep of a lead by a Source (custom fields, say).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.ui import money
from crm.ui.registry import Registry
from directory.models import CloseReason, Lead, Merge, Outcome, Placement, Status
from directory.naming import shown_text
from workspaces.models import Membership

KEPT, GONE, BOTH = "kept", "gone", "both"
TEXTS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "second_name": gettext_lazy("Second name"),
    "last_name": gettext_lazy("Last name"),
    "city": gettext_lazy("City"),
    "address": gettext_lazy("Address"),
    "delivery_address": gettext_lazy("Delivery address"),
    "time_zone": gettext_lazy("Time zone"),
    "came_from": gettext_lazy("Source"),
    "external_id": gettext_lazy("External ID"),
    "notes": gettext_lazy("Notes"),
}
# Columns of the lead that are no texts.
LEAD: dict[str, str] = {"manager": "manager_id", "ip": "ip"}
# Columns of the placement that are chosen together, and what of them is nothing.
PLACED: dict[str, tuple[str, ...]] = {
    "stage": ("stage_id", "stage_since", "position"),
    "assignee": ("assignee_id",),
    "status": ("status",),
    "value": ("value",),
    "outcome": ("outcome", "close_reason_id", "closed_at"),
}
LABELS: dict[str, str | Promise] = {
    **TEXTS,
    "manager": gettext_lazy("Personal manager"),
    "ip": gettext_lazy("IP address"),
    "stage": gettext_lazy("Stage"),
    "assignee": gettext_lazy("Assignee"),
    "status": gettext_lazy("Status"),
    "value": gettext_lazy("Value"),
    "outcome": gettext_lazy("Outcome"),
}
SEPARATOR = "\n\n"
_COLUMNS = {one.attname: one for one in Placement._meta.local_concrete_fields}
_NOTHING = {None, "", Status.NEUTRAL, Outcome.OPEN}


@dataclass(frozen=True)
class Choice:
    """One field of both, as the reader may see it; `chosen` is KEPT, GONE or (of texts that can be joined) BOTH."""

    key: str
    label: str
    kept: str
    gone: str
    chosen: str
    is_same: bool = False
    can_join: bool = False
    is_united: bool = False  # both stay, whatever anybody chooses

    @property
    def is_decided(self) -> bool:
        """Nobody has to choose: one of them says nothing, or both the same."""
        return self.is_same or self.is_united or not self.kept or not self.gone


Choices = Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """load: choices of what is kept elsewhere. apply: writes them; what it needs to take that back it puts into
    `merge.before` under its key. undo: takes it back; the labels of what somebody changed since, and so stays."""

    key: str
    load: Callable[[Lead, Lead, Membership], Sequence[Choice]]
    apply: Callable[[Merge, Choices], None]
    undo: Callable[[Merge], Sequence[str]]
    order: int = 100


sources: Registry[Source] = Registry("Merge field source")


def register(source: Source) -> Source:
    return sources.register(source)


def choices(kept: Lead, gone: Lead, reader: Membership) -> list[Choice]:
    """Of every field. Both leads are of `Lead.objects.with_card()`."""
    found = [_choice(key, kept, gone, reader) for key in LABELS]
    for source in sources:
        found += source.load(kept, gone, reader)
    return found


def decided(asked: Choices, kept: Lead, gone: Lead) -> dict[str, str]:
    """{field of ours: KEPT, GONE or BOTH}: as asked, and where nothing sensible was, as is usual."""
    found = {}
    for key in LABELS:
        wanted = asked.get(key, "")
        allowed = (KEPT, GONE, BOTH) if key == "notes" else (KEPT, GONE)
        found[key] = wanted if wanted in allowed else _usual(key, kept, gone)
    return found


@dataclass
class United:
    """What the remaining lead and its placement become: {column: value}, only what differs."""

    lead: dict[str, Any] = field(default_factory=dict)
    placement: dict[str, Any] = field(default_factory=dict)


def united(kept: Lead, gone: Lead, chosen: Choices) -> United:
    """By the choices; and what messages say of where a lead stands is that of both together."""
    made = United()
    for key in TEXTS:
        value = _text(key, kept, gone, chosen[key])
        if value != getattr(kept, key):
            made.lead[key] = value
    if chosen["name"] == GONE:
        made.lead |= _differing(kept, gone, "is_named_by_us")
    for key, column in LEAD.items():
        if chosen[key] == GONE:
            made.lead |= _differing(kept, gone, column)
    stands: dict[str, Any] = _together(kept.placement, gone.placement)
    for key, columns in PLACED.items():
        if chosen[key] == GONE:
            stands |= {column: getattr(gone.placement, column) for column in columns}
    made.placement = {
        column: value for column, value in stands.items() if value != getattr(kept.placement, column)
    }
    return made


def _differing(kept: Lead, gone: Lead, column: str) -> dict[str, Any]:
    """The other's, where they are not the same."""
    theirs = getattr(gone, column)
    return {column: theirs} if theirs != getattr(kept, column) else {}


def stored(value: Any) -> Any:
    """For JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read(column: str, value: Any) -> Any:
    """Back from JSON."""
    return None if value is None else _COLUMNS[column].to_python(value)


def _together(one: Placement, other: Placement) -> dict[str, Any]:
    """Whoever waits for an answer at either goes on waiting; what one of both is, the two are."""
    later = max(one, other, key=lambda row: (row.last_message_id is not None, row.last_activity_at))
    return {
        "is_archived": one.is_archived and other.is_archived,
        "is_starred": one.is_starred or other.is_starred,
        "last_activity_at": max(one.last_activity_at, other.last_activity_at),
        "channel_id": later.channel_id,
        "last_message_id": later.last_message_id,
        "last_inbound_at": _of(max, one.last_inbound_at, other.last_inbound_at),
        "last_inbound_id": _of(max, one.last_inbound_id, other.last_inbound_id),
        "waiting_since": _of(min, one.waiting_since, other.waiting_since),
        "window_ends_at": _of(max, one.window_ends_at, other.window_ends_at),
    }


def _of(which: Callable[..., Any], one: Any, other: Any) -> Any:
    there = [value for value in (one, other) if value is not None]
    return which(there) if there else None


def _text(key: str, kept: Lead, gone: Lead, chosen: str) -> str:
    ours, theirs = str(getattr(kept, key)), str(getattr(gone, key))
    if chosen == BOTH and ours and theirs and ours != theirs:
        return (ours + SEPARATOR + theirs)[: Lead._meta.get_field(key).max_length]  # type: ignore[union-attr]
    return theirs if chosen == GONE or (chosen == BOTH and not ours) else ours


def _choice(key: str, kept: Lead, gone: Lead, reader: Membership) -> Choice:
    ours, theirs = _raw(key, kept), _raw(key, gone)
    nothing = _("Open") if key == "outcome" and ours != theirs else ""  # which is a choice like won and lost
    return Choice(
        key=key,
        label=str(LABELS[key]),
        kept=_shown(key, kept, reader) or nothing,
        gone=_shown(key, gone, reader) or nothing,
        chosen=_usual(key, kept, gone),
        is_same=ours == theirs,
        can_join=key == "notes",
    )


def _usual(key: str, kept: Lead, gone: Lead) -> str:
    """What says something stays before what says nothing, and the remaining lead's before the other's. Who is still
    being worked with does not leave the board by a merge."""
    ours, theirs = _raw(key, kept), _raw(key, gone)
    if key == "outcome":
        return GONE if ours != Outcome.OPEN == theirs else KEPT
    if key == "notes" and ours and theirs and ours != theirs:
        return BOTH
    return GONE if ours in _NOTHING and theirs not in _NOTHING else KEPT


def _raw(key: str, lead: Lead) -> Any:
    if key in TEXTS or key in LEAD:
        return getattr(lead, LEAD.get(key, key))
    return getattr(lead.placement, PLACED[key][0])


def _shown(key: str, lead: Lead, reader: Membership) -> str:
    """Empty where it says nothing."""
    at: Any = lead.placement
    if key in TEXTS:
        return shown_text(str(getattr(lead, key)), reader)
    if key == "manager":
        return str(lead.manager.user.name) if lead.manager else ""
    if key == "ip":
        return str(lead.ip or "")
    if key == "stage":
        return f"{at.stage.funnel.name} · {at.stage.name}" if at.stage else ""
    if key == "assignee":
        return str(at.assignee.user.name) if at.assignee else ""
    if key == "status":
        return "" if at.status == Status.NEUTRAL else str(at.get_status_display())
    if key == "value":
        return money.shown(at.value, reader.workspace.currency) if at.value is not None else ""
    if at.outcome == Outcome.OPEN:
        return ""
    reason: CloseReason | None = at.close_reason
    return f"{at.get_outcome_display()}: {reason.name}" if reason else str(at.get_outcome_display())

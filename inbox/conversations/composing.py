"""From where one may answer a lead, and what may be sent there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from crm.prepared import Prepared
from directory import naming, phones
from directory.cards import ChannelMark
from directory.models import Lead
from directory.visibility import WRITE_CHANNEL
from inbox import cards
from inbox.channels import kinds
from inbox.channels.kinds import Capabilities
from inbox.conversations import beginning, notes
from inbox.conversations.beginning import ANYWHERE, Asked, Beginning, Target
from inbox.models import Channel, Draft, Identity, IdentityKey, Session
from inbox.sending import checking
from workspaces.models import Membership

_OF_CHANNEL = ("kind", "name", "state", "settings", "removed_at")  # not what is encrypted


def _identities(lead: int, membership: int) -> "QuerySet[Identity]":
    """With their channels, open conversations, keys, and what the person began to write to the lead."""
    keys = IdentityKey.objects.filter(identity=OuterRef("pk"), is_current=True).order_by("id")
    drafts = Draft.objects.filter(lead=OuterRef("lead"), membership_id=membership)
    rows = Identity.objects.filter(lead_id=lead).select_related("channel").order_by("id")
    return rows.only(
        *(column.attname for column in Identity._meta.concrete_fields),
        *(f"channel__{name}" for name in _OF_CHANNEL),
    ).annotate(
        open=FilteredRelation("sessions", condition=Q(sessions__closed_at=None)),
        open_pk=F("open__pk"),
        open_since=F("open__opened_at"),
        open_until=F("open__window_ends_at"),
        open_held=F("open__held_until"),
        current=ArraySubquery(keys.values("key")),
        draft=Subquery(drafts.filter(is_note=False).values("text")[:1]),
        noted=Subquery(drafts.filter(is_note=True).values("text")[:1]),
    )


_IDENTITIES = Prepared(_identities, lead=-1, membership=-2)


@dataclass(frozen=True)
class Route:
    """An identity of the lead, as somewhere to write to. `problem` says why one may not, or is empty."""

    identity: Identity
    mark: ChannelMark
    capabilities: Capabilities
    address: str  # what they are known by there, masked where it is a number one may not see
    number: str  # the match key of the phone they are known by there, or empty
    session: Session | None
    problem: str  # "", "removed", "disconnected", "not_granted", "blocked", "unreachable", "held", "erased"

    @property
    def pk(self) -> int:
        return self.identity.pk

    @property
    def is_open(self) -> bool:
        """Whether free text may be sent now."""
        if self.problem:
            return False
        if self.capabilities.window is None:
            return True
        return self.session is not None and kinds.window_is_open(self.session, self.identity.channel)

    @property
    def window_ends_at(self) -> datetime | None:
        """Of the window that one writes in now: the ordinary one, or the extended one after it."""
        if self.capabilities.window is None or self.session is None:
            return None
        if self.session.window_is_open():
            return self.session.window_ends_at
        return kinds.writable_until(self.session, self.identity.channel)

    @property
    def is_extended(self) -> bool:
        """The ordinary window is over; a person may still answer."""
        return self.is_open and self.session is not None and self._has_ended(self.session)

    def _has_ended(self, session: Session) -> bool:
        return self.capabilities.window is not None and not session.window_is_open()

    @property
    def closed_words(self) -> str:
        waits = self.session is not None and self.session.window_ends_at is None
        say = checking.not_begun if waits and self.capabilities.templates else checking.window_closed
        return say(self.identity.channel)

    @property
    def target(self) -> Target:
        return Target(self.identity.channel, {"identity": self.pk})

    @property
    def is_closed(self) -> bool:
        """The window has closed: only a template may be sent."""
        return not self.problem and not self.is_open

    @property
    def limits(self) -> dict[str, Any]:
        """For the browser: what the composer may take."""
        can = self.capabilities
        return {
            "text": can.text_limit,
            "bytes": can.text_bytes,
            "caption": can.caption_limit,
            "files": {
                kind: {"types": list(file.types), "max": file.max_bytes} for kind, file in can.files.items()
            },
            "buttons": can.buttons,
            "rows": can.list_rows,
            "album": can.album,
            "templates": can.templates,
            "replies": can.replies,
            "typing": can.typing,
        }


@dataclass(frozen=True)
class Composer:
    """`routes` is empty where the lead has no identity anywhere; `chosen` is where an answer goes unless changed.
    `first` is set where a conversation is begun instead. `noted` is the note that was begun."""

    routes: list[Route]
    chosen: Route | None
    first: Beginning | None
    draft: str
    noted: notes.Written


def composer(lead: Lead, by: Membership, asked: Asked = ANYWHERE) -> Composer:
    """One query; one more for a seller's grants, and for what is written about who has no identity; two more where one
    writes first."""
    rows: list[Any] = _IDENTITIES.rows(lead=lead.pk, membership=by.pk)
    routes = _routes(rows, lead, by)
    draft = next((row.draft for row in rows if row.draft), "")
    noted = notes.begun(rows[0].noted if rows else notes.draft(lead, by), by)
    first = _first(routes, lead, by, asked)
    chosen = _known_as(routes, first, asked) or (_chosen(routes, asked.identity) if first is None else None)
    return Composer(routes, chosen, None if chosen else first, draft, noted)


def routes_of(lead: Lead, by: Membership) -> list[Route]:
    """Where they wrote last comes first."""
    return _routes(_IDENTITIES.rows(lead=lead.pk, membership=by.pk), lead, by)


def _routes(rows: Sequence[Any], lead: Lead, by: Membership) -> list[Route]:
    """An identity with several conversations open answers in the newest of them."""
    newest = {row.pk: row for row in sorted(rows, key=lambda row: row.open_pk or 0)}
    routes = [_route(row, lead, by) for row in newest.values()]
    last = lead.placement.channel_id
    return sorted(routes, key=lambda route: _freshness(route, last), reverse=True)


def _first(routes: list[Route], lead: Lead, by: Membership, asked: Asked) -> Beginning | None:
    """Where nobody is known, or somebody else is asked for."""
    if routes and not asked.is_first:
        return None
    return beginning.read(lead, by, asked, [(route.identity.channel_id, route.number) for route in routes])


def _known_as(routes: list[Route], first: Beginning | None, asked: Asked) -> Route | None:
    """The identity that a number which was asked for has already, on the channel that was, or on any."""
    if first is None or first.number is None or asked.point is None:
        return None
    number, channel = first.number.point.match_key, asked.channel
    same = (route for route in routes if route.number == number)
    return next((route for route in same if channel in (None, route.identity.channel_id)), None)


def _route(identity: Any, lead: Lead, by: Membership) -> Route:
    """Of a row of `_identities`."""
    channel = identity.channel
    session = None
    if identity.open_pk is not None:
        session = Session(
            pk=identity.open_pk,
            opened_at=identity.open_since,
            window_ends_at=identity.open_until,
            held_until=identity.open_held,
        )
    addresses = (_address(key, by) for key in identity.current)
    return Route(
        identity=identity,
        mark=cards.mark(channel.kind, channel.name),
        capabilities=_capabilities(channel),
        address=identity.username
        or next(filter(None, addresses), "")
        or naming.shown_text(identity.name, by),
        number=next(filter(None, map(_number, identity.current)), ""),
        session=session,
        problem=_problem(identity, lead, channel, by) or ("held" if session and session.is_held() else ""),
    )


def _problem(identity: Identity, lead: Lead, channel: Channel, by: Membership) -> str:
    if lead.erased_at is not None:
        return "erased"
    if channel.removed_at is not None:
        return "removed"
    if not channel.is_usable or kinds.find(channel.kind) is None:
        return "disconnected"
    if by.is_seller and channel.pk not in by.grants.ids(WRITE_CHANNEL):
        return "not_granted"
    if identity.is_blocked:
        return "blocked"
    return "" if identity.is_reachable else "unreachable"


def _capabilities(channel: Channel) -> Capabilities:
    known = kinds.find(channel.kind)
    return known.capabilities if known else Capabilities()


def _chosen(routes: list[Route], identity: int | None) -> Route | None:
    """The one asked for; else the first that may be written to."""
    asked = [route for route in routes if route.pk == identity]
    usable = [route for route in routes if not route.problem]
    return next(iter(asked or usable or routes), None)


def _freshness(route: Route, last: int | None) -> tuple[bool, bool, float, int]:
    """The channel of the last message comes first; of the others that whose window closes last."""
    at = route.session.window_ends_at or route.session.opened_at if route.session else None
    return (not route.problem, route.identity.channel_id == last, at.timestamp() if at else 0.0, route.pk)


def _address(key: str, by: Membership) -> str:
    """A number is shown as people write it; other ids mean nothing to anybody."""
    phone = _phone(key)
    return naming.shown_phone(phone, by) if phone else ""


def _number(key: str) -> str:
    return phones.match_key(_phone(key))


def _phone(key: str) -> str:
    kind, _colon, value = key.partition(":")
    return "+" + value.lstrip("+") if kind == "wa" else ""

"""From where one may answer a lead, and what may be sent there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.prepared import Prepared
from directory import naming
from directory.cards import ChannelMark
from directory.models import Lead
from directory.visibility import WRITE_CHANNEL
from inbox import cards
from inbox.channels import kinds
from inbox.channels.kinds import Capabilities
from inbox.models import Channel, Draft, Identity, IdentityKey, Session
from workspaces.models import Membership

_OF_CHANNEL = (
    "channel__kind",
    "channel__name",
    "channel__state",
    "channel__removed_at",
)  # not what is encrypted
_OF_IDENTITY = tuple(column.attname for column in Identity._meta.concrete_fields)
_identities = Prepared(
    lambda lead: (
        Identity.objects.filter(lead_id=lead)
        .select_related("channel")
        .only(*_OF_IDENTITY, *_OF_CHANNEL)
        .order_by("id")
    ),
    lead=-1,
)
_sessions = Prepared(
    lambda identities: Session.objects.open().filter(identity_id__any=identities), identities=[-1]
)
_keys = Prepared(
    lambda identities: (
        IdentityKey.objects.filter(identity_id__any=identities, is_current=True)
        .order_by("id")
        .values_list("identity_id", "key")
    ),
    identities=[-1],
)
_draft = Prepared(
    lambda lead, membership: Draft.objects.filter(lead_id=lead, membership_id=membership).values_list("text"),
    lead=-1,
    membership=-2,
)


@dataclass(frozen=True)
class Route:
    """An identity of the lead, as somewhere to write to. `problem` says why one may not, or is empty."""

    identity: Identity
    mark: ChannelMark
    capabilities: Capabilities
    address: str  # what they are known by there, masked where it is a number one may not see
    session: Session | None
    problem: str  # "", "removed", "disconnected", "not_granted", "unreachable"

    @property
    def pk(self) -> int:
        return self.identity.pk

    @property
    def kind_label(self) -> str:
        """ "WhatsApp", where `mark.label` is what the workspace calls this channel."""
        return str(kinds.get(self.identity.channel.kind).label)

    @property
    def is_open(self) -> bool:
        """Whether free text may be sent now."""
        if self.problem:
            return False
        return self.capabilities.window is None or (
            self.session is not None and self.session.window_is_open()
        )

    @property
    def window_ends_at(self) -> datetime | None:
        if self.capabilities.window is None or self.session is None:
            return None
        return self.session.window_ends_at

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
    """`routes` is empty where the lead has no identity anywhere; `chosen` is where an answer goes unless changed."""

    routes: list[Route]
    chosen: Route | None
    draft: str


def composer(lead: Lead, by: Membership, identity: int | None = None) -> Composer:
    """Three queries, four for who may not see numbers."""
    routes = routes_of(lead, by)
    draft = _draft.first(lead=lead.pk, membership=by.pk)
    return Composer(routes=routes, chosen=_chosen(routes, identity), draft=draft[0] if draft else "")


def routes_of(lead: Lead, by: Membership) -> list[Route]:
    """Where they wrote last comes first."""
    identities = _identities.rows(lead=lead.pk)
    ids = [identity.pk for identity in identities]
    sessions = {session.identity_id: session for session in _sessions.rows(identities=ids)}
    addresses: dict[int, str] = {}
    for pk, key in _keys.rows(identities=ids):
        addresses.setdefault(pk, _address(key, by))
    routes = [_route(one, sessions.get(one.pk), addresses.get(one.pk, ""), by) for one in identities]
    last = lead.placement.channel_id
    return sorted(routes, key=lambda route: _freshness(route, last), reverse=True)


def _route(identity: Identity, session: Session | None, address: str, by: Membership) -> Route:
    channel = identity.channel
    return Route(
        identity=identity,
        mark=cards.mark(channel.kind, channel.name),
        capabilities=_capabilities(channel),
        address=identity.username or address or naming.shown_text(identity.name, by),
        session=session,
        problem=_problem(identity, channel, by),
    )


def _problem(identity: Identity, channel: Channel, by: Membership) -> str:
    if channel.removed_at is not None:
        return "removed"
    if not channel.is_usable or channel.kind not in {kind.key for kind in kinds.all_kinds()}:
        return "disconnected"
    if by.is_seller and channel.pk not in by.grants.ids(WRITE_CHANNEL):
        return "not_granted"
    return "" if identity.is_reachable else "unreachable"


def _capabilities(channel: Channel) -> Capabilities:
    for kind in kinds.all_kinds():
        if kind.key == channel.kind:
            return kind.capabilities
    return Capabilities()


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
    kind, _colon, value = key.partition(":")
    if kind != "wa":
        return ""
    return naming.shown_phone("+" + value.lstrip("+"), by)

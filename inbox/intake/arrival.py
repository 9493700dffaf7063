"""What one row of intake works with: the channel, the parts, and what was found about them already."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from crm.prepared import Prepared
from directory import phones
from directory.models import Lead, Placement
from inbox.channels import kinds, providers
from inbox.channels.inbound import (
    FromPerson,
    IdentityChange,
    InboundMessage,
    MessageEdit,
    MessageRevocation,
    Part,
    ReactionChange,
    StatusUpdate,
    Watermark,
)
from inbox.intake import locks
from inbox.models import Channel, Identity, Message, Session

_SPOKEN_OF = Prepared(
    lambda channel, names: Message.objects.filter(channel_id=channel, external_id__any=names).exclude(
        external_id=""
    ),
    kept=False,  # a kept plan knows no values, and cannot tell that this index leaves out what has no name
    channel=-1,
    names=["?"],
)
Change = ReactionChange | MessageEdit | MessageRevocation


@dataclass
class Person:
    """Whom a part is about, found or made. The placement's row is locked."""

    identity: Identity
    lead: Lead
    placement: Placement
    is_new: bool = False


@dataclass
class Arrival:
    """arrived_at: when the request came, which no provider's time is later than.

    parts: with their place in the order of arrival, by which messages of one second are told apart.
    """

    channel: Channel
    arrived_at: datetime
    parts: list[tuple[int, Part]]
    people: dict[tuple[str, ...], Person] = field(default_factory=dict)
    sessions: dict[tuple[int, str], Session] = field(default_factory=dict)
    heard: dict[int, Placement] = field(default_factory=dict)  # by lead, of whoever wrote to us

    @property
    def workspace_id(self) -> int:
        return self.channel.workspace_id

    @cached_property
    def window(self) -> timedelta | None:
        return kinds.get(self.channel.kind).capabilities.window

    @cached_property
    def shares_people(self) -> bool:
        """Whether the other channels of its app know people by the same keys."""
        app = self.channel.app
        provider = providers.find(app.provider) if app is not None else None
        return provider is not None and provider.same_people

    def at(self, part: Part) -> datetime:
        """A provider's clock may be ahead of ours; nothing was said after it arrived."""
        return min(part.at, self.arrived_at)

    def lock(self) -> None:
        """On everything that the parts name."""
        locks.take(name for _place, part in self.parts for name in self._names(part))

    @cached_property
    def messages(self) -> dict[str, Message]:
        """Those that the parts speak of and that are here, by external id. Read once, under the locks."""
        wanted = {name for _place, part in self.parts for name in spoken_of(part)}
        if not wanted:
            return {}
        found = _SPOKEN_OF.rows(channel=self.channel.pk, names=sorted(wanted))
        return {message.external_id: message for message in found}

    def _names(self, part: Part) -> set[str]:
        names = {locks.message(self.channel.pk, external_id) for external_id in spoken_of(part)}
        keys: tuple[str, ...] = part.keys if isinstance(part, FromPerson | StatusUpdate) else ()
        if isinstance(part, IdentityChange):
            keys += part.new_keys
        names |= {locks.identity(self.channel.pk, key) for key in keys}
        if self.shares_people:
            names |= {locks.person(self.channel.app_id or 0, key) for key in keys}
        phone = phone_of(part)
        return names | ({locks.phone(self.workspace_id, phone.match_key)} if phone else set())


def spoken_of(part: Part) -> set[str]:
    """External ids of the messages that a part is, or is about."""
    if isinstance(part, InboundMessage):
        return {part.external_id, *filter(None, [part.reply_to])}
    if isinstance(part, Change):
        return {part.target}
    if isinstance(part, Watermark):
        return {part.target} if part.target else set()
    return {part.external_id} if isinstance(part, StatusUpdate) and part.external_id else set()


def phone_of(part: Part) -> phones.Phone | None:
    """The number that the provider vouches for."""
    return phones.from_provider(part.phone) if isinstance(part, FromPerson) and part.phone else None

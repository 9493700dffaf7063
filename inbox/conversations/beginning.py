"""Writing first: by which of our channels, and to which number of the lead, a conversation may be begun."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm.cleanness import whole_number
from directory import naming
from directory.cards import ChannelMark
from directory.models import ContactPoint, Lead
from inbox import cards
from inbox.channels import kinds
from inbox.models import Channel
from inbox.sending import checking
from workspaces.models import Membership

_OF_CHANNEL = ("kind", "name", "state", "settings", "removed_at")  # not what is encrypted


@dataclass(frozen=True)
class Asked:
    """What an address asks for: an answer to an identity, or to a contact point by a channel. `begins`: by another
    channel or number than those that are known."""

    identity: int | None = None
    channel: int | None = None
    point: int | None = None
    begins: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        numbers = {name: whole_number(query.get(name, "")) for name in ("identity", "channel", "point")}
        return cls(**numbers, begins=bool(query.get("begin")))

    @property
    def is_first(self) -> bool:
        return self.begins or self.point is not None or self.channel is not None


ANYWHERE = Asked()


@dataclass(frozen=True)
class Target:
    """Where a template goes: to an identity, or to a number by a channel where there is none yet."""

    channel: Channel
    fields: Mapping[str, int]

    @property
    def query(self) -> str:
        return urlencode(self.fields)


@dataclass(frozen=True)
class Sender:
    """One of our channels by which one may write first. `number` is ours, empty where the channel has none."""

    channel: Channel
    mark: ChannelMark
    number: str

    @property
    def pk(self) -> int:
        return self.channel.pk


@dataclass(frozen=True)
class Number:
    """A phone of the lead, as the person may see it."""

    point: ContactPoint
    text: str

    @property
    def pk(self) -> int:
        return self.point.pk


@dataclass(frozen=True)
class Beginning:
    """`sender` and `number` are chosen, unless there is a `problem`. `silent` are the kinds of channels on which people
    have to write first."""

    senders: Sequence[Sender] = ()
    numbers: Sequence[Number] = ()
    silent: Sequence[str] = ()
    sender: Sender | None = None
    number: Number | None = None
    problem: str = ""  # "", "erased", "no_phone", "no_channel", "not_granted", "known"

    @property
    def target(self) -> Target | None:
        if self.sender is None or self.number is None:
            return None
        return Target(self.sender.channel, {"channel": self.sender.pk, "point": self.number.pk})

    @property
    def words(self) -> str:
        """What may be sent until they answer."""
        return checking.not_begun(self.sender.channel) if self.sender else ""


def read(lead: Lead, by: Membership, asked: Asked, known: Sequence[tuple[int, str]] = ()) -> Beginning:
    """Two queries. `known` are the pairs of channel and match key by which the lead is reached already: unless one is
    asked for, another is chosen."""
    if lead.erased_at is not None:
        return Beginning(problem="erased")
    phones = ContactPoint.objects.filter(lead=lead, kind=ContactPoint.Kind.PHONE).order_by("id")
    numbers = [Number(point, naming.shown_point(point, by)) for point in phones]
    channels = [
        channel
        for channel in Channel.objects.in_use().only(*_OF_CHANNEL).by_name()
        if channel.is_usable and kinds.find(channel.kind)
    ]
    if not numbers:
        return Beginning(problem="no_phone")
    first = numbers[0].point.value
    able = [channel for channel in channels if _may_begin(channel, first)]
    silent = list(
        dict.fromkeys(str(kinds.get(channel.kind).label) for channel in channels if channel not in able)
    )
    senders = [_sender(channel) for channel in able if checking.may_write(channel, by)]
    if not senders:
        return Beginning(numbers=numbers, silent=silent, problem="not_granted" if able else "no_channel")
    chosen = _chosen(senders, numbers, asked, known)
    if chosen is None:
        return Beginning(senders, numbers, problem="known")
    return Beginning(senders, numbers, silent, *chosen)


def find(lead: Lead, by: Membership, asked: Asked) -> Target | None:
    """Of a channel and a number that are named, where one may write first by them."""
    found = read(lead, by, asked)
    target = found.target
    named = {"channel": asked.channel, "point": asked.point}
    return target if target is not None and target.fields == named else None


def _may_begin(channel: Channel, phone: str) -> bool:
    """Where there are no templates nothing can be sent before they answer."""
    kind = kinds.get(channel.kind)
    return kind.capabilities.templates and kind.address(phone) is not None


def _sender(channel: Channel) -> Sender:
    number: Any = channel.settings.get("number")
    shown = str(number.get("display", "")) if isinstance(number, dict) else ""
    return Sender(channel, cards.mark(channel.kind, channel.name), shown)


def _chosen(
    senders: Sequence[Sender], numbers: Sequence[Number], asked: Asked, known: Sequence[tuple[int, str]]
) -> tuple[Sender, Number] | None:
    """What is asked for; of the rest a pair by which they are not reached yet. None where there is no other."""
    pairs = [
        (sender, number)
        for sender in senders
        if asked.channel in (None, sender.pk)
        for number in numbers
        if asked.point in (None, number.pk)
    ]
    pairs = pairs or [(sender, number) for sender in senders for number in numbers]
    new = [pair for pair in pairs if (pair[0].pk, pair[1].point.match_key) not in known]
    is_named = asked.channel is not None or asked.point is not None
    return next(iter(new or (pairs if is_named else [])), None)

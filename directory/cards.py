"""Card parts: what a card, a row or the lead's page shows that is kept elsewhere, loaded for many leads at once.

A floor above registers its loaders from `AppConfig.ready()`; whoever draws a list asks for the parts it shows and gets
one mapping each, from the lead's id to the part's value. A part costs at most one or two queries, however many leads.

    cards.register(cards.Part(cards.CHANNEL, load_channels))
    parts = cards.load_all(placements, request.membership, [cards.NAME, cards.TAGS, cards.CHANNEL])
    parts[cards.NAME][placement.pk]
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup

from crm.ui.registry import Registry
from workspaces.models import Membership

# What the parts give. A key that no app has registered gives nothing.
NAME = "name"  # str: what the lead is called, masked where it is a phone the person may not see; never empty
TAGS = "tags"  # tuple[Tag, ...], by name
CHANNEL = "channel"  # ChannelMark: of the last message
CHANNELS = "channels"  # tuple[ChannelMark, ...]: every one they can be reached by
LAST_MESSAGE = "last_message"  # the inbox's: what was last said, by whom
PINNED = (
    "pinned"  # tuple[PinnedNote, ...]: what the workspace should read of them first, the newest pin first
)


@dataclass(frozen=True)
class ChannelMark:
    """`kind` is the channel kind's key (its colour in CSS: `channel-<kind>`), `icon` a lucide name."""

    kind: str
    label: str
    icon: str


@dataclass(frozen=True)
class PinnedNote:
    """`author` is None where they are gone for good; `html` is safe, and masked for its reader."""

    pk: int
    at: datetime
    author: Membership | None
    html: Markup


class Placed(Protocol):
    """What parts are loaded for: placements, or rows of a list that name these columns of theirs."""

    @property
    def pk(self) -> int: ...
    @property
    def channel_id(self) -> int | None: ...
    @property
    def last_message_id(self) -> int | None: ...


@dataclass(frozen=True)
class Part:
    """`load` runs inside the scope; ids that it leaves out have no such part. One that asks for more than `Placed`
    has is for placements only."""

    key: str
    load: Callable[[Sequence[Any], Membership], Mapping[int, Any]]
    order: int = 100


_parts: Registry[Part] = Registry("Card part")


def register(part: Part) -> Part:
    return _parts.register(part)


def load_all(
    placements: Sequence[Placed], membership: Membership, keys: Iterable[str]
) -> dict[str, Mapping[int, Any]]:
    """The parts asked for, each a mapping from lead ids."""
    wanted = list(keys)
    found: dict[str, Mapping[int, Any]] = {key: {} for key in wanted}
    if placements:
        found |= {part.key: part.load(placements, membership) for part in _parts if part.key in found}
    return found

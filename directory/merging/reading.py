"""What the pages of duplicates show: the pair that is next, what two leads have in common, what one is related to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from directory import card, cards, naming
from directory.card import Card, PointShown
from directory.merging import fields
from directory.merging.fields import Choice
from directory.models import ContactPoint, DuplicatePair, Lead, LeadTag, Merge, Placement
from workspaces.models import Membership

COUNTED = 1_000  # open pairs are counted no further: shown as "1,000+"
LIKELY = 3  # named on a card


@dataclass(frozen=True)
class Side:
    """One of two leads, as the reader sees it; `same` are ids of contact points and tags that the other has, too."""

    card: Card
    same_points: frozenset[int]
    same_tags: frozenset[int]

    @property
    def lead(self) -> Lead:
        return self.card.lead

    @property
    def points(self) -> Sequence[PointShown]:
        return self.card.points


@dataclass(frozen=True)
class Compared:
    """Two leads field by field; `first` is the one that remains where they are merged as they stand."""

    first: Side
    second: Side
    choices: Sequence[Choice]

    @property
    def open(self) -> list[Choice]:
        """What somebody may want to choose."""
        return [one for one in self.choices if not one.is_decided]


@dataclass(frozen=True)
class Other:
    """A lead that the one at hand looks like."""

    pair: DuplicatePair
    lead: Lead
    name: str


@dataclass(frozen=True)
class Within:
    """A lead that was merged into the one at hand, or into one that was."""

    merge: Merge
    name: str
    into: str  # the name of the one between, or empty

    @property
    def at(self) -> datetime:
        return self.merge.created_at


def next_pair(reader: Membership) -> DuplicatePair | None:
    """The first of the queue of which the reader sees both."""
    pairs = DuplicatePair.objects.open().visible_to(reader).in_order()
    return pairs.select_related("first__placement", "second__placement").first()


def count(reader: Membership) -> int:
    """At most COUNTED + 1."""
    rows = DuplicatePair.objects.open().visible_to(reader).order_by().values("pk")[: COUNTED + 1]
    return int(rows.count())


def compare(first: int, second: int, reader: Membership) -> Compared:
    """Raises Lead.DoesNotExist where the reader does not see both."""
    found = Lead.objects.visible_to(reader).with_card().in_bulk([first, second])
    if len(found) != 2:
        raise Lead.DoesNotExist
    keys = [_keys(pk) for pk in (first, second)]
    tags = [
        set(LeadTag.objects.filter(lead_id=pk).values_list("tag_id", flat=True)) for pk in (first, second)
    ]
    shared, worn = keys[0].keys() & keys[1].keys(), frozenset(tags[0] & tags[1])
    sides = [
        Side(card.read(found[pk], reader, "page"), frozenset(own[key] for key in shared), worn)
        for pk, own in zip((first, second), keys, strict=True)
    ]
    return Compared(sides[0], sides[1], fields.choices(found[first], found[second], reader))


def remaining_of(pair: DuplicatePair) -> tuple[int, int]:
    """(the one that remains, the other) unless somebody turns it round: who has written, the older."""
    first, second = pair.first, pair.second
    talked = [one.placement.last_message_id is not None for one in (first, second)]
    return (second.pk, first.pk) if talked == [False, True] else (first.pk, second.pk)


def looks_like(lead: Lead, reader: Membership) -> list[Other]:
    """The likeliest of them, for a card."""
    pairs = DuplicatePair.objects.open().of_lead(lead).visible_to(reader).order_by("-score", "id")
    return _others(lead, list(pairs[:LIKELY]), reader)


def pairs_of(lead: Lead, reader: Membership) -> list[Other]:
    """Open ones and those that were said not to be the same, the likeliest first."""
    pairs = DuplicatePair.objects.of_lead(lead).visible_to(reader).exclude(state=DuplicatePair.State.MERGED)
    rows = pairs.select_related("decided_by__user").order_by("-state", "-score", "id")
    return _others(lead, list(rows[:50]), reader)


def within(lead: Lead, reader: Membership) -> list[Within]:
    """What was merged into it, the latest first; with what had been merged into those."""
    found: list[Within] = []
    waiting: list[tuple[int, str]] = [(lead.pk, "")]
    while waiting:
        pk, into = waiting.pop(0)
        rows = Merge.objects.filter(kept_id=pk).exclude(state=Merge.State.UNDONE).order_by("-id")
        for merge in rows.select_related("gone", "by__user"):
            name = naming.shown_text(merge.gone.name, reader) or f"#{merge.gone_id}"
            found.append(Within(merge, name, into))
            waiting.append((merge.gone_id, name))
    return found


def _others(lead: Lead, pairs: list[DuplicatePair], reader: Membership) -> list[Other]:
    ids = [pair.second_id if pair.first_id == lead.pk else pair.first_id for pair in pairs]
    if not ids:
        return []
    placements = {row.pk: row for row in Placement.objects.select_related("lead").filter(pk__in=ids)}
    names = cards.load_all(list(placements.values()), reader, [cards.NAME])[cards.NAME]
    return [
        Other(pair, placements[pk].lead, names[pk])
        for pair, pk in zip(pairs, ids, strict=True)
        if pk in placements
    ]


def _keys(lead: int) -> dict[tuple[str, str], int]:
    rows = ContactPoint.objects.filter(lead_id=lead).values_list("kind", "match_key", "pk")
    return {(kind, key): pk for kind, key, pk in rows}

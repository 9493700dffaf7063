"""A board as its templates need it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from markupsafe import Markup

from crm.ui.jinja import url
from funnels.board import cards
from funnels.board import counts as tallies
from funnels.board.cards import Card
from funnels.board.columns import FIRST, INBOX, MOST, Column, Row, read
from funnels.board.counts import Count
from funnels.board.look import Look
from funnels.board.plan import FunnelPlan
from workspaces.models import Membership

LISTED = 50  # leads of a page of the list
PLACE = "board"  # among directory.listing.places


@dataclass(frozen=True)
class ColumnShown:
    """`pk` is the stage's, or INBOX. `count` is None while it is being counted. `more` is the key after which it
    goes on, "" where nothing does; `is_full` where it does, but the page holds no more."""

    pk: int
    name: str
    colour: str
    is_leaving: bool
    cards: Sequence[Card]
    count: Count | None
    more: str
    is_full: bool = False

    @property
    def html(self) -> Markup:
        """Of its cards."""
        return cards.written(self.cards)


class Listed(NamedTuple):
    """A page of the list: cards with name, colour and leaving of their stages; the key after which it goes on."""

    rows: Sequence[tuple[Card, str, str, bool]]
    more: str


@dataclass(frozen=True)
class Board:
    """One funnel as one person looks at it."""

    membership: Membership
    workspace_id: str
    plan: FunnelPlan
    look: Look

    @property
    def address(self) -> str:
        """Without order and filters."""
        return url("funnels:board", workspace_id=self.workspace_id, pk=self.plan.pk)

    def at(self, query: str) -> str:
        """The address with an order and filters."""
        return f"{self.address}?{query}" if query else self.address

    @property
    def carried(self) -> str:
        """The query of the dialog of a filter, which leads back here."""
        return self.look.more.carried(PLACE, self.look.pairs, self.plan.pk)

    def act(self, name: str) -> str:
        """The address of an act on its cards: "moves"."""
        return url(f"funnels:{name}", workspace_id=self.workspace_id, pk=self.plan.pk)

    def part(self, name: str, query: str = "", **arguments: str) -> str:
        """The address of a part of it, "more" or "counts", as it is looked at now."""
        address = url(f"funnels:{name}", workspace_id=self.workspace_id, pk=self.plan.pk, **arguments)
        joined = "&".join(filter(None, (self.look.query, query)))
        return f"{address}?{joined}" if joined else address

    @cached_property
    def columns(self) -> list[ColumnShown]:
        """The Inbox, then the stages."""
        found = read(self.membership, self.look, funnel=self.plan.pk, stages=self.plan.stage_ids)
        return self.shown(found)

    @property
    def counts_are_missing(self) -> bool:
        return any(column.count is None for column in self.columns)

    def shown(self, found: dict[int, Column]) -> list[ColumnShown]:
        """Columns that were read, in the board's order, with their counts."""
        amounts = self.counts(found)
        made = iter(self.cards_of([row for pk in self._order(found) for row in found[pk].rows]))
        shown = []
        for pk in self._order(found):
            name, colour, is_leaving = self._head(pk)
            column = found[pk]
            these = [next(made) for _row in column.rows]
            more = these[-1].key if column.has_more and these else ""
            shown.append(ColumnShown(pk, name, colour, is_leaving, these, amounts.get(pk), more))
        return shown

    def cards_of(self, rows: Sequence[Row]) -> list[Card]:
        return cards.made(rows, self.membership, self.look, self.workspace_id, self.plan.stale_days)

    def written(self, these: Sequence[Card]) -> Markup:
        return cards.written(these)

    def counts(self, wanted: Sequence[int] | dict[int, Column]) -> dict[int, Count]:
        """What is known without counting."""
        stages = [pk for pk in wanted if pk != INBOX]
        return tallies.by_tallies(self.membership, self.look, funnel=self.plan.pk, stages=stages)

    def all_counts(self, wanted: Sequence[int]) -> dict[int, Count]:
        """Of these columns, counted where nothing else tells."""
        known = {pk: count for pk, count in self.counts(wanted).items() if pk in wanted}
        unknown = [pk for pk in wanted if pk not in known]
        return known | tallies.bounded(self.membership, self.look, columns=unknown) if unknown else known

    def more(self, column: int, after: str, limit: int = FIRST, room: int = MOST) -> list[ColumnShown]:
        """What follows in one column, in a page that has room for so many cards more."""
        stages = [column] if column != INBOX else []
        found = read(
            self.membership,
            self.look,
            funnel=self.plan.pk,
            stages=stages,
            inbox=column == INBOX,
            after=after,
            limit=limit,
        )
        [shown] = self.shown(found)
        if shown.more and len(shown.cards) >= room:
            return [replace(shown, more="", is_full=True)]
        return [shown]

    def listed(self, after: str = "") -> Listed:
        """All columns in one order, a page after a key: each column gives as many, and the first of all are shown. Keys
        of one order are compared across columns. BadKey where it is none."""
        found = read(
            self.membership,
            self.look,
            funnel=self.plan.pk,
            stages=self.plan.stage_ids,
            after=after,
            limit=LISTED,
        )
        rows = sorted((row for column in found.values() for row in column.rows), key=self.look.order.key)
        page = self.cards_of(rows[:LISTED])
        is_all = len(rows) <= LISTED and not any(column.has_more for column in found.values())
        return Listed([(card, *self._head(card.column)) for card in page], "" if is_all else page[-1].key)

    def has(self, column: int) -> bool:
        return column == INBOX or self.plan.stage(column) is not None

    def _order(self, found: dict[int, Column]) -> list[int]:
        return [pk for pk in (INBOX, *self.plan.stage_ids) if pk in found]

    def _head(self, pk: int) -> tuple[str, str, bool]:
        stage = self.plan.stage(pk)
        return (stage.name, stage.colour, stage.is_leaving) if stage else (_("Inbox"), "", False)

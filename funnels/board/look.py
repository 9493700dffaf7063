"""What a person looks at on a board: order and filters. All of it stands in the address: a link shows the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import DateTimeField, Exists, Func, OuterRef, Q, QuerySet, Value
from django.http import QueryDict

from crm.cleanness import whole_number
from directory import naming, search
from directory.choices import NOBODY
from directory.filtering.narrowing import UNSET, Narrowing
from directory.listing import paths
from directory.listing.wanted import READABLE
from directory.models import Lead, LeadTag, Outcome, Placement, Status
from directory.models.lead import Fold
from directory.selection import ACTIVE, ARCHIVED
from funnels.board.orders import AGE, LAST, ORDERS, Order
from workspaces.models import Membership

NO_LEAD = -1
MOST_NAMED = 1_000  # leads that a search by name considers
SHORT = 3  # letters under which a search is of a name's beginning
LONGEST = 80
ANY_OUTCOME = "any"


class DaysAgo(Func):
    """So many days before now, by the database's clock."""

    template = "(now() - make_interval(days => %(expressions)s))"
    output_field = DateTimeField()


@dataclass(frozen=True)
class Look:
    """`assignees` are ids of memberships (NOBODY: unassigned); `outcome` is "" (open), won, lost or any. `more` is in
    the language of filters, asked by the `reader`, who is known where it is set."""

    sort: str = LAST
    assignees: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    channels: tuple[int, ...] = ()
    outcome: str = Outcome.OPEN
    archived: bool = False
    stale: bool = False  # longer in their stage than it allows; then the longest comes first
    words: str = ""
    more: Narrowing = UNSET
    as_list: bool = False  # one table instead of columns
    blind: Membership | None = field(default=None, compare=False, repr=False)  # who may not see phone numbers
    reader: Membership | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, query: QueryDict, membership: Membership) -> "Look":
        """What the address says; what means nothing is left out."""
        sort, outcome = query.get("sort", LAST), query.get("outcome", Outcome.OPEN)
        stale, more = query.get("stale") == "1", Narrowing.of(query)
        return cls(
            sort=AGE if stale else sort if sort in ORDERS else LAST,
            assignees=_ids(query.getlist("assignee")),
            tags=_ids(query.getlist("tag")),
            statuses=tuple(dict.fromkeys(one for one in query.getlist("status") if one in Status.values)),
            channels=_ids(query.getlist("channel")),
            outcome=outcome if outcome in (Outcome.WON, Outcome.LOST, ANY_OUTCOME) else Outcome.OPEN,
            archived=query.get("archived") == "1",
            stale=stale,
            words=query.get("q", "").strip()[:LONGEST],
            more=more,
            as_list=query.get("view") == "list",
            blind=None if naming.sees_phones(membership) else membership,
            reader=membership if more.is_set else None,
        )

    @cached_property
    def pairs(self) -> list[tuple[str, Any]]:
        """Names and values for an address, without what is so anyway."""
        pairs: list[tuple[str, Any]] = [("sort", self.sort)] if self.sort != LAST else []
        pairs += [("assignee", pk) for pk in self.assignees] + [("tag", pk) for pk in self.tags]
        pairs += [("status", one) for one in self.statuses] + [("channel", pk) for pk in self.channels]
        pairs += [("outcome", self.outcome)] if self.outcome else []
        pairs += [("archived", "1")] if self.archived else []
        pairs += [("stale", "1")] if self.stale else []
        pairs += [("q", self.words)] if self.words else []
        pairs += [("view", "list")] if self.as_list else []
        return [*pairs, *self.more.pairs]

    @cached_property
    def query(self) -> str:
        """ "" or "sort=manual&tag=3"."""
        return urlencode(self.pairs, safe=READABLE)

    def but(self, **changes: Any) -> str:
        """The query of a look that differs in this."""
        return replace(self, **changes).query

    def toggled(self, field: str, value: Any) -> str:
        """The query with one value more, or less, in a field of several."""
        values: tuple[Any, ...] = getattr(self, field)
        return self.but(
            **{field: tuple(v for v in values if v != value) if value in values else (*values, value)}
        )

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def is_of_work(self) -> bool:
        """Of what is open and not archived: what the board's indexes hold."""
        return not self.archived and self.outcome == Outcome.OPEN

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return replace(self, sort=LAST, as_list=False) != Look()

    @property
    def cleared(self) -> str:
        """The query without any filter."""
        return Look(sort=self.sort, as_list=self.as_list).query

    @property
    def unfiltered(self) -> str:
        """The query without what is said in the language of filters."""
        return self.but(more=UNSET, reader=None)

    @property
    def turned_stale(self) -> str:
        """The query with only the stale, or with all again."""
        return self.but(stale=not self.stale, sort=LAST)

    @property
    def is_counted_by_tallies(self) -> bool:
        """They know stage, assignee, status, outcome and archive, and nothing else."""
        return not (self.tags or self.channels or self.stale or self.words or self.more.is_set)

    @property
    def is_read_first(self) -> bool:
        """Whether what is looked for is read before the board is, or is another at another time, and depends on more
        than what the look says: then no statement of it is remembered."""
        return bool(self.words) or self.more.is_set

    def narrow(self, rows: "QuerySet[Placement]", *, are_named: bool = False) -> "QuerySet[Placement]":
        """The placements that are looked at. A search by name finds its leads first, one query of few rows, and so does
        a filter that an index answers, unless the rows `are_named` already."""
        rows = rows.filter(is_archived=self.archived)
        if self.outcome != ANY_OUTCOME:
            rows = rows.filter(outcome=self.outcome)
        if self.assignees:
            named = [pk for pk in self.assignees if pk != NOBODY]
            nobody = Q(assignee_id=None) if NOBODY in self.assignees else Q()
            rows = rows.filter(Q(assignee_id__in=named) | nobody if named else nobody)
        if self.statuses:
            rows = rows.filter(status__in=self.statuses)
        if self.channels:
            rows = rows.filter(channel_id__in=self.channels)
        if self.tags:
            rows = rows.filter(
                Exists(LeadTag.objects.filter(lead_id=OuterRef("lead_id"), tag_id__in=self.tags))
            )
        if self.stale:
            limit = DaysAgo("stage__stale_days")
            rows = rows.filter(stage__stale_days__isnull=False, stage_since__lt=limit)
        if self.words:
            rows = rows.filter(lead_id__in=self.named or [NO_LEAD])
        if self.reader is not None:
            few = None if are_named else self.filtered
            rows = rows.filter(self.more.condition(self.reader) if few is None else Q(lead_id__any=few))
        return rows

    @cached_property
    def filtered(self) -> list[int] | None:
        """Ids of those that the filter means, where they are few; none where it means nothing."""
        if self.reader is None:
            return None
        if self.more.refused:
            return []
        return paths.named(self.more.filter, self.reader, ARCHIVED if self.archived else ACTIVE)

    @cached_property
    def named(self) -> list[int]:
        """Ids of leads whose name has the words, or begins with them if they are short."""
        if self.blind is not None and any(map(str.isdigit, self.words)):
            return search.named_in_sight(self.words, self.blind, MOST_NAMED)
        way = "contains" if len(self.words) >= SHORT else "startswith"
        found = Lead.objects.filter(**{f"name_key__{way}": Fold(Value(self.words))})
        return list(found.order_by().values_list("pk", flat=True)[:MOST_NAMED])


def _ids(values: Iterable[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(pk for value in values if (pk := whole_number(value)) is not None))

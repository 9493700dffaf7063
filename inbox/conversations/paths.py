"""By which indexes a list of conversations is read, so that no filter looks through all there are.

1. Few rows that no index holds in order (a rare tag, those who wait) are gathered and sorted: at most FEW, since as
   many are passed over in an order until a page of what is less rare is full.
2. A filter of people, of statuses, of stages or of channels has an index of its own in the order of time: it is walked
   for each value, and what a person may see and the other filters ask is in it.
3. What the language of filters says (`more`) is gathered by its own indexes, too, where it leaves few.
4. What is left is walked by the ways in which a person sees (`directory.visibility.ways_to_see`), filters in the index.
"""

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from crm.ui.ways import Way, compiled
from directory.choices import NOBODY
from directory.models import LeadTag, Placement, Status
from directory.visibility import may_see, ways_to_see
from inbox.conversations import unread
from inbox.conversations.filters import INBOX, Filters
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

FEW = 5_000


@dataclass(frozen=True)
class Known:
    """What decides by which way, beside what is wanted. `people` as in `Filters.people`; `channels` are the
    workspace's; `few` of what is asked for: its tag, its waiting, what `more` says, which is the condition of that."""

    people: tuple[int, ...] | None = None
    channels: tuple[int, ...] = ()
    few: str = ""
    more: Q | None = None


TAGGED, WAITING, NAMED = "tagged", "waiting", "named"


def kept(tab: Tab) -> Q:
    """With a conversation: the column of its channel is in the indexes, that of its last message is not."""
    return Q(is_archived=tab == Tab.ARCHIVED, channel_id__isnull=False)


def in_tab(membership: Membership, tab: Tab) -> Q:
    """The condition on placements."""
    if tab == Tab.MINE:
        return kept(tab) & Q(assignee_id=membership.pk)
    if tab == Tab.UNASSIGNED:
        return kept(tab) & Q(assignee_id=None)
    if tab == Tab.STARRED:
        return kept(tab) & Q(is_starred=True)
    if tab == Tab.UNREAD:
        return kept(tab) & unread.condition(membership)
    return kept(tab)


def few(membership: Membership, wanted: Wanted, people: tuple[int, ...] | None) -> str:
    """Which of the filters that have no order of their own leaves FEW rows at most. One query, none without them."""
    filters = wanted.filters
    counted = {}
    if filters.tags:
        counted[TAGGED] = LeadTag.objects.filter(tag_id__in=filters.tags).values_list("lead_id")
    if filters.needs_reply and wanted.order == Order.RECENT and wanted.tab not in (Tab.UNREAD, Tab.STARRED):
        waiting = kept(wanted.tab) & filters.without("tags").condition(people) & may_see(membership)
        if wanted.tab in (Tab.MINE, Tab.UNASSIGNED):
            waiting &= in_tab(membership, wanted.tab)
        counted[WAITING] = Placement.objects.filter(waiting).values_list("lead_id")
    parts, params = [], []
    for rows in counted.values():
        try:
            sql, values = compiled(rows.order_by()[: FEW + 1])
        except EmptyResultSet:
            return next(iter(counted))
        parts.append(f"(SELECT count(*) FROM ({sql}) AS few)")  # noqa: S608 (compiled by Django)
        params += values
    if not parts:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        counts = dict(zip(counted, cursor.fetchone(), strict=True))
    fewest = min(counts, key=lambda name: int(counts[name]))
    return fewest if counts[fewest] <= FEW else ""


def ways(membership: Membership, wanted: Wanted, known: Known) -> list[Way]:
    """What the person sees of what is wanted, each part by an index in that order.

    Of the starred and of those whose window is open there are few, in indexes of their own.
    """
    tab, filters = wanted.tab, wanted.filters
    narrowed = filters.condition(known.people)
    if known.few == TAGGED:
        having = LeadTag.objects.filter(tag_id__in=filters.tags).values("lead_id")
        narrowed = filters.without("tags").condition(known.people) & Q(pk__in=having)
    if known.more is not None:
        narrowed &= known.more
    if known.few:
        return [Way(may_see(membership) & in_tab(membership, tab) & narrowed, is_gathered=True)]
    if tab == Tab.MINE:
        return [Way(Q(assignee_id=membership.pk) & narrowed)]
    named = tuple(one for one in known.people or () if one != NOBODY)
    if wanted.order != Order.RECENT or tab == Tab.STARRED:
        seen = may_see(membership) & in_tab(membership, tab) & narrowed
        by_person = wanted.order == Order.WAITING and tab != Tab.ARCHIVED and named == known.people
        return [Way(seen, each=("assignee_id", named) if by_person else None)]
    if tab == Tab.UNREAD:
        return [Way(way.condition & narrowed, way.nulls) for way in unread.ways(membership)]
    if narrowed:
        found = _by_filter(membership, filters, known, named)
        if found:
            rest = may_see(membership) & in_tab(membership, tab) & narrowed
            return [Way(way.condition & rest, way.nulls, each=way.each) for way in found]
    return [Way(way.condition & narrowed, way.nulls) for way in _by_sight(membership, tab)]


def _by_filter(membership: Membership, filters: Filters, known: Known, named: tuple[int, ...]) -> list[Way]:
    """The sharpest first. None for a seller where a filter leaves more than they see by their grants."""
    if named:
        nobody = [Way(Q(assignee_id=None), nulls=("assignee_id",))] if NOBODY in (known.people or ()) else []
        return [Way(Q(), each=("assignee_id", named)), *nobody]
    if known.people == ():
        return [Way(Q(pk__in=[]))]
    channels = filters.channels or known.channels
    if filters.statuses and Status.NEUTRAL not in filters.statuses:
        return _by_kind(filters.statuses, channels)
    if membership.is_seller:
        return []
    if filters.stages:
        inbox = [Way(Q(stage_id=None), nulls=("stage_id",))] if INBOX in filters.stages else []
        stages = tuple(one for one in filters.stages if one != INBOX)
        return [*([Way(Q(), each=("stage_id", stages))] if stages else []), *inbox]
    if filters.channels or filters.statuses:
        return _by_kind(filters.statuses or tuple(Status.values), channels)
    return [Way(Q(assignee_id=None), nulls=("assignee_id",))] if known.people else []


def _by_kind(statuses: tuple[str, ...], channels: tuple[int, ...]) -> list[Way]:
    return [Way(Q(status=status), each=("channel_id", channels)) for status in statuses]


def _by_sight(membership: Membership, tab: Tab) -> list[Way]:
    seen = ways_to_see(membership)
    if tab != Tab.UNASSIGNED:
        return [Way(way) for way in seen]
    if not membership.is_seller:
        return [Way(Q(assignee_id=None), nulls=("assignee_id",))]
    return [Way(way & Q(assignee_id=None)) for way in seen[1:]] or [Way(Q(pk__in=[]))]

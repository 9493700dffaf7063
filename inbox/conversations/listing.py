"""Pages of the list: placements that have a conversation, by tab, order and words, of what a person may see."""

from collections.abc import Hashable, Iterable, Mapping

from django.db.models import Q
from django.utils import timezone

from crm.prepared import Statement
from crm.tenancy import current_workspace
from crm.ui import keyset
from crm.ui.keyset import Page, Way
from directory import search
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from directory.visibility import SEE_ALL, WORK_FUNNEL, WRITE_CHANNEL, may_see, stages_granted, ways_to_see
from inbox.conversations import unread
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

PAGE = 30
MOST_FOUND = 60  # by words: whoever wants more says more
MOST_AT_ONCE = 200  # rows that are asked for again by their ids
KEYS = {Order.RECENT: "last_activity_at", Order.WAITING: "waiting_since", Order.WINDOW: "window_ends_at"}
MOST_REMEMBERED = 1_024
_SHOWN = (
    *(column.attname for column in Placement._meta.concrete_fields),
    "lead__name",
    "assignee__user__name",
    "assignee__user__avatar",
)
_remembered: dict[Hashable, Statement[Placement]] = {}


def page(membership: Membership, wanted: Wanted, parameters: Mapping[str, str]) -> Page[Placement]:
    """One page, with leads and assignees. What cannot be sorted by (nobody waits, no window) is not in that order.

    Words look everywhere: in archived conversations, too, and for leads nobody has written with.
    """
    if wanted.words:
        return Page(search.find(membership, wanted.words, MOST_FOUND), next="", previous="")
    tab, order = wanted.tab, wanted.order
    by_arrival = tab == Tab.UNREAD and order == Order.RECENT
    key = "last_inbound_id" if by_arrival else KEYS[order]
    if order != Order.WINDOW and not (parameters.get("after") or parameters.get("before")):
        return keyset.first_page(_first(membership, tab, order, key), key, limit=PAGE)
    return keyset.page_of_request(
        _rows(tab, order),
        key,
        parameters,
        limit=PAGE,
        ascending=order != Order.RECENT,
        ways=_ways(membership, tab, order),
    )


def _first(membership: Membership, tab: Tab, order: Order, key: str) -> list[Placement]:
    """The rows of the first page. Describing and compiling it takes longer than asking, and it is opened again often
    as it was: the statement is remembered by all that it depends on."""
    asked = (current_workspace(), tab, order, _sight(membership, tab))
    statement = _remembered.get(asked)
    if statement is None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        ways = _ways(membership, tab, order)
        ascending = order != Order.RECENT
        query = keyset.first(_rows(tab, order), key, limit=PAGE, ascending=ascending, ways=ways)
        statement = _remembered[asked] = Statement.of(query)
    return statement.rows()


def _sight(membership: Membership, tab: Tab) -> Hashable:
    """What decides what the person sees."""
    if tab == Tab.MINE or not membership.is_seller:
        return (membership.pk, membership.is_seller, membership.joined_at)
    grants, stages = membership.grants, tuple(stages_granted(membership))
    granted = (grants.ids(SEE_ALL), grants.ids(WORK_FUNNEL), grants.ids(WRITE_CHANNEL))
    return (membership.pk, membership.sees_unassigned, membership.joined_at, granted, stages)


def _rows(tab: Tab, order: Order) -> PlacementQuerySet:
    """With of lead and assignee what a row shows."""
    rows = _sortable(Placement.objects.filter(_kept(tab)), order)
    return rows.select_related("lead", "assignee__user").only(*_SHOWN)


def count(membership: Membership, tab: Tab, most: int) -> int:
    """How many are in the tab, no further than `most`. One query; one more for a seller with funnels."""
    by = "last_inbound_id" if tab == Tab.UNREAD else "last_activity_at"
    rows = Placement.objects.filter(_kept(tab))
    found = keyset.cut(rows, _ways(membership, tab, Order.RECENT), (f"-{by}", "-pk"), most)
    return len(found.values_list("pk")[:most])


def again(membership: Membership, wanted: Wanted, ids: Iterable[int]) -> list[Placement]:
    """Of these, the ones that are still in the list as it is asked for, in its order."""
    asked = sorted(set(ids))[:MOST_AT_ONCE]
    if wanted.words:
        return search.find(membership, wanted.words, MOST_FOUND, within=Q(pk__in=asked))
    key = KEYS[wanted.order]
    order = ("-last_activity_at", "-pk") if wanted.order == Order.RECENT else (key, "pk")
    rows = _listed(membership, wanted).filter(pk__in=asked)
    return list(rows.select_related("lead", "assignee__user").order_by(*order))


def _listed(membership: Membership, wanted: Wanted) -> PlacementQuerySet:
    visible = Placement.objects.visible_to(membership)
    return _sortable(visible.filter(in_tab(membership, wanted.tab)), wanted.order)


def in_tab(membership: Membership, tab: Tab) -> Q:
    """The condition on placements."""
    if tab == Tab.MINE:
        return _kept(tab) & Q(assignee_id=membership.pk)
    if tab == Tab.UNASSIGNED:
        return _kept(tab) & Q(assignee_id=None)
    if tab == Tab.STARRED:
        return _kept(tab) & Q(is_starred=True)
    if tab == Tab.UNREAD:
        return _kept(tab) & unread.condition(membership)
    return _kept(tab)


def _kept(tab: Tab) -> Q:
    """With a conversation: the column of its channel is in the indexes, that of its last message is not."""
    return Q(is_archived=tab == Tab.ARCHIVED, channel_id__isnull=False)


def _ways(membership: Membership, tab: Tab, order: Order) -> list[Way]:
    """What the person sees of a tab, each part by an index in that order.

    Of the starred, of those who wait and whose window is open there are few, in indexes of their own.
    """
    if tab == Tab.MINE:
        return [Way(Q(assignee_id=membership.pk))]
    if order != Order.RECENT or tab == Tab.STARRED:
        return [Way(may_see(membership) & in_tab(membership, tab))]
    if tab == Tab.UNREAD:
        return unread.ways(membership)
    ways = ways_to_see(membership)
    if tab != Tab.UNASSIGNED:
        return [Way(way) for way in ways]
    if not membership.is_seller:
        return [Way(Q(assignee_id=None), nulls=("assignee_id",))]
    return [Way(way & Q(assignee_id=None)) for way in ways[1:]] or [Way(Q(pk__in=[]))]


def _sortable(rows: PlacementQuerySet, order: Order) -> PlacementQuerySet:
    if order == Order.WAITING:
        return rows.filter(waiting_since__isnull=False)
    if order == Order.WINDOW:
        return rows.filter(window_ends_at__gt=timezone.now())
    return rows

"""Pages of the list: placements that have a conversation, by tab, order and words, of what a person may see."""

from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.utils import timezone

from crm.ui import keyset
from crm.ui.keyset import Page
from directory import search
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from inbox.conversations import unread
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

PAGE = 30
MOST_FOUND = 60  # by words: whoever wants more says more
MOST_AT_ONCE = 200  # rows that are asked for again by their ids
KEYS = {Order.RECENT: "last_activity_at", Order.WAITING: "waiting_since", Order.WINDOW: "window_ends_at"}


def page(membership: Membership, wanted: Wanted, parameters: Mapping[str, str]) -> Page[Placement]:
    """One page, with leads and assignees. What cannot be sorted by (nobody waits, no window) is not in that order.

    Words look everywhere: in archived conversations, too, and for leads nobody has written with.
    """
    if wanted.words:
        return Page(search.find(membership, wanted.words, MOST_FOUND), next="", previous="")
    ascending = wanted.order != Order.RECENT
    rows = _listed(membership, wanted).select_related("lead", "assignee__user")
    return keyset.page_of_request(rows, KEYS[wanted.order], parameters, limit=PAGE, ascending=ascending)


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
    if tab == Tab.ARCHIVED:
        return Q(is_archived=True, last_message_id__isnull=False)
    listed = Q(is_archived=False, last_message_id__isnull=False)
    if tab == Tab.MINE:
        return listed & Q(assignee_id=membership.pk)
    if tab == Tab.UNASSIGNED:
        return listed & Q(assignee_id=None)
    if tab == Tab.STARRED:
        return listed & Q(is_starred=True)
    if tab == Tab.UNREAD:
        return listed & unread.condition(membership)
    return listed


def _sortable(rows: PlacementQuerySet, order: Order) -> PlacementQuerySet:
    if order == Order.WAITING:
        return rows.filter(waiting_since__isnull=False)
    if order == Order.WINDOW:
        return rows.filter(window_ends_at__gt=timezone.now())
    return rows

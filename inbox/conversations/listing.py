"""Pages of the list: placements that have a conversation, by tab, order, filters and words, as far as one sees them."""

from collections.abc import Hashable, Iterable, Mapping

from django.db.models import Q
from django.utils import timezone

from crm.prepared import Statement
from crm.tenancy import current_workspace
from crm.ui import keyset
from crm.ui.keyset import Page
from crm.ui.ways import cut
from directory import search
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from directory.visibility import SEE_ALL, WORK_FUNNEL, WRITE_CHANNEL, stages_granted
from inbox.cards import marks_for
from inbox.conversations import names, paths
from inbox.conversations.paths import Known, in_tab, kept
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

PAGE = 20
MOST_FOUND = 30  # by words: whoever wants more says more
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
    known = known_of(membership, wanted)
    if wanted.words:
        within = wanted.filters.condition(known.people)
        found = search.find(membership, wanted.words, MOST_FOUND, within=within)
        return Page(found, next="", previous="")
    tab, order = wanted.tab, wanted.order
    by_arrival = tab == Tab.UNREAD and order == Order.RECENT
    key = "last_inbound_id" if by_arrival else KEYS[order]
    if order != Order.WINDOW and not (parameters.get("after") or parameters.get("before")):
        return keyset.first_page(_first(membership, wanted, known, key), key, limit=PAGE)
    return keyset.page_of_request(
        _rows(tab, order),
        key,
        parameters,
        limit=PAGE,
        ascending=order != Order.RECENT,
        ways=paths.ways(membership, wanted, known),
    )


def known_of(membership: Membership, wanted: Wanted) -> Known:
    """Without filters nothing is asked. The names of what they hold are, and how many have its tags or wait."""
    filters = wanted.filters
    if not filters.is_set:
        return Known()
    people = filters.people(names.of(membership, filters).people if filters.teams else ())
    channels = tuple(marks_for(membership)) if filters.statuses and not filters.channels else ()
    return Known(people, channels, "" if wanted.words else paths.few(membership, wanted, people))


def _first(membership: Membership, wanted: Wanted, known: Known, key: str) -> list[Placement]:
    """The rows of the first page. Describing and compiling it takes longer than asking, and it is opened again often
    as it was: the statement is remembered by all that it depends on."""
    tab, order = wanted.tab, wanted.order
    asked = (current_workspace(), tab, order, wanted.filters, known, _sight(membership, tab))
    statement = _remembered.get(asked)
    if statement is None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        ways = paths.ways(membership, wanted, known)
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
    rows = _sortable(Placement.objects.filter(kept(tab)), order)
    return rows.select_related("lead", "assignee__user").only(*_SHOWN)


def count(membership: Membership, tab: Tab, most: int) -> int:
    """How many are in the tab, no further than `most`. One query; one more for a seller with funnels."""
    by = "last_inbound_id" if tab == Tab.UNREAD else "last_activity_at"
    wanted = Wanted(tab, Order.RECENT, "", tab)
    found = cut(
        Placement.objects.filter(kept(tab)),
        paths.ways(membership, wanted, Known()),
        (f"-{by}", "-pk"),
        most,
    )
    return len(found.values_list("pk")[:most])


def again(membership: Membership, wanted: Wanted, ids: Iterable[int]) -> list[Placement]:
    """Of these, the ones that are still in the list as it is asked for, in its order."""
    asked = sorted(set(ids))[:MOST_AT_ONCE]
    filters = wanted.filters
    people = filters.people(names.of(membership, filters).people if filters.teams else ())
    narrowed = Q(pk__in=asked) & filters.condition(people)
    if wanted.words:
        return search.find(membership, wanted.words, MOST_FOUND, within=narrowed)
    key = KEYS[wanted.order]
    order = ("-last_activity_at", "-pk") if wanted.order == Order.RECENT else (key, "pk")
    visible = Placement.objects.visible_to(membership)
    rows = _sortable(visible.filter(in_tab(membership, wanted.tab), narrowed), wanted.order)
    return list(rows.select_related("lead", "assignee__user").order_by(*order))


def _sortable(rows: PlacementQuerySet, order: Order) -> PlacementQuerySet:
    if order == Order.WAITING:
        return rows.filter(waiting_since__isnull=False)
    if order == Order.WINDOW:
        return rows.filter(window_ends_at__gt=timezone.now())
    return rows

"""Pages of the list: placements that have a conversation, by tab, order, filters and words, as far as one sees them."""

from collections.abc import Hashable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from crm.prepared import Remembered, Statement
from crm.ui import keyset
from crm.ui.keyset import Page
from crm.ui.ways import cut, walking_in_order
from directory import search
from directory.listing import paths as narrowing
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from directory.selection import ACTIVE, ARCHIVED
from directory.visibility import sight
from inbox.cards import marks_for
from inbox.conversations import names, paths
from inbox.conversations.paths import Known, in_tab, kept
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

PAGE = 20
MOST_FOUND = 30  # by words: whoever wants more says more
MOST_AT_ONCE = 200  # rows that are asked for again by their ids
KEYS = {Order.RECENT: "last_activity_at", Order.WAITING: "waiting_since", Order.WINDOW: "window_ends_at"}
_SHOWN = (*(column.attname for column in Placement._meta.concrete_fields), "lead__name")
_FOUND = (*_SHOWN, "assignee__user__name")  # a search reads assignees, too
_IDS = [-1, -2]  # no leads: they stand for those asked for
_pages: Remembered[Statement[Placement]] = Remembered()
_again: Remembered[Statement[Placement]] = Remembered()


def page(membership: Membership, wanted: Wanted, parameters: Mapping[str, str]) -> Page[Placement]:
    """One page, with leads. What cannot be sorted by (nobody waits, no window) is not in that order.

    Words look everywhere: in archived conversations, too, and for leads nobody has written with.
    """
    known = known_of(membership, wanted)
    if wanted.words:
        within = wanted.filters.condition(known.people)
        if known.more is not None:
            within &= known.more
        lasts = not wanted.filters.more.is_set
        found = search.find(membership, wanted.words, MOST_FOUND, within=within, is_kept=lasts, only=_FOUND)
        return Page(found, next="", previous="", is_full=len(found) >= MOST_FOUND)
    tab, order = wanted.tab, wanted.order
    by_arrival = tab == Tab.UNREAD and order == Order.RECENT
    key = "last_inbound_id" if by_arrival else KEYS[order]
    # How much of a walk a person has read PostgreSQL cannot know.
    with walking_in_order() if by_arrival and not known.rarity.few else nullcontext():
        if not (parameters.get("after") or parameters.get("before")):
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
    """Without filters nothing is asked. The names of what they hold are, and how many have its tags, wait, or are what
    the language of filters says."""
    filters = wanted.filters
    if not filters.is_set:
        return Known()
    people = filters.people(names.of(membership, filters).people if filters.teams else ())
    channels = tuple(marks_for(membership)) if filters.statuses and not filters.channels else ()
    if wanted.words:
        more = filters.more.condition(membership) if filters.more.is_set else None
        return Known(people, channels, more=more)
    rarity = paths.rarity(membership, wanted, people)
    if not filters.more.is_set:
        return Known(people, channels, rarity)
    more, are_few = _more(membership, wanted)
    if are_few and not rarity.few:
        rarity = replace(rarity, few=paths.NAMED)
    return Known(people, channels, rarity, more)


def _more(membership: Membership, wanted: Wanted) -> tuple[Q, bool]:
    """What the language of filters says, and whether it leaves few."""
    more = wanted.filters.more
    if more.refused:
        return more.condition(membership), True
    ids = narrowing.named(more.filter, membership, ARCHIVED if wanted.tab == Tab.ARCHIVED else ACTIVE)
    return (more.condition(membership), False) if ids is None else (Q(pk__any=ids), True)


def _first(membership: Membership, wanted: Wanted, known: Known, key: str) -> list[Placement]:
    """The rows of the first page. Describing and compiling it takes longer than asking, and it is opened again often
    as it was: the statement is remembered by all that it depends on. What the language of filters says may depend on
    the moment, and on more than is known here."""
    tab, order = wanted.tab, wanted.order

    def asked() -> QuerySet[Placement]:
        ways = paths.ways(membership, wanted, known)
        return keyset.first(_rows(tab, order), key, limit=PAGE, ascending=order != Order.RECENT, ways=ways)

    if wanted.filters.more.is_set:
        return list(asked())
    what = (tab, order, wanted.filters, known, _sight(membership, tab))
    return _pages.get(what, lambda: Statement.whole(asked())).rows()


def _sight(membership: Membership, tab: Tab) -> Hashable:
    """What decides what the person sees of the tab. One's own one always sees."""
    return (membership.pk, membership.joined_at) if tab == Tab.MINE else sight(membership)


def _rows(tab: Tab, order: Order) -> PlacementQuerySet:
    """With of their leads what a row shows; whose they are its glance says."""
    rows = _sortable(Placement.objects.filter(kept(tab)), order)
    return rows.select_related("lead").only(*_SHOWN)


def counted(membership: Membership, tab: Tab, most: int) -> QuerySet[Placement, tuple[int]]:
    """Ids of those that are in the tab, `most` of them at most, to be counted."""
    by = "last_inbound_id" if tab == Tab.UNREAD else "last_activity_at"
    wanted = Wanted(tab, Order.RECENT, "", tab)
    found = cut(
        Placement.objects.filter(kept(tab)),
        paths.ways(membership, wanted, Known()),
        (f"-{by}", "-pk"),
        most,
    )
    return found.values_list("pk")[:most]


def again(membership: Membership, wanted: Wanted, ids: Iterable[int]) -> list[Placement]:
    """Of these, the ones that are still in the list as it is asked for, in its order."""
    asked = sorted(set(ids))[:MOST_AT_ONCE]
    filters, tab = wanted.filters, wanted.tab
    people = filters.people(names.of(membership, filters).people if filters.teams else ())
    narrowed = filters.condition(people)
    if filters.more.is_set:
        narrowed &= filters.more.condition(membership)
    if wanted.words:
        within, lasts = Q(pk__in=asked) & narrowed, not filters.more.is_set
        return search.find(membership, wanted.words, MOST_FOUND, within=within, is_kept=lasts, only=_FOUND)

    def make() -> Statement[Placement]:
        key = KEYS[wanted.order]
        order = ("-last_activity_at", "-pk") if wanted.order == Order.RECENT else (key, "pk")
        seen = Placement.objects.visible_to(membership).filter(pk__any=_IDS)
        rows = _sortable(seen.filter(in_tab(membership, tab), narrowed), wanted.order)
        return Statement.of(rows.select_related("lead").only(*_SHOWN).order_by(*order), ids=_IDS)

    if filters.more.is_set:
        return make().rows(ids=asked)  # it may hold the moment it was made at
    return _again.get((tab, wanted.order, filters, people, _sight(membership, tab)), make).rows(ids=asked)


def _sortable(rows: PlacementQuerySet, order: Order) -> PlacementQuerySet:
    if order == Order.WAITING:
        return rows.filter(waiting_since__isnull=False)
    if order == Order.WINDOW:
        return rows.filter(
            window_ends_at__gt=Now()
        )  # the database's, so that the statement can be remembered
    return rows

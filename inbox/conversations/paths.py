"""By which indexes a list of conversations is read, so that no filter looks through all there are.

1. Few rows that no index holds in order (a rare tag, those who wait) are gathered and sorted: at most FEW, since as
   many are passed over in an order until a page of what is less rare is full. Of what is less rare each lead that is
   passed is asked for its tag; where much is passed that was read, up to HELD that have it are read once and held.
2. What a person sees is cut with the filters of whose, stage and channel (`sights`). Each part that is left has an
   index in the order of time, and all are merged; what the other filters ask is in it.
3. A status, or a channel that somebody sees whole, is sharper than that: it is walked for each value.
4. What the language of filters says (`more`) is gathered by its own indexes, too, where it leaves few.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When

from crm.prepared import Lately
from crm.ui.ways import Way, compiled
from directory.choices import NOBODY
from directory.filtering.narrowing import UNSET
from directory.models import LeadTag, Placement, Status
from directory.visibility import clearance, may_see
from inbox.conversations import sights, unread
from inbox.conversations.filters import INBOX, Filters
from inbox.conversations.sights import Seen
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

FEW = 5_000
HELD = 30_000
MOST_HELD = 200_000  # more than there can be by then of what lately was no more than HELD
FEW_PEOPLE = 3
ALL = Q()
TAGGED, WAITING, PLACED, NAMED = "tagged", "waiting", "placed", "named"


@dataclass(frozen=True)
class Rarity:
    """`few` of what is asked for leaves few rows: its tag, its waiting, its place (stage, channel), what `more` says.
    `is_held`: those that have its tag are held."""

    few: str = ""
    is_held: bool = False


COMMON = Rarity()
_known: Lately[int] = Lately(60)  # how many there are is asked again after a minute


@dataclass(frozen=True)
class Known:
    """What decides by which way, beside what is wanted. `people` as in `Filters.people`; `channels` are the
    workspace's; `more` is the condition of what the language of filters says."""

    people: tuple[int, ...] | None = None
    channels: tuple[int, ...] = ()
    rarity: Rarity = COMMON
    more: Q | None = None


def kept(tab: Tab) -> Q:
    """With a conversation: the column of its channel is in the indexes, that of its last message is not."""
    return Q(is_archived=tab == Tab.ARCHIVED, channel_id__isnull=False)


def in_tab(membership: Membership, tab: Tab) -> Q:
    """The condition on placements."""
    return kept(tab) & _in_tab(membership, tab)


def rarity(membership: Membership, wanted: Wanted, people: tuple[int, ...] | None) -> Rarity:
    """Of the filters that have no order of their own. One query at most, none where it was asked lately."""
    amounts = _amounts(membership, wanted, people)
    found = _counted(amounts)
    few = [name for name, amount in amounts.items() if found[name] <= min(amount.most, FEW)]
    is_held = TAGGED in found and FEW < found[TAGGED] <= amounts[TAGGED].most
    return Rarity(min(few, key=found.__getitem__, default=""), is_held)


def _amounts(membership: Membership, wanted: Wanted, people: tuple[int, ...] | None) -> "dict[str, _Amount]":
    """What may be rare: half of FEW where rows are looked at, and not only an index of ids."""
    filters, found = wanted.filters, {}
    in_time = wanted.order == Order.RECENT
    if filters.tags:
        found[TAGGED] = _Amount(
            (filters.tags,),
            HELD if wanted.tab == Tab.UNREAD and in_time else FEW,
            lambda: LeadTag.objects.filter(tag_id__in=filters.tags).values_list("lead_id"),
        )
    if filters.needs_reply and in_time and wanted.tab not in (Tab.UNREAD, Tab.STARRED):
        beside = _in_tab(membership, wanted.tab) if wanted.tab in (Tab.MINE, Tab.UNASSIGNED) else Q()
        found[WAITING] = _Amount(
            (clearance(membership), wanted.tab, replace(filters, more=UNSET), people),
            FEW // 2,
            lambda: _listed(
                wanted.tab, filters.without("tags").condition(people) & may_see(membership) & beside
            ),
        )
    by_place = not in_time or wanted.tab == Tab.UNREAD
    is_archived = wanted.tab == Tab.ARCHIVED
    if by_place and filters.channels:
        kinds = Q(status__in=filters.statuses or Status.values, channel_id__in=filters.channels)
        found[PLACED] = _Amount(
            (is_archived, filters.statuses, filters.channels), FEW // 2, lambda: _listed(wanted.tab, kinds)
        )
    elif by_place and filters.stages:
        found[PLACED] = _Amount(
            (is_archived, filters.stages),
            FEW // 2,
            lambda: _listed(wanted.tab, sights.among("stage_id", filters.stages, INBOX)),
        )
    return found


@dataclass(frozen=True)
class _Amount:
    """How many `rows` there are, worth counting up to `most`, by what that depends on."""

    of: tuple[Any, ...]
    most: int
    rows: Callable[[], QuerySet[Any, Any]]


def _counted(amounts: dict[str, _Amount]) -> dict[str, int]:
    """Each up to one more than its most."""
    keys = {name: (name, amount.most, *amount.of) for name, amount in amounts.items()}
    found = {name: count for name, key in keys.items() if (count := _known.get(key)) is not None}
    asked = [name for name in amounts if name not in found]
    parts, params = [], []
    for name in asked:
        try:
            sql, values = compiled(amounts[name].rows().order_by()[: amounts[name].most + 1])
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS few)")  # noqa: S608 (compiled by Django)
        params += values
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", params)
            for name, count in zip(asked, map(int, cursor.fetchone()), strict=True):
                _known.keep(keys[name], count)
                found[name] = count
    return found


def _listed(tab: Tab, condition: Q) -> QuerySet[Any, Any]:
    return Placement.objects.filter(kept(tab), condition).values_list("lead_id")


def ways(membership: Membership, wanted: Wanted, known: Known) -> list[Way]:
    """What the person sees of what is wanted, each part by an index in that order.

    Of the starred there are few, in an index of their own.
    """
    tab, filters, people = wanted.tab, wanted.filters, known.people
    seen = sights.wanted(membership, tab, filters, people)
    if not seen:
        return [Way(Q(pk__in=[]))]
    rest = _rest(filters, known)  # what is asked for beside whose it is, stage and channel
    whole = may_see(membership) & filters.places(people) & rest
    if known.rarity.few:
        return [Way(whole & _in_tab(membership, tab), is_gathered=True)]
    if wanted.order != Order.RECENT or tab == Tab.STARRED:
        beside = _in_tab(membership, tab)
        if tab == Tab.STARRED or not all(one.is_somebodys for one in seen):
            return [Way(whole & beside)]
        return [_by_person(one, rest & beside) for one in sights.together(seen)]
    if tab == Tab.UNREAD:
        new = unread.above_floor(membership) & _rest(filters, known, then=unread.above_mark(membership))
        by_hand = unread.put_aside(membership) & whole
        return [*_arrived(seen, new), Way(by_hand, is_gathered=True)]
    if _is_sharp(filters, seen):
        channels = filters.channels or known.channels
        whole &= _in_tab(membership, tab)
        statuses = filters.statuses or tuple(Status.values)
        return [Way(Q(status=status) & whole, each=("channel_id", channels)) for status in statuses]
    return [way for one in seen for way in _in_time(one, rest)]


def _in_tab(membership: Membership, tab: Tab) -> Q:
    """The tab's condition beside what `kept` says: PostgreSQL takes what it is told twice for twice as rare."""
    if tab == Tab.MINE:
        return Q(assignee_id=membership.pk)
    if tab == Tab.UNASSIGNED:
        return Q(assignee_id=None)
    if tab == Tab.STARRED:
        return Q(is_starred=True)
    return unread.condition(membership) if tab == Tab.UNREAD else Q()


def _rest(filters: Filters, known: Known, then: Q = ALL) -> Q:
    """`then` is dearer to tell than a tag: it is asked of those that have it."""
    found = filters.state() if known.more is None else filters.state() & known.more
    if not filters.tags:
        return found & then
    tagged = LeadTag.objects.filter(tag_id__in=filters.tags).order_by().values("lead_id")
    if known.rarity.few == TAGGED:
        return found & Q(pk__in=tagged) & then
    if known.rarity.is_held:
        return found & _so(Q(pk__in=tagged[:MOST_HELD])) & then
    return found & (_so(filters.tagged(), then) if then else filters.tagged())


def _so(condition: Q, then: Q = ALL) -> Q:
    """The same, which PostgreSQL takes as it is said: one of several it holds, where it would join them; and `then` it
    asks of what fulfils the condition alone, where it would begin with what it believes to be cheaper."""
    kept = Case(When(then, then=Value(True)), default=Value(False)) if then else Value(True)
    return Q(Case(When(condition, then=kept), default=Value(False)))


def _is_sharp(filters: Filters, seen: list[Seen]) -> bool:
    """Whether a status, or a channel, leaves less to pass over than whose it is and at which stage."""
    if filters.statuses and Status.NEUTRAL not in filters.statuses:
        named = max(len(one.named) for one in seen)
        return not filters.stages and (len(seen) > 1 or named == 0 or named > FEW_PEOPLE)
    return bool(filters.channels or filters.statuses) and seen == [Seen(channels=filters.channels or None)]


def _in_time(seen: Seen, rest: Q) -> Iterator[Way]:
    """By last activity, of which each person and each stage has an order of its own."""
    if seen.named:
        yield _by_person(seen, rest)
        if seen.is_somebodys:
            return
        seen = replace(seen, people=(NOBODY,))
    if seen.stages is None:
        yield Way(seen.condition & rest, ("assignee_id",) if seen.people else ())
        return
    stages = tuple(one for one in seen.stages if one != INBOX)
    if stages:
        yield Way(replace(seen, stages=None).condition & rest, each=("stage_id", stages))
    if INBOX in seen.stages:
        free = seen.people and len(seen.channels or ()) == 1  # nobody's: an index of their own
        yield Way(replace(seen, stages=(INBOX,)).condition & rest, () if free else ("stage_id",))


def _arrived(seen: list[Seen], new: Q) -> Iterator[Way]:
    """By arrival, of which each person and nobody has an order of its own, and all have one: a single walk wherever it
    is needed, since each would hold for itself what is held."""
    if all(one.people for one in seen):
        yield from (_by_person(one, new) for one in seen if one.named)
        free = [replace(one, people=(NOBODY,)) for one in seen if not one.is_somebodys]
        if free:
            found = reduce(or_, (one.condition for one in sights.together(free)))
            yield Way(Q(assignee_id=None) & found & new, ("assignee_id",))
        return
    yield Way(reduce(or_, (one.condition for one in sights.together(seen))) & new)


def _by_person(seen: Seen, rest: Q) -> Way:
    return Way(seen.where & rest, each=("assignee_id", seen.named))

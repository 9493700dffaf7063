"""By which indexes a list of conversations is read, so that no filter looks through all there are.

1. Few rows that no index holds in order (a rare tag, those who wait) are gathered and sorted: at most FEW, since as
   many are passed over in an order until a page of what is less rare is full. Of what is less rare each lead that is
   passed is asked for its tag; where much is passed that was read, up to HELD that have it are read once and held.
2. What a person sees is cut with the filters of whose, stage and channel (`sights`). Each part that is left has an
   index in the order of time, and all are merged; what the other filters ask is in it.
3. A status, or a channel that somebody sees whole, is sharper than that: it is walked for each value.
4. What the language of filters says (`more`) is gathered by its own indexes, too, where it leaves few.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When

from crm.ui.ways import Way, compiled
from directory.choices import NOBODY
from directory.models import LeadTag, Placement, Status
from directory.visibility import may_see
from inbox.conversations import sights, unread
from inbox.conversations.filters import INBOX, Filters
from inbox.conversations.sights import Seen
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

FEW = 5_000
HELD = 30_000
FEW_PEOPLE = 3
TAGGED, WAITING, PLACED, NAMED = "tagged", "waiting", "placed", "named"


@dataclass(frozen=True)
class Rarity:
    """`few` of what is asked for leaves few rows: its tag, its waiting, its place (stage, channel), what `more` says.
    `is_held`: those that have its tag are held."""

    few: str = ""
    is_held: bool = False


COMMON = Rarity()


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
    """Of the filters that have no order of their own. One query, none without them."""
    counted = _counted(membership, wanted, people)
    parts, params = [], []
    for rows, most in counted.values():
        try:
            sql, values = compiled(rows.order_by()[: most + 1])
        except EmptyResultSet:
            return Rarity(next(iter(counted)))
        parts.append(f"(SELECT count(*) FROM ({sql}) AS few)")  # noqa: S608 (compiled by Django)
        params += values
    if not parts:
        return COMMON
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        counts = dict(zip(counted, map(int, cursor.fetchone()), strict=True))
    few = [name for name, (_rows, most) in counted.items() if counts[name] <= min(most, FEW)]
    is_held = TAGGED in counts and FEW < counts[TAGGED] <= counted[TAGGED][1]
    return Rarity(min(few, key=counts.__getitem__, default=""), is_held)


def _counted(
    membership: Membership, wanted: Wanted, people: tuple[int, ...] | None
) -> dict[str, tuple[QuerySet[Any, Any], int]]:
    """What may be rare, with up to how many are worth counting: half of FEW where rows are looked at, and not only an
    index of ids."""
    filters, found = wanted.filters, {}
    in_time = wanted.order == Order.RECENT
    if filters.tags:
        tagged = LeadTag.objects.filter(tag_id__in=filters.tags).values_list("lead_id")
        found[TAGGED] = (tagged, HELD if wanted.tab == Tab.UNREAD and in_time else FEW)
    listed = Placement.objects.filter(kept(wanted.tab)).values_list("lead_id")
    if filters.needs_reply and in_time and wanted.tab not in (Tab.UNREAD, Tab.STARRED):
        waiting = filters.without("tags").condition(people) & may_see(membership)
        if wanted.tab in (Tab.MINE, Tab.UNASSIGNED):
            waiting &= _in_tab(membership, wanted.tab)
        found[WAITING] = (listed.filter(waiting), FEW // 2)
    by_place = not in_time or wanted.tab == Tab.UNREAD
    if by_place and filters.channels:
        kinds = Q(status__in=filters.statuses or Status.values, channel_id__in=filters.channels)
        found[PLACED] = (listed.filter(kinds), FEW // 2)
    elif by_place and filters.stages:
        found[PLACED] = (listed.filter(sights.among("stage_id", filters.stages, INBOX)), FEW // 2)
    return found


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
        new, by_hand = unread.arrived(membership) & rest, unread.put_aside(membership) & whole
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


def _rest(filters: Filters, known: Known) -> Q:
    found = filters.state()
    if filters.tags:
        tagged = LeadTag.objects.filter(tag_id__in=filters.tags).order_by().values("lead_id")
        if known.rarity.few == TAGGED:
            found &= Q(pk__in=tagged)
        elif known.rarity.is_held:
            found &= _held(tagged[: 2 * HELD])
        else:
            found &= filters.tagged()
    return found if known.more is None else found & known.more


def _held(ids: QuerySet[Any, Any]) -> Q:
    """One of these, which PostgreSQL reads once and holds: what it is told as a mere condition it would join."""
    return Q(Case(When(pk__in=ids, then=Value(True)), default=Value(False)))


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
    """By arrival, of which each person and nobody has an order of its own, and all have one."""
    yield from (_by_person(one, new) for one in seen if one.named)
    left = [replace(one, people=(NOBODY,)) if one.named else one for one in seen if not one.is_somebodys]
    if not left:
        return
    found = reduce(or_, (one.condition for one in sights.together(left)))
    if all(one.people for one in left):
        yield Way(Q(assignee_id=None) & found & new, ("assignee_id",))
    else:
        yield Way(found & new)


def _by_person(seen: Seen, rest: Q) -> Way:
    return Way(seen.where & rest, each=("assignee_id", seen.named))

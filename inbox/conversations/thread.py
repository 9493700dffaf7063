"""A stretch of a thread: messages of all channels and what else happened, in the order of time.

Messages are paged both ways by (time, the provider's sequence, id), so that a thread of any length opens as fast as a
short one. A stretch overlaps what the page shows by one message, which is drawn again: what stands before or after it
may change how it looks.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Q
from django.utils import timezone

from crm.prepared import Prepared
from directory import timeline
from directory.cards import ChannelMark
from directory.models import Event, Lead
from directory.timeline import Line
from inbox.conversations import notes, unread
from inbox.conversations.bubbles import Bubble, bubble
from inbox.conversations.happenings import Many, gathered
from inbox.conversations.told import Said, told
from inbox.models import Message
from inbox.models.message import MessageQuerySet
from workspaces.models import Membership

Thing = Bubble | Line | notes.Shown
Place = Said | unread.First  # by what the thread is in order: time, the provider's sequence, id
PAGE = 30
BEFORE_UNREAD = 6  # messages shown above the first unread one
MOST_AGAIN = 120  # messages that are drawn again at once
MOST_EVENTS = 100
GROUPED = timedelta(minutes=5)


@dataclass(frozen=True)
class Entry:
    """One line of the thread: exactly one of `day`, `line`, `lines`, `note`, `bubble`; or none, which is where new
    messages begin, or (key "notes") where older notes are left out."""

    key: str
    version: str = ""
    day: date | None = None
    line: Line | None = None
    lines: Sequence[Line] = ()
    note: notes.Shown | None = None
    bubble: Bubble | None = None


@dataclass(frozen=True)
class Stretch:
    """`older` and `newer`: whether there is more that way. `first` and `last` are ids of messages, or None."""

    entries: list[Entry]
    older: bool
    newer: bool
    first: int | None
    last: int | None


def opened(lead: Lead, reader: Membership) -> Stretch:
    """As one opens it: the newest messages, or those around the first unread one where it is further up."""
    new = unread.first(lead, reader, page=PAGE)
    if new is None:
        return newest(lead, reader)
    if new.later < PAGE:
        page = _newest(lead)
        if any(message.pk == new.pk for message in page.messages):
            return _stretch(lead, reader, page, new.pk)
    return _stretch(lead, reader, _around(lead, new), new.pk)


def newest(lead: Lead, reader: Membership) -> Stretch:
    return _stretch(lead, reader, _newest(lead), None)


def around(lead: Lead, reader: Membership, pk: int) -> Stretch:
    """Where a message stands: for the jump from a quote to its original. Raises Message.DoesNotExist."""
    return _stretch(lead, reader, _around(lead, _one(lead.pk, pk)), None)


def older(lead: Lead, reader: Membership, pk: int) -> Stretch:
    """The page before a message, and the message itself."""
    anchor = _one(lead.pk, pk)
    rows = _asked(_EARLIER, lead.pk, anchor)
    page = _Page([*rows[:PAGE][::-1], anchor], has_older=len(rows) > PAGE, has_newer=True)
    return _stretch(lead, reader, page, None)


def newer(lead: Lead, reader: Membership, pk: int) -> Stretch:
    """A message and the page after it."""
    rows = _asked(_LATER, lead.pk, _one(lead.pk, pk))
    page = _Page(rows[: PAGE + 1], has_older=True, has_newer=len(rows) > PAGE + 1)
    return _stretch(lead, reader, page, None)


def since(
    lead: Lead, reader: Membership, pk: int, *, new: int | None = None, within: bool = False
) -> Stretch:
    """What the page shows, drawn again, with what came after it: from a message to the end, at most MOST_AGAIN.

    `within`: that message is not the first one shown. Then it is only loaded for how the next one looks after it.
    Raises Message.DoesNotExist.
    """
    messages = _since(lead, pk)
    if messages[0].pk != pk:
        within = True
    found = _stretch(lead, reader, _Page(messages, has_older=True, has_newer=False), new)
    if not within:
        return found
    first = next(place for place, entry in enumerate(found.entries) if entry.bubble)
    return replace(found, entries=found.entries[first + 1 :])


def alone(message: Message, reader: Membership) -> Bubble:
    """One message by itself."""
    return bubble(_one(message.lead_id, message.pk), reader)


@dataclass(frozen=True)
class _Page:
    messages: list[Said]  # oldest first
    has_older: bool
    has_newer: bool


def _of(lead: int) -> MessageQuerySet:
    return Message.objects.filter(lead_id=lead)


def _later(lead: int, at: Any, sequence: Any, pk: Any) -> MessageQuerySet:
    """From a place on. The first condition repeats what the second says, in a form the index can be entered by."""
    same_time = Q(sent_at=at) & (Q(sequence__gt=sequence) | Q(sequence=sequence, pk__gte=pk))
    return _of(lead).filter(Q(sent_at__gte=at), Q(sent_at__gt=at) | same_time).oldest_first()


def earlier(lead: int, at: Any, sequence: Any, pk: Any) -> MessageQuerySet:
    """What stands above a place, newest first."""
    same_time = Q(sent_at=at) & (Q(sequence__lt=sequence) | Q(sequence=sequence, pk__lt=pk))
    return _of(lead).filter(Q(sent_at__lte=at), Q(sent_at__lt=at) | same_time).newest_first()


_SAMPLE: dict[str, Any] = {"lead": -1, "at": timezone.now(), "sequence": -2, "pk": -3}
_ONE = Prepared(lambda lead, pk: told(_of(lead).filter(pk=pk)), lead=-1, pk=-3)
_NEWEST = Prepared(lambda lead: told(_of(lead).newest_first()[: PAGE + 1]), lead=-1)
_EARLIER = Prepared(lambda **place: told(earlier(**place)[: PAGE + 1]), **_SAMPLE)
_AROUND = Prepared(
    lambda **place: told(earlier(**place)[: BEFORE_UNREAD + 1]).union(
        told(_later(**place)[: PAGE + 2]), all=True
    ),
    **_SAMPLE,
)
_LATER = Prepared(lambda **place: told(_later(**place)[: PAGE + 2]), **_SAMPLE)
_AGAIN = Prepared(
    lambda lead, pk: told(
        _of(lead)
        .filter(sent_at__gte=_of(lead).filter(pk=pk).values("sent_at"))
        .newest_first()[: MOST_AGAIN + 1]
    ),
    lead=-1,
    pk=-3,
)


def _asked(query: "Prepared[tuple[Any, ...]]", lead: int, place: Place) -> list[Said]:
    rows = query.rows(lead=lead, at=place.sent_at, sequence=place.sequence, pk=place.pk)
    return [Said._make(row) for row in rows]


def _one(lead: int, pk: int) -> Said:
    row = _ONE.first(lead=lead, pk=pk)
    if row is None:
        raise Message.DoesNotExist
    return Said._make(row)


def _since(lead: Lead, pk: int) -> list[Said]:
    """A message and those after it, oldest first; where there are more than MOST_AGAIN, the last of them. One query."""
    rows = [Said._make(row) for row in _AGAIN.rows(lead=lead.pk, pk=pk)]
    place = next((place for place, row in enumerate(rows) if row.pk == pk), None)
    if place is None and len(rows) <= MOST_AGAIN:
        raise Message.DoesNotExist
    return rows[: place + 1 if place is not None else None][::-1]


def _newest(lead: Lead) -> _Page:
    rows = [Said._make(row) for row in _NEWEST.rows(lead=lead.pk)]
    return _Page(rows[:PAGE][::-1], has_older=len(rows) > PAGE, has_newer=False)


def _around(lead: Lead, place: Place) -> _Page:
    """Some messages before a place and those from it on."""
    rows = sorted(_asked(_AROUND, lead.pk, place), key=lambda one: (one.sent_at, one.sequence, one.pk))
    at = bisect_left(
        rows,
        (place.sent_at, place.sequence, place.pk),
        key=lambda one: (one.sent_at, one.sequence, one.pk),
    )
    above, below = rows[:at], rows[at:]
    messages = [*above[-BEFORE_UNREAD:], *below[: PAGE + 1]]
    return _Page(messages, has_older=len(above) > BEFORE_UNREAD, has_newer=len(below) > PAGE + 1)


def _stretch(lead: Lead, reader: Membership, page: _Page, new: int | None) -> Stretch:
    bubbles = [bubble(message, reader) for message in page.messages]
    happened, noted = _happened(lead, reader, page)
    entries = list(_merged(bubbles, happened, noted, new))
    return Stretch(
        entries=entries,
        older=page.has_older,
        newer=page.has_newer,
        first=page.messages[0].pk if page.messages else None,
        last=page.messages[-1].pk if page.messages else None,
    )


def _happened(lead: Lead, reader: Membership, page: _Page) -> tuple[list[Line], notes.Among]:
    """What the system and people did meanwhile, oldest first, but for what was put elsewhere in its own column; and
    what people noted."""
    since = page.messages[0].sent_at if page.has_older and page.messages else _ALWAYS[0]
    until = page.messages[-1].sent_at if page.has_newer and page.messages else _ALWAYS[1]
    events = _EVENTS.rows(lead=lead.pk, since=since, until=until)
    noted = notes.among(
        events, reader, beyond=(lead.pk, since, until) if len(events) == MOST_EVENTS else None
    )
    return timeline.tell_all([one for one in events if one.verb not in notes.TOLD], reader)[::-1], noted


_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_EVENTS = Prepared(
    lambda lead, since, until: (
        Event.objects.filter(lead_id=lead, created_at__gte=since, created_at__lt=until)
        .exclude(changes={}, verb="lead.moved")
        .select_related("actor__user")
        .order_by("-id")[:MOST_EVENTS]
    ),
    lead=-1,
    since=_ALWAYS[0],
    until=_ALWAYS[1],
)


def _merged(
    bubbles: Sequence[Bubble], happened: Sequence[Line], noted: notes.Among, new: int | None
) -> Iterable[Entry]:
    """Days, events, bubbles and notes by time; bubbles of one sender within five minutes stand together.

    Bubbles come in their order; of one moment, what happened stands before what was said, and that before a note on it.
    """
    things: list[Thing] = sorted([*happened, *bubbles, *noted.notes], key=attrgetter("at"))
    zone = timezone.get_current_timezone()
    days = [thing.at.astimezone(zone).date() for thing in things]
    _line_up(things, days, new)
    day: date | None = None
    for thing, there in gathered(zip(things, days, strict=True)):
        if there != day:
            day = there
            yield Entry(key=f"day-{day.isoformat()}", day=day)
        if isinstance(thing, notes.Shown):
            if noted.cut and thing is noted.notes[0]:
                yield Entry(key="notes")
            yield Entry(key=thing.key, version=thing.version, note=thing)
            continue
        if isinstance(thing, Many):
            yield Entry(key=thing.key, version=thing.version, lines=thing.lines)
            continue
        if isinstance(thing, Line):
            yield Entry(key=f"event-{thing.pk}", line=thing)
            continue
        if thing.pk == new:
            yield Entry(key="new")
        shape = f"{int(thing.is_first)}{int(thing.is_last)}{int(thing.shows_mark)}{int(thing.in_album)}"
        yield Entry(key=f"m{thing.pk}", version=f"{thing.version}-{shape}", bubble=thing)


def _line_up(things: Sequence[Thing], days: Sequence[date], new: int | None) -> None:
    """How each bubble stands among its neighbours."""
    mark: ChannelMark | None = None  # of the last bubble
    before: Bubble | None = None  # the thing before, where it is a bubble of the same day
    for place, thing in enumerate(things):
        if not isinstance(thing, Bubble):
            before = None
            continue
        if before is not None and days[place] != days[place - 1]:
            before = None
        thing.shows_mark = thing.mark != mark
        together = before is not None and _together(before, thing)
        thing.is_first = thing.shows_mark or thing.pk == new or not together
        if before is not None and together and thing.pk != new:
            before.is_last = False
        if before is not None and together and thing.album and before.album == thing.album:
            before.in_album = thing.in_album = True
        mark, before = thing.mark, thing


def _together(one: Bubble, other: Bubble) -> bool:
    same = (one.is_ours, one.author_id, one.mark) == (other.is_ours, other.author_id, other.mark)
    return same and other.at - one.at <= GROUPED

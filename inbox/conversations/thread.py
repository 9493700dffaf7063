"""A stretch of a thread: messages of all channels and what else happened, in the order of time.

Messages are paged both ways by (time, the provider's sequence, id), so that a thread of any length opens as fast as a
short one. A stretch overlaps what the page shows by one message, which is drawn again: what stands before or after it
may change how it looks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from crm.prepared import Prepared
from directory import timeline
from directory.models import Event, Lead
from directory.timeline import Line
from inbox import cards
from inbox.conversations import unread
from inbox.conversations.bubbles import Bubble, Surroundings, bubble
from inbox.models import Attachment, Message, Reaction
from inbox.models.message import MessageQuerySet
from workspaces.models import Membership

_reactions = Prepared(
    lambda messages: Reaction.objects.filter(message_id__any=messages).order_by("is_ours"), messages=[-1]
)
Place = Message | unread.First  # by what the thread is in order: time, the provider's sequence, id
PAGE = 40
BEFORE_UNREAD = 8  # messages shown above the first unread one
MOST_AGAIN = 120  # messages that are drawn again at once
MOST_EVENTS = 100
GROUPED = timedelta(minutes=5)


@dataclass(frozen=True)
class Entry:
    """One line of the thread: exactly one of `day`, `line`, `bubble`; or none, which is where new messages begin."""

    key: str
    version: str = ""
    day: date | None = None
    line: Line | None = None
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
        page = _page(lead, before=None)
        if any(message.pk == new.pk for message in page.messages):
            return _stretch(lead, reader, page, new.pk)
    return _stretch(lead, reader, _around(lead, new), new.pk)


def newest(lead: Lead, reader: Membership) -> Stretch:
    return _stretch(lead, reader, _page(lead, before=None), None)


def around(lead: Lead, reader: Membership, pk: int) -> Stretch:
    """Where a message stands: for the jump from a quote to its original. Raises Message.DoesNotExist."""
    return _stretch(lead, reader, _around(lead, _anchor(lead, pk)), None)


def older(lead: Lead, reader: Membership, pk: int) -> Stretch:
    """The page before a message, and the message itself."""
    anchor = _anchor(lead, pk)
    found = _page(lead, before=anchor)
    return _stretch(lead, reader, replace(found, messages=[*found.messages, anchor], has_newer=True), None)


def newer(lead: Lead, reader: Membership, pk: int) -> Stretch:
    """A message and the page after it."""
    anchor = _anchor(lead, pk)
    found = _page(lead, after=anchor)
    return _stretch(lead, reader, replace(found, messages=[anchor, *found.messages], has_older=True), None)


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
    return bubble(message, _surroundings([message], reader), reader)


@dataclass(frozen=True)
class _Page:
    messages: list[Message]  # oldest first
    has_older: bool
    has_newer: bool


def _rows(lead: Lead) -> MessageQuerySet:
    return Message.objects.of_lead(lead).annotate(author_name=F("author__user__name"))


def _anchor(lead: Lead, pk: int) -> Message:
    return _rows(lead).get(pk=pk)


def _since(lead: Lead, pk: int) -> list[Message]:
    """A message and those after it, oldest first; where there are more than MOST_AGAIN, the last of them. One query."""
    anchor = Message.objects.of_lead(lead).filter(pk=pk).values("sent_at")
    rows = list(_rows(lead).filter(sent_at__gte=anchor).newest_first()[: MOST_AGAIN + 1])
    place = next((place for place, row in enumerate(rows) if row.pk == pk), None)
    if place is None and len(rows) <= MOST_AGAIN:
        raise Message.DoesNotExist
    return rows[: place + 1 if place is not None else None][::-1]


def _page(lead: Lead, *, before: Message | None = None, after: Message | None = None) -> _Page:
    """PAGE messages before a message, after one, or the newest."""
    if after is not None:
        rows = list(_beyond(_rows(lead), after, later=True).oldest_first()[: PAGE + 1])
        return _Page(rows[:PAGE], has_older=True, has_newer=len(rows) > PAGE)
    found = _rows(lead) if before is None else _beyond(_rows(lead), before, later=False)
    rows = list(found.newest_first()[: PAGE + 1])
    return _Page(rows[:PAGE][::-1], has_older=len(rows) > PAGE, has_newer=before is not None)


def _around(lead: Lead, place: Place) -> _Page:
    """Some messages before a place and those from it on."""
    above = list(_beyond(_rows(lead), place, later=False).newest_first()[: BEFORE_UNREAD + 1])
    below = list(_beyond(_rows(lead), place, later=True, inclusive=True).oldest_first()[: PAGE + 2])
    messages = [*above[:BEFORE_UNREAD][::-1], *below[: PAGE + 1]]
    return _Page(messages, has_older=len(above) > BEFORE_UNREAD, has_newer=len(below) > PAGE + 1)


def _beyond(rows: MessageQuerySet, place: Place, *, later: bool, inclusive: bool = False) -> MessageQuerySet:
    """The first condition repeats what the second says, in a form the index can be entered by."""
    side = "gt" if later else "lt"
    at, sequence, pk = place.sent_at, place.sequence, place.pk
    same_time = Q(sent_at=at) & (
        Q(**{f"sequence__{side}": sequence})
        | Q(sequence=sequence, **{f"pk__{side}{'e' if inclusive else ''}": pk})
    )
    return rows.filter(Q(**{f"sent_at__{side}e": at}), Q(**{f"sent_at__{side}": at}) | same_time)


def _stretch(lead: Lead, reader: Membership, page: _Page, new: int | None) -> Stretch:
    around = _surroundings(page.messages, reader)
    bubbles = [bubble(message, around, reader) for message in page.messages]
    happened = _happened(lead, reader, page)
    entries = list(_merged(page.messages, bubbles, happened, new))
    return Stretch(
        entries=entries,
        older=page.has_older,
        newer=page.has_newer,
        first=page.messages[0].pk if page.messages else None,
        last=page.messages[-1].pk if page.messages else None,
    )


def _surroundings(messages: Sequence[Message], reader: Membership) -> Surroundings:
    """Three queries or four: files, reactions, channels, and the messages that are quoted."""
    ids = [message.pk for message in messages]
    with_files = [message.pk for message in messages if message.kind in _WITH_FILES]
    files = Attachment.objects.filter(message_id__in=with_files).order_by("id") if with_files else ()
    known = {message.pk: message for message in messages}
    missing = {message.reply_to_id for message in messages if message.reply_to_id} - known.keys()
    if missing:
        quoted = Message.objects.filter(pk__in=missing).annotate(author_name=F("author__user__name"))
        known |= {message.pk: message for message in quoted}
    return Surroundings(
        attachments=_gathered(files),
        reactions=_gathered(_reactions.rows(messages=ids)) if ids else {},
        quoted=known,
        marks=cards.marks_for(reader),
    )


def _gathered(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.message_id, []).append(row)
    return found


def _happened(lead: Lead, reader: Membership, page: _Page) -> list[Line]:
    """What the system and people did meanwhile, oldest first, but for what was put elsewhere in its own column."""
    events = Event.objects.of_lead(lead).exclude(changes={}, verb="lead.moved")
    if page.has_older and page.messages:
        events = events.filter(created_at__gte=page.messages[0].sent_at)
    if page.has_newer and page.messages:
        events = events.filter(created_at__lt=page.messages[-1].sent_at)
    return timeline.tell_all(list(events[:MOST_EVENTS]), reader)[::-1]


def _merged(
    messages: Sequence[Message], bubbles: Sequence[Bubble], happened: Sequence[Line], new: int | None
) -> Iterable[Entry]:
    """Days, events and bubbles by time; bubbles of one sender within five minutes stand together."""
    things: list[tuple[datetime, int, Any]] = [(one.at, 1, one) for one in bubbles]
    things += [(line.at, 0, line) for line in happened]
    order = {one.pk: place for place, one in enumerate(bubbles)}
    things.sort(key=lambda thing: (thing[0], thing[1], order.get(getattr(thing[2], "pk", 0), 0)))
    groups = _grouped([thing for _at, _kind, thing in things], new)
    day: date | None = None
    for thing in groups:
        there = timezone.localtime(thing.at).date()
        if there != day:
            day = there
            yield Entry(key=f"day-{day.isoformat()}", day=day)
        if isinstance(thing, Line):
            yield Entry(key=f"event-{thing.pk}", line=thing)
            continue
        if thing.pk == new:
            yield Entry(key="new")
        shape = f"{int(thing.is_first)}{int(thing.is_last)}{int(thing.shows_mark)}{int(bool(thing.album))}"
        yield Entry(key=f"m{thing.pk}", version=f"{thing.version}-{shape}", bubble=thing)


def _grouped(things: Sequence[Any], new: int | None) -> Iterable[Any]:
    mark = None
    for place, thing in enumerate(things):
        if isinstance(thing, Line):
            yield thing
            continue
        before = things[place - 1] if place else None
        after = things[place + 1] if place + 1 < len(things) else None
        shows_mark = thing.mark is not None and thing.mark != mark
        mark = thing.mark
        yield replace(
            thing,
            album=thing.album if _of_album(thing, before) or _of_album(thing, after) else "",
            is_first=shows_mark or thing.pk == new or not _together(before, thing),
            is_last=not _together(thing, after) or getattr(after, "pk", None) == new,
            shows_mark=shows_mark,
        )


def _of_album(one: Bubble, other: Any) -> bool:
    """Sent as one with its neighbour: they stand closer still."""
    return (
        bool(one.album) and isinstance(other, Bubble) and other.album == one.album and _together(one, other)
    )


def _together(one: Any, other: Any) -> bool:
    if not isinstance(one, Bubble) or not isinstance(other, Bubble):
        return False
    same_day = timezone.localtime(one.at).date() == timezone.localtime(other.at).date()
    same = (one.is_ours, one.author_id, one.mark) == (other.is_ours, other.author_id, other.mark)
    return same and same_day and other.at - one.at <= GROUPED


_WITH_FILES = {"image", "video", "audio", "voice", "document", "sticker", "template"}

"""Every change of a lead with what was and what is, for the tab "History": searched, filtered, page by page.

What is searched is what the reader sees, after names were looked up and numbers masked: raw rows hold ids, and digits
of phones that some may not see. So a page is told first and searched then; it looks through at most SCANNED events and
says where it stopped.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.cleanness import whole_number
from directory import naming, timeline
from directory.models import Event, Lead, Merge, Origin
from directory.models.event import EventQuerySet
from directory.timeline import Line
from workspaces.models import Membership

PAGE = 50
SCANNED = 1_000  # events looked through for words in one answer
HOUSE = "0"  # among people: nobody, but Cauce itself, a channel, an import


@dataclass(frozen=True)
class Asked:
    """`person` is a membership's id, or HOUSE; `after` the id of the last event seen."""

    words: str = ""
    kind: str = ""
    person: str = ""
    after: int | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.kind or self.person)


@dataclass(frozen=True)
class Entry:
    """`who` did it, "from" where, and of which merged lead it was then (empty: of this one)."""

    line: Line
    who: str
    origin: str
    merged: str


@dataclass(frozen=True)
class Page:
    """`next` goes on after the last event that was looked at; None: that was all."""

    entries: Sequence[Entry]
    next: int | None


def page(lead: Lead, reader: Membership, asked: Asked) -> Page:
    """Newest first."""
    wanted = folded(asked.words)
    found: list[Entry] = []
    after, looked = asked.after, 0
    while len(found) < PAGE and looked < SCANNED:
        rows = list(_rows(lead, asked, after)[: PAGE + 1])
        looked += min(len(rows), PAGE)
        told = _entries(lead, rows[:PAGE], reader)
        for place, entry in enumerate(told):
            if wanted and wanted not in _said(entry):
                continue
            if len(found) == PAGE:
                return Page(found, told[place - 1].line.pk)
            found.append(entry)
        if len(rows) <= PAGE:
            return Page(found, None)
        after = rows[PAGE - 1].pk
    return Page(found, after)


def people(lead: Lead) -> list[tuple[str, str]]:
    """(value, name) of whoever changed something of it, to choose from; who left, too."""
    ids = Event.objects.filter(lead=lead, actor__isnull=False).order_by().values("actor_id").distinct()
    rows = Membership.objects.filter(workspace_id=lead.workspace_id, pk__in=ids).select_related("user")
    return [
        *((str(one.pk), one.user.name) for one in rows.order_by("user__name")),
        (HOUSE, _("Cauce, channels, imports")),
    ]


def folded(text: str) -> str:
    """As it is compared: lower case, without accents, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.split())


def _rows(lead: Lead, asked: Asked, after: int | None) -> EventQuerySet:
    rows = Event.objects.of_lead(lead).exclude(changes={}, verb="lead.moved")
    if asked.kind in timeline.GROUPS:
        rows = rows.filter(verb__in=timeline.verbs_of(asked.kind))
    if asked.person:
        person = whole_number(asked.person)
        rows = rows.filter(Q(actor=None) if asked.person == HOUSE else Q(actor_id=person))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return rows


def _entries(lead: Lead, rows: list[Event], reader: Membership) -> list[Entry]:
    merged = _merged_from(lead, [row.pk for row in rows], reader)
    entries = []
    for row, line in zip(rows, timeline.tell_all(rows, reader), strict=True):
        who = line.who.user.name if line.who else ""
        if not who and row.origin == Origin.WEB:
            who = _("Somebody who is no longer here")
        if line.who is not None and line.who.deactivated_at is not None:
            who = _("%(name)s (left)") % {"name": who}
        entries.append(Entry(line, who, str(line.origin), merged.get(row.pk, "")))
    return entries


def _said(entry: Entry) -> str:
    """All that stands in an entry."""
    told = entry.line.told
    words = [entry.who, entry.origin, entry.merged, str(told.text)]
    words += [part for change in told.changes for part in (change.label, change.old, change.new)]
    return folded(" ".join(str(word) for word in words))


def _merged_from(lead: Lead, events: list[int], reader: Membership) -> dict[int, str]:
    """{event: the name of the merged lead whose it was}. One query where nothing was merged into it."""
    merges = list(Merge.objects.into(lead).select_related("gone"))
    if not merges or not events:
        return {}
    names = {one.pk: naming.shown_text(one.gone.name, reader) or f"#{one.gone_id}" for one in merges}
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, [lead.workspace_id, list(names), events])
        return {event: names[merge] for event, merge in cursor.fetchall()}


_MERGED = """
SELECT moved.id, rows.merge_id
FROM directory_movedrows rows CROSS JOIN LATERAL unnest(rows.ids) AS moved (id)
WHERE rows.workspace_id = %s AND rows.merge_id = ANY(%s) AND rows."table" = 'directory.Event' AND NOT rows.is_back
    AND moved.id = ANY(%s)
"""

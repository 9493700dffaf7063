"""A row of the list: what is said at a glance of one conversation.

Everything a template writes is made here, since it writes it for every row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.ui.avatars import colour, initials
from crm.ui.jinja import url
from directory import naming
from directory.models import Placement
from inbox.conversations import glances
from inbox.conversations.glances import Glance, Person
from inbox.conversations.wanted import Order, Tab, Wanted
from workspaces.models import Membership

NOTHING = Glance((), None, None, 0)


@dataclass(frozen=True, slots=True)
class Face:
    """A lead, or an assignee: their picture, or initials on their colour."""

    name: str
    initials: str
    colour: str
    picture: str = ""


@dataclass(frozen=True)
class Row:
    placement: Placement
    href: str
    name: str
    face: Face
    whose: Face | None
    glance: Glance
    waits_since: datetime | None  # where the list is of who waits longest
    place: str  # rows are put in order by it in the page, the smallest first

    @property
    def pk(self) -> int:
        return int(self.placement.pk)

    @property
    def window_ends_at(self) -> datetime | None:
        return self.placement.window_ends_at


def rows(placements: Sequence[Placement], reader: Membership, wanted: Wanted) -> list[Row]:
    """One query, however many rows."""
    seen = glances.of(placements, reader)
    # One address is made, the others differ in the number at its end.
    base = url("inbox:thread", workspace_id=reader.workspace.public_id, pk=0).removesuffix("0/")
    names = {one.pk: _called(one, seen.get(one.pk, NOTHING), reader) for one in placements}
    faces = _faces(seen.values())
    return [
        Row(
            placement=one,
            href=f"{base}{one.pk}/{wanted.query}",
            name=names[one.pk],
            face=Face(names[one.pk], initials(names[one.pk]), colour(f"lead{one.pk}")),
            whose=faces.get(seen.get(one.pk, NOTHING).whose),
            glance=seen.get(one.pk, NOTHING),
            waits_since=one.waiting_since if wanted.order == Order.WAITING else None,
            place=_place(one, wanted),
        )
        for one in placements
    ]


def _called(placement: Placement, glance: Glance, reader: Membership) -> str:
    return naming.called_by(placement.lead.name, glance.phone, glance.email, reader)


def _faces(seen: Iterable[Glance]) -> dict[Person | None, Face]:
    """Of those whose conversations they are."""
    return {
        person: Face(person.name, initials(person.name), colour(str(person.user_id)), person.picture)
        for person in {glance.whose for glance in seen}
        if person
    }


def _place(placement: Placement, wanted: Wanted) -> str:
    """Milliseconds, turned round where the newest comes first; the unread stand by arrival."""
    if wanted.order == Order.WAITING:
        return _millis(placement.waiting_since)
    if wanted.order == Order.WINDOW:
        return _millis(placement.window_ends_at)
    if wanted.tab == Tab.UNREAD and not wanted.words:
        return f"-{placement.last_inbound_id or 0}"
    return f"-{_millis(placement.last_activity_at)}"


def _millis(moment: datetime | None) -> str:
    return str(round(moment.timestamp() * 1000)) if moment else "0"

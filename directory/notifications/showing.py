"""Rows as a person reads them: in the page, in a browser's notification, in a mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from crm import notifications
from crm.cleanness import whole_number
from crm.prepared import Prepared
from directory import naming
from directory.models import Notification
from directory.notifications import choosing, shifts
from directory.notifications.kinds import Told
from workspaces.models import Membership

MOST = 100  # counted no further: shown as "99+"
_place = ["directory:lead"]


def open_leads_at(url_name: str) -> None:
    """Where a notification about a lead leads to, reversed with `workspace_id` and `pk`; from AppConfig.ready()."""
    _place[0] = url_name


@dataclass(frozen=True)
class Line:
    """One notification, in words."""

    pk: int
    text: str
    icon: str
    href: str
    at: datetime
    is_seen: bool


@dataclass(frozen=True)
class Day:
    date: date
    lines: list[Line]


def lines(rows: Sequence[Notification], person: Membership) -> list[Line]:
    """In their order and the language that is active. The rows come `with_leads`; one or two queries for names."""
    leads = [row.lead.placement for row in rows if row.lead]
    names = naming.load_names(list({one.pk: one for one in leads}.values()), person) if leads else {}
    found = []
    for row in rows:
        kind = notifications.find(row.kind)
        if kind is None:
            continue
        told = Told(
            lead=names.get(row.lead_id or 0, ""),
            by=row.by.user.name if row.by else "",
            count=row.count,
            facts=row.facts,
        )
        found.append(
            Line(row.pk, kind.words(told), kind.icon, href(row, person), row.at, row.seen_at is not None)
        )
    return found


def href(row: Notification, person: Membership) -> str:
    workspace = person.workspace.public_id
    if row.lead_id is not None:
        return address_of_lead(workspace, row.lead_id)
    kind = notifications.get(row.kind)
    return kind.href(workspace, row) if kind.href else reverse("directory:notifications", args=[workspace])


def marked(line: Line) -> str:
    """The address for who comes from outside the list: the page tells by its end that this one was seen, see
    js/bell.js."""
    return f"{line.href}#notice-{line.pk}"


def address_of_lead(workspace: str, lead_id: int) -> str:
    return reverse(_place[0], kwargs={"workspace_id": workspace, "pk": lead_id})


def by_day(shown: Iterable[Line]) -> list[Day]:
    """In the zone that is active."""
    return [
        Day(day, list(those))
        for day, those in groupby(shown, key=lambda line: timezone.localtime(line.at).date())
    ]


def unseen(person: Membership) -> int:
    """What the bell says, up to MOST."""
    return unseen_and_newest(person)[0]


def unseen_and_newest(person: Membership) -> tuple[int, datetime]:
    """What the bell says, up to MOST, and when the last of it came; now, where there is none. One query."""
    if person.is_seller:
        rows = Notification.objects.of(person).unseen().in_page().order_by("-at", "-pk")
        moments = list(rows.values_list("at", flat=True)[:MOST])
    else:
        moments = [at for (at,) in _UNSEEN.rows(membership=person.pk)]
    return len(moments), moments[0] if moments else timezone.now()


def mark_of(moment: datetime) -> int:
    """A moment in microseconds, as it is put into addresses."""
    return round(moment.timestamp() * 1_000_000)


def moment_of(mark: str) -> datetime | None:
    """The moment of a mark that came from an address; None for what is none."""
    number = whole_number(mark)
    if number is None or number > _LAST_MARK:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=number)


def news(person: Membership, since: int) -> dict[str, object] | None:
    """What is to be said aloud of what came after a mark: the newest of it, if the person wants a line or a sound, and
    it is their shift."""
    chosen = choosing.settings_of(person)
    if not (chosen.toasts or chosen.sounds) or (chosen.quiet and not shifts.is_on(person, timezone.now())):
        return None
    rows = Notification.objects.of(person).unseen().in_page().with_leads().order_by("-at", "-pk")
    shown = lines([row for row in rows[:1] if mark_of(row.at) > since], person)
    if not shown:
        return None
    [line] = shown
    words = {"text": line.text, "href": marked(line), "label": gettext("See it")}
    return {**words, "line": chosen.toasts, "sound": chosen.sounds}


_LAST_MARK = 4_102_444_800_000_000  # of the year 2100
_UNSEEN = Prepared(
    lambda membership: (
        Notification.objects.filter(membership_id=membership, in_page=True, seen_at=None)
        .order_by("-at", "-pk")
        .values_list("at")[:MOST]
    ),
    membership=-1,
)

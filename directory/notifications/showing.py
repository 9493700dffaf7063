"""Rows as a person reads them: in the page, in a browser's notification, in a mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from crm import notifications
from crm.prepared import Prepared
from directory import naming
from directory.models import Notification
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


def address_of_lead(workspace: str, lead_id: int) -> str:
    return reverse(_place[0], kwargs={"workspace_id": workspace, "pk": lead_id})


def by_day(shown: Iterable[Line]) -> list[Day]:
    """In the zone that is active."""
    return [
        Day(day, list(those))
        for day, those in groupby(shown, key=lambda line: timezone.localtime(line.at).date())
    ]


def unseen(person: Membership) -> int:
    """What the bell says, up to MOST. One query."""
    if not person.is_seller:
        return len(_UNSEEN.rows(membership=person.pk))
    rows = Notification.objects.of(person).unseen().in_page()
    return len(rows.values_list("pk")[:MOST])


_UNSEEN = Prepared(
    lambda membership: Notification.objects.filter(
        membership_id=membership, in_page=True, seen_at=None
    ).values_list("pk")[:MOST],
    membership=-1,
)

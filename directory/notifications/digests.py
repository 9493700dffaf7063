"""The summary by mail of what waits: due rows, swept by beat, each once a period.

1. A row of settings whose time has come is locked; a second beat passes it over.
2. Outside the person's shift nothing is sent: the hourly one waits for the shift, the daily one too if that begins on
   the same day, and else for its next day.
3. If something waits, the mail is written; in the same transaction the row's next time is set. However late the beat
   came, what was missed is one mail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import connection, transaction
from django.utils import timezone, translation

from crm import mail
from crm.tenancy import scope
from directory import naming
from directory.models import Digest, Notification, NotificationSettings, Placement
from directory.notifications import choosing, shifts, showing
from workspaces import links
from workspaces.models import Membership

LISTED = 8  # names in a mail; of the rest, the number
MUTE_SALT = "directory.notifications.mute"


@dataclass(frozen=True)
class Waiting:
    """What a mail says. The counts stop at `showing.MOST`."""

    leads: list[tuple[str, str, datetime]]  # name, address, since when
    lead_count: int
    lines: list[showing.Line]
    line_count: int

    def __bool__(self) -> bool:
        return bool(self.lead_count or self.line_count)


def sweep(at: datetime | None = None) -> int:
    """Sends what is due in all workspaces; returns how many mails."""
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace_id, id FROM directory_notificationsettings"
            " WHERE digest_due_at <= %s ORDER BY digest_due_at LIMIT 1000",
            [at],
        )
        due = cursor.fetchall()
    sent = 0
    for workspace, pk in due:
        with scope(workspace):
            sent += send_due(pk, at)
    return sent


@transaction.atomic
def send_due(pk: int, at: datetime) -> bool:
    """In the scope. Whether a mail was written."""
    rows = NotificationSettings.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.filter(pk=pk, digest_due_at__lte=at).first()
    if row is None:
        return False
    person = Membership.objects.select_related("user", "workspace").get(pk=row.membership_id)
    later = _put_off(row, person, at)
    sends = later is None and _may_enter(person) and bool(waiting := what_waits(person))
    if sends:
        _write(person, waiting)
        row.digested_at = at
    row.digest_due_at = later or choosing.next_due(row, person, after=at)
    row.save(update_fields=["digest_due_at", "digested_at"])
    return sends


def what_waits(person: Membership) -> Waiting:
    """Their leads that wait for an answer, longest first, and what they were told and have not seen; names as they may
    see them."""
    mine = Placement.objects.filter(
        assignee=person, is_archived=False, waiting_since__isnull=False, last_message_id__isnull=False
    )
    placements = list(mine.select_related("lead").order_by("waiting_since", "pk")[: showing.MOST])
    told = Notification.objects.of(person).unseen().filter(in_mail=True).with_leads()
    rows = list(told.order_by("-at", "-pk")[: showing.MOST])
    with translation.override(person.user.language):
        names = naming.load_names(placements[:LISTED], person)
        return Waiting(
            leads=[
                (names[one.pk], _address(person, one.pk), one.waiting_since)
                for one in placements[:LISTED]
                if one.waiting_since is not None
            ],
            lead_count=len(placements),
            lines=showing.lines(rows[:LISTED], person),
            line_count=len(rows),
        )


def mute_token(person: Membership) -> str:
    return signing.dumps(person.pk, salt=MUTE_SALT)


def muted_person(token: str) -> Membership | None:
    """Whose summaries the link in one of them ends; None where we did not make it."""
    try:
        pk = signing.loads(token, salt=MUTE_SALT)
    except signing.BadSignature:
        return None
    return Membership.objects.active().select_related("user", "workspace").filter(pk=pk).first()


def _put_off(row: NotificationSettings, person: Membership, at: datetime) -> datetime | None:
    """Until when, where it is not their shift; None where it is."""
    schedule = shifts.shift_of(person)
    if schedule is None or schedule.is_open(at):
        return None
    opening = schedule.next_opening(at)
    if opening is None:
        return at + timedelta(days=1)
    zone = shifts.zone_of(person)
    same_day = opening.astimezone(zone).date() == at.astimezone(zone).date()
    if row.digest == Digest.HOURLY or same_day:
        return opening
    return choosing.next_due(row, person, after=at)


def _may_enter(person: Membership) -> bool:
    workspace = person.workspace
    closed = workspace.is_suspended or workspace.is_being_deleted
    return person.is_active and person.user.is_active and not closed


def _write(person: Membership, waiting: Waiting) -> None:
    workspace, user = person.workspace, person.user
    mute = links.absolute("notifications_mute", token=mute_token(person))
    context: dict[str, Any] = {
        "workspace": workspace.name,
        "leads": [(name, links.base(href), _moment(person, since)) for name, href, since in waiting.leads],
        "lead_count": waiting.lead_count,
        "lines": [(line.text, links.base(showing.marked(line)), "") for line in waiting.lines],
        "line_count": waiting.line_count,
        "more_leads": waiting.lead_count - len(waiting.leads),
        "more_lines": waiting.line_count - len(waiting.lines),
        "open": links.absolute("directory:notifications", workspace_id=workspace.public_id),
        "settings": links.absolute("directory:notification_settings", workspace_id=workspace.public_id),
        "mute": mute,
    }
    mail.send(
        "mail/digest",
        to=user.email,
        language=user.language,
        context=context,
        workspace=workspace,
        headers={"List-Unsubscribe": f"<{mute}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def _moment(person: Membership, at: datetime) -> str:
    return f"{timezone.localtime(at, shifts.zone_of(person)):%Y-%m-%d %H:%M}"


def _address(person: Membership, lead_id: int) -> str:
    return showing.address_of_lead(person.workspace.public_id, lead_id)

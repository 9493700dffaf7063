"""What is due to browsers: gathered for a moment, then handed to `crm.push`, each row once.

A row waits GATHER before it leaves: who reads the thread meanwhile has seen it, and of a hundred leads that are handed
over at once a person is told in one line.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import notifications, push
from crm.push import Content
from crm.tenancy import current_workspace, scope
from directory.models import Notification, NotificationSettings
from directory.notifications import showing
from workspaces.models import Membership

GATHER = timedelta(seconds=3)
MOST = 3  # notifications at once; of more, their number
TOGETHER = 500  # rows of one person handed over at once
ONE, MANY, TRIAL = "notification", "notifications", "trial"


def sweep() -> int:
    """Hands over what is due in all workspaces; returns how many rows. Two beats do no harm: rows are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT workspace_id, membership_id FROM directory_notification"
            " WHERE push_due_at <= statement_timestamp() ORDER BY 1, 2 LIMIT 1000"
        )
        due = cursor.fetchall()
    handed = 0
    for workspace, membership in due:
        with scope(workspace):
            handed += hand_over(membership)
    return handed


@transaction.atomic
def hand_over(membership_id: int) -> int:
    """In the scope: marks and rows of work in one transaction."""
    waiting = Notification.objects.select_for_update(skip_locked=True, of=("self",))
    rows = list(
        waiting.filter(membership_id=membership_id, push_due_at__lte=Now()).order_by("at", "pk")[:TOGETHER]
    )
    if not rows:
        return 0
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(push_due_at=None, pushed_at=Now())
    user_id = Membership.objects.values_list("user_id", flat=True).get(pk=membership_id)
    if len(rows) > MOST:
        payload = {"membership": membership_id, "count": len(rows)}
        push.enqueue(user_id, content=MANY, payload=payload, workspace=current_workspace(), topic="many")
        return len(rows)
    for row in rows:
        push.enqueue(
            user_id,
            content=ONE,
            payload={"row": row.pk, "membership": membership_id},
            workspace=current_workspace(),
            topic=_topic(row),
        )
    return len(rows)


def one(payload: Mapping[str, Any]) -> Content | None:
    """A notification as its reader may see it now; None where they have seen it, or may not any more."""
    person = _reader(payload["membership"])
    if person is None:
        return None
    row = Notification.objects.of(person).unseen().with_leads().filter(pk=payload["row"]).first()
    if row is None:
        return None
    with translation.override(person.user.language):
        [line] = showing.lines([row], person)
        return Content(
            title=line.text,
            text=_excerpt(row, person) or person.workspace.name,
            href=showing.marked(line),
            tag=_topic(row),
        )


def many(payload: Mapping[str, Any]) -> Content | None:
    person = _reader(payload["membership"])
    count = showing.unseen(person) if person else 0
    if person is None or not count:
        return None
    number = payload["count"]
    with translation.override(person.user.language):
        words = ngettext("%(number)s new notification", "%(number)s new notifications", number)
        return Content(
            title=words % {"number": number},
            text=person.workspace.name,
            href=reverse("directory:notifications", args=[person.workspace.public_id]),
            tag="many",
        )


def send_trial(person: Membership) -> int:
    """To every browser of theirs; how many they are."""
    payload = {"membership": person.pk}
    return push.enqueue(
        person.user_id, content=TRIAL, payload=payload, workspace=current_workspace(), topic=TRIAL
    )


def trial(payload: Mapping[str, Any]) -> Content | None:
    """What somebody sends themselves, to see whether it comes."""
    person = _reader(payload["membership"])
    if person is None:
        return None
    with translation.override(person.user.language):
        return Content(
            title=_("Notifications reach you here"),
            text=person.workspace.name,
            href=reverse("directory:notification_settings", args=[person.workspace.public_id]),
            tag=TRIAL,
            always=True,
        )


def _reader(membership_id: int) -> Membership | None:
    """Who may still enter."""
    rows = Membership.objects.active().filter(
        pk=membership_id,
        workspace_id=current_workspace(),
        user__is_active=True,
        workspace__suspended_at=None,
        workspace__deletion_requested_at=None,
    )
    return rows.select_related("user", "workspace").first()


def _excerpt(row: Notification, person: Membership) -> str:
    """What was written, only for who chose to see it where others may look."""
    kind = notifications.get(row.kind)
    chosen = NotificationSettings.objects.filter(membership=person, shows_text=True).exists()
    return kind.excerpt(row, person) if kind.excerpt and chosen else ""


def _topic(row: Notification) -> str:
    return f"lead-{row.lead_id}" if row.lead_id else f"notice-{row.pk}"

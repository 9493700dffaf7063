"""What people are told of conversations: that somebody of theirs wrote, that a message of theirs did not arrive, that a
channel is disconnected. Rows are made by `directory.actions.notifications`.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.feed import Consumer
from crm.notifications import Kind, Way, Ways
from directory import naming
from directory.actions import notifications
from directory.models import Notification, Placement
from directory.notifications.kinds import Told, every_way
from inbox.models import Channel, Delivery, Heard, Message, ReadMark
from inbox.permissions import InboxPermission
from workspaces.models import Membership
from workspaces.permissions import ADMINS

WROTE, UNDELIVERED, CHANNEL_LOST = "wrote", "undelivered", "channel_lost"
_UNSENT = (Delivery.FAILED, Delivery.UNKNOWN)
EXCERPT = 140  # characters of a message, for who chose to see them outside the page


def hear(row: Heard) -> None:
    """The assignee of the lead, unless they have read it meanwhile. The row has done its work."""
    placement = Placement.objects.select_related("lead").filter(pk=row.lead_id).first()
    assignee = placement.assignee_id if placement else None
    if placement is not None and assignee is not None and not _is_read(assignee, row):
        for person in notifications.people([assignee]):
            notifications.make(
                WROTE,
                to=person,
                cause=f"message:{row.message_id}",
                placement=placement,
                latest=row.message_id,
            )
    row.delete()


def tell_outcome(message: Message, placement: Placement, *, was: str) -> None:
    """What became of a message of ours, in the transaction that says so. Its author learns that it did not arrive; of
    what the house wrote, who has the lead. `was`: its state before."""
    if message.delivery not in _UNSENT:
        if was in _UNSENT:
            settled(message)
        return
    if message.delivery == was:
        return
    reader = message.author_id or placement.assignee_id
    for person in notifications.people([reader] if reader else []):
        notifications.make(
            UNDELIVERED,
            to=person,
            cause=f"message:{message.pk}",
            placement=placement,
            facts={"message": message.pk, "delivery": str(message.delivery)},
            again=True,
        )


def settled(message: Message) -> None:
    """It arrived after all, or somebody has decided."""
    notifications.withdraw(UNDELIVERED, lead_id=message.lead_id, cause=f"message:{message.pk}")


def channel_lost(channel: Channel) -> None:
    """To who can connect it again; once for each time it was lost. In the transaction that says so."""
    admins = Membership.objects.active().filter(workspace_id=channel.workspace_id, role__in=ADMINS)
    since = f"{channel.problem_at:%Y%m%d%H%M%S}" if channel.problem_at else ""
    for person in admins.select_related("user", "workspace").order_by("pk"):
        notifications.make(
            CHANNEL_LOST,
            to=person,
            cause=f"channel:{channel.pk}:{since}",
            facts={"channel": channel.pk, "name": channel.name},
        )


def _is_read(membership_id: int, row: Heard) -> bool:
    marks = ReadMark.objects.filter(membership_id=membership_id, lead_id=row.lead_id, by_hand=False)
    return marks.filter(message_id__gte=row.message_id).exists()


def _wrote(told: Told) -> str:
    if told.count == 1:
        return gettext("%(lead)s wrote to you") % {"lead": told.lead}
    words = ngettext("%(lead)s wrote %(count)s message", "%(lead)s wrote %(count)s messages", told.count)
    return words % {"lead": told.lead, "count": told.count}


def _undelivered(told: Told) -> str:
    if told.facts.get("delivery") == Delivery.UNKNOWN:
        return gettext("Nobody knows whether your message to %(lead)s arrived: decide") % {"lead": told.lead}
    return gettext("Your message to %(lead)s was not delivered") % {"lead": told.lead}


def _lost(told: Told) -> str:
    return gettext("%(channel)s is disconnected: nothing can be sent from it") % {
        "channel": told.facts.get("name", "")
    }


def _excerpt(row: Notification, person: Membership) -> str:
    """The beginning of the last message, as the person may see it."""
    message = Message.objects.filter(pk=row.latest, lead=row.lead, revoked_at=None).first()
    if message is None:
        return ""
    text = " ".join(message.text.split()) or str(message.get_kind_display())
    shown = naming.shown_text(text, person)
    return shown if len(shown) <= EXCERPT else f"{shown[: EXCERPT - 1]}…"


def _page_and_push(membership: Any) -> Ways:
    """Not by mail: whoever waits for an answer is in the summary anyway."""
    return frozenset({Way.PAGE, Way.PUSH})


KINDS = [
    Kind(
        WROTE,
        _("Somebody I own writes"),
        "message-circle",
        _wrote,
        _page_and_push,
        order=30,
        gathers=True,
        excerpt=_excerpt,
    ),
    Kind(
        UNDELIVERED,
        _("A message of mine does not arrive"),
        "message-circle-warning",
        _undelivered,
        every_way,
        order=40,
        help=_("It failed, or nobody knows and you decide"),
        always=frozenset({Way.PAGE}),
    ),
    Kind(
        CHANNEL_LOST,
        _("A channel gets disconnected"),
        "unplug",
        _lost,
        every_way,
        order=60,
        offered=lambda membership: membership.may(InboxPermission.MANAGE_CHANNELS),
        href=lambda workspace, row: reverse("inbox:channels", kwargs={"workspace_id": workspace}),
    ),
]
CONSUMER = Consumer("heard", "inbox.Heard", hear)

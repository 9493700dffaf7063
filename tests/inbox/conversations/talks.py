"""Conversations for the tests of their screen, made without a provider. Inside the workspace's scope."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from directory.actions import placements
from directory.models import Lead, Placement
from inbox.models import Channel, Direction, Identity, IdentityKey, Message, Session
from tests.directory import house as leads
from workspaces.models import Membership, Workspace

_numbers = itertools.count(1)


def number(workspace: Workspace) -> Channel:
    """A WhatsApp number that is connected."""
    return Channel.objects.create(kind="whatsapp", name="Ventas", external_id=f"N{next(_numbers)}")


@transaction.atomic
def talk(
    workspace: Workspace,
    channel: Channel,
    *said: str,
    name: str = "Marta Ruiz",
    assignee: Membership | None = None,
    at: datetime | None = None,
    window: timedelta = timedelta(hours=20),  # from now; negative: closed
) -> Lead:
    """A lead who wrote these messages a minute apart, the last at `at`; ">" before one makes it ours."""
    lead = leads.lead(workspace, name=name, assignee=assignee)
    identity = Identity.objects.create(lead=lead, channel=channel, name=name)
    IdentityKey.objects.create(channel=channel, identity=identity, key=f"wa:52155{next(_numbers):08}")
    Session.objects.create(identity=identity, channel=channel, window_ends_at=timezone.now() + window)
    last = at or timezone.now() - timedelta(minutes=1)
    for place, text in enumerate(said):
        say(lead, text, at=last - timedelta(minutes=len(said) - 1 - place), author=assignee)
    return lead


@transaction.atomic
def say(
    lead: Lead, text: str, *, at: datetime | None = None, author: Membership | None = None, **more: Any
) -> Message:
    """One more message of the thread, as intake and sending note it."""
    session = Session.objects.select_related("identity").get(identity__lead=lead)
    ours = text.startswith(">")
    columns = {
        "kind": "text",
        "delivery": "delivered" if ours else "",
        "external_id": f"x{next(_numbers)}",
        "sent_at": at or timezone.now(),
        **more,
    }
    message = Message.objects.create(
        lead=lead,
        channel=session.channel,
        identity=session.identity,
        session=session,
        direction=Direction.OUT if ours else Direction.IN,
        text=text.removeprefix(">"),
        author=author if ours else None,
        **columns,
    )
    placement = Placement.objects.select_for_update(no_key=True).get(pk=lead.pk)
    known = {"message_id": message.pk, "at": message.sent_at, "channel_id": session.channel_id}
    if ours:
        placements.note_outbound(placement, **known)
    else:
        placements.note_inbound(placement, **known, window_ends_at=session.window_ends_at)
    return message


def names(page: Any) -> Sequence[str]:
    """Of a list that was answered, from above."""
    from bs4 import BeautifulSoup

    tree = BeautifulSoup(page.content.decode(), "html.parser")
    return [one.get_text(strip=True) for one in tree.select(".talk-name > bdi")]

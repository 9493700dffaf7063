"""The demo's Facebook page and Instagram account, at the simulator: some conversations of each, and their phones.

The conversations are told like the others, and then moved here before they are written.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from directory.models import ContactPoint
from inbox.demo.phones import TYPES, _content
from inbox.demo.telling import WINDOW, Telling
from inbox.models import (
    Attachment,
    Channel,
    Delivery,
    Direction,
    Identity,
    IdentityKey,
    Message,
    MessageKind,
    ProviderApp,
    Session,
)
from inbox.simulator.meta import defaults
from inbox.simulator.meta.world import Customer, InstagramWorld, World
from inbox.simulator.people import username
from inbox.simulator.store import Store
from inbox.simulator.world import Message as Bubble

FIRST = 900  # their numbers, beyond everybody else's
COUNTS = {"messenger": 9, "instagram": 13}
PREFIXES = {"messenger": "psid", "instagram": "igsid"}


def channels(app: ProviderApp | None) -> list[Channel]:
    """Connected through the app that the demo's number has."""
    common = {
        "login": "page",
        "page": {"id": defaults.PAGE_ID, "name": defaults.PAGE_NAME},
        "subscribed_at": timezone.now().isoformat(),
    }
    page = Channel(name="Página Casa Cauce", kind="messenger", external_id=defaults.PAGE_ID)
    page.settings = {**common, "extended": True, "approved": True}
    account = Channel(name=f"@{defaults.USERNAME}", kind="instagram", external_id=defaults.ACCOUNT_ID)
    account.settings = {**common, "account": {"id": defaults.ACCOUNT_ID, "username": defaults.USERNAME}}
    for channel in (page, account):
        channel.app, channel.secrets = app, {"token": defaults.PAGE_TOKEN}
        channel.last_event_at = timezone.now() - timedelta(minutes=4)
        channel.save()
    return [page, account]


def tell(telling: Telling, made: list[Channel]) -> None:
    number = FIRST
    for channel in made:
        for _ in range(COUNTS[channel.kind]):
            telling.add(number)
            _move(telling, channel, number)
            number += 1


def write_phones(telling: Telling, made: list[Channel], directory: Path) -> None:
    """Into the simulator's files, in the place of what they had."""
    files = {attachment.message.pk: attachment for attachment in telling.rows.get(Attachment, [])}
    keys = {key.identity.pk: key.key.rpartition(":")[2] for key in telling.rows[IdentityKey]}
    for channel in made:
        path = directory / f"{channel.kind}.json"
        path.unlink(missing_ok=True)
        world: Any = World(path) if channel.kind == "messenger" else InstagramWorld(path)
        if channel.kind == "messenger":
            world.add_defaults()
        store = Store(world, directory / "media")
        threads = [one for one in telling.threads if one[0].channel_id == channel.pk]
        for place, (placement, messages) in enumerate(threads, start=1):
            name = str(placement.lead.name).split(" · ")[0]
            customer = Customer(
                id=f"{world.prefix}{place}",
                name=name,
                username=username(name),
                user_id=keys[messages[0].identity_id],
                at=placement.last_activity_at.timestamp(),
            )
            world.customers[customer.id] = customer
            for message in messages:
                bubble = _bubble(store, channel, customer.id, message, files.get(message.pk))
                talk = world.add_message(bubble)
                if bubble.origin == "customer":
                    talk.last_inbound = bubble.at
        world.save()


def _move(telling: Telling, channel: Channel, number: int) -> None:
    """The conversation that was told last, to this channel: whoever writes there has no phone."""
    placement, messages = telling.threads[-1]
    lead = placement.lead
    rows = telling.rows
    identity, key, session = rows[Identity][-1], rows[IdentityKey][-1], rows[Session][-1]
    person = _person(number, channel.kind)
    key.key = f"{PREFIXES[channel.kind]}:{channel.external_id}:{person}"
    if channel.kind == "instagram":
        identity.username = username(lead.name.split(" · ")[0])
    for row in (identity, key, session, *messages):
        row.channel = channel
    for message in messages:
        message.external_id = f"m_demo{message.uid.hex}"
        if message.kind == MessageKind.LOCATION:
            message.kind, message.text, message.data = MessageKind.TEXT, "Colima 210, Roma Norte", {}
    said = [message.sent_at for message in messages if message.direction == Direction.IN]
    session.window_ends_at = placement.window_ends_at = max(said) + WINDOW if said else None
    placement.channel_id = channel.pk
    rows[ContactPoint] = [
        point for point in rows[ContactPoint] if point.lead is not lead or point.kind != "phone"
    ]


def _person(number: int, kind: str) -> str:
    return f"{71 if kind == 'messenger' else 17}{number:014d}"


def _bubble(
    store: Store, channel: Channel, customer_id: str, message: Message, file: Attachment | None
) -> Bubble:
    is_ours = message.direction == Direction.OUT
    return Bubble(
        message.external_id,
        channel.external_id,
        customer_id,
        "business" if is_ours else "customer",
        TYPES[MessageKind(message.kind)],
        _content(store, message, file),
        message.sent_at.timestamp(),
        "delivered" if is_ours and message.delivery != Delivery.READ else "read",
        referral=message.data.get("referral"),
    )

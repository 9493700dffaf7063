"""The newest conversations as the customers' phones have them: the simulator beside the demo shows both sides."""

from pathlib import Path
from typing import Any

from directory.models import Placement
from inbox.demo.telling import Telling
from inbox.models import Attachment, Delivery, Direction, IdentityKey, Message, MessageKind
from inbox.simulator.store import Store
from inbox.simulator.whatsapp import defaults
from inbox.simulator.whatsapp.payloads import new_user_id
from inbox.simulator.whatsapp.world import Customer, World, bare
from inbox.simulator.world import Message as Bubble

PHONES = 16
TYPES = {
    MessageKind.TEXT: "text",
    MessageKind.IMAGE: "image",
    MessageKind.VOICE: "audio",
    MessageKind.DOCUMENT: "document",
    MessageKind.LOCATION: "location",
}


def write(telling: Telling, directory: Path) -> None:
    """Into the simulator's file, in the place of what it had; it does not run yet. Its book has everyone's name."""
    file = directory / "whatsapp.json"
    file.unlink(missing_ok=True)
    world = World(file)
    world.add_defaults()
    store = Store(world, directory / "media")
    digits = {
        key.identity.pk: key.key.removeprefix("wa:")
        for key in telling.rows[IdentityKey]
        if key.key.startswith("wa:")
    }
    files = {attachment.message.pk: attachment for attachment in telling.rows.get(Attachment, [])}
    by_whatsapp = [
        (placement, messages) for placement, messages in telling.threads if messages[0].identity_id in digits
    ]
    by_whatsapp.sort(key=lambda thread: thread[0].last_activity_at, reverse=True)
    for number, (placement, messages) in enumerate(by_whatsapp):
        phone = digits[messages[0].identity_id]
        world.book[bare(phone)] = placement.lead.name
        if number < PHONES:
            _phone(world, store, f"c{number + 1}", phone, placement, messages, files)
    world.save()


def _phone(
    world: World,
    store: Store,
    customer_id: str,
    phone: str,
    placement: Placement,
    messages: list[Message],
    files: dict[int, Attachment],
) -> None:
    at = placement.last_activity_at.timestamp()
    name = placement.lead.name.split(" · ")[0]
    world.customers[customer_id] = Customer(
        id=customer_id, name=name, phone=phone, user_id=new_user_id(), at=at
    )
    answered = max((one.sent_at for one in messages if one.direction == Direction.IN), default=None)
    for message in messages:
        bubble = _bubble(store, customer_id, message, files.get(message.pk))
        if answered and message.sent_at < answered:
            bubble.status = "read"
        talk = world.add_message(bubble)
        if bubble.origin == "customer":
            talk.last_inbound = bubble.at


def _bubble(store: Store, customer_id: str, message: Message, file: Attachment | None) -> Bubble:
    is_ours = message.direction == Direction.OUT
    status = "read" if not is_ours or message.delivery == Delivery.READ else "delivered"
    return Bubble(
        message.external_id,
        defaults.PHONE_NUMBER_ID,
        customer_id,
        "business" if is_ours else "customer",
        TYPES[MessageKind(message.kind)],
        _content(store, message, file),
        message.sent_at.timestamp(),
        status,
        referral=message.data.get("referral"),
    )


def _content(store: Store, message: Message, file: Attachment | None) -> dict[str, Any]:
    if file is not None:
        with file.file.open("rb") as opened:
            kept = store.keep(opened.read(), file.mime, filename=file.name)
        return {"id": kept.id, "mime_type": file.mime, "filename": file.name}
    return dict(message.data) if message.kind == MessageKind.LOCATION else {"body": message.text}

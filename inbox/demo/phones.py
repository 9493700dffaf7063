"""The newest conversations as the customers' phones have them: the simulator beside the demo shows both sides."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from directory.models import Placement
from inbox.demo.telling import Telling
from inbox.models import Attachment, Delivery, Direction, IdentityKey, Message, MessageKind
from inbox.simulator.store import Store
from inbox.simulator.telegram import defaults as bots
from inbox.simulator.telegram import world as telegram
from inbox.simulator.whatsapp import defaults
from inbox.simulator.whatsapp.payloads import new_user_id
from inbox.simulator.whatsapp.world import Customer, World, bare
from inbox.simulator.world import Message as Bubble

PHONES = 16
FIRST_NEW = 1000  # the bot numbers its messages from there; those of the demo have smaller numbers
TYPES = {
    MessageKind.TEXT: "text",
    MessageKind.IMAGE: "image",
    MessageKind.VOICE: "audio",
    MessageKind.DOCUMENT: "document",
    MessageKind.LOCATION: "location",
}


def write(telling: Telling, directory: Path) -> None:
    """Into the simulator's files, in the place of what they had; it does not run yet. Their books have everyone's
    name."""
    _whatsapp(telling, directory)
    _telegram(telling, directory)


def _whatsapp(telling: Telling, directory: Path) -> None:
    world = World(_fresh(directory / "whatsapp.json"))
    world.add_defaults()
    desk = _Desk(telling, world, Store(world, directory / "media"), defaults.PHONE_NUMBER_ID)
    for number, (phone, placement, messages) in enumerate(desk.threads("wa")):
        world.book[bare(phone)] = placement.lead.name
        if number < PHONES:
            who: dict[str, Any] = {
                "id": f"c{number + 1}",
                "name": desk.name(placement),
                "at": desk.at(placement),
            }
            customer = Customer(**who, phone=phone, user_id=new_user_id())
            desk.put(customer, messages, lambda message: message.external_id)
    world.save()


def _telegram(telling: Telling, directory: Path) -> None:
    world = telegram.World(_fresh(directory / "telegram.json"))
    world.add_defaults()
    desk = _Desk(telling, world, Store(world, directory / "media"), str(bots.BOT_ID))
    world.counters[f"message:{bots.BOT_ID}"] = FIRST_NEW
    for number, (chat, placement, messages) in enumerate(desk.threads("tg")):
        world.book[chat] = placement.lead.name
        customer = telegram.Customer(
            id=f"t{number + 1}",
            name=desk.name(placement),
            tg_id=int(chat),
            started=True,
            at=desk.at(placement),
        )
        desk.put(customer, messages, lambda message: f"{bots.BOT_ID}/{message.external_id}")
    world.save()


def _fresh(file: Path) -> Path:
    file.unlink(missing_ok=True)
    return file


@dataclass
class _Desk:
    """Lays the demo's conversations of one network on the phones of its customers."""

    telling: Telling
    world: Any
    store: Store
    line: str

    def threads(self, kind: str) -> list[tuple[str, Placement, list[Message]]]:
        """(whose, placement, messages), the newest first; whose as the network names them."""
        names = {
            key.identity.pk: key.key.removeprefix(f"{kind}:")
            for key in self.telling.rows[IdentityKey]
            if key.key.startswith(f"{kind}:")
        }
        found = [
            (names[messages[0].identity_id], placement, messages)
            for placement, messages in self.telling.threads
            if messages[0].identity_id in names
        ]
        return sorted(found, key=lambda thread: thread[1].last_activity_at, reverse=True)

    def name(self, placement: Placement) -> str:
        return str(placement.lead.name).split(" · ")[0]

    def at(self, placement: Placement) -> float:
        return placement.last_activity_at.timestamp()

    def put(self, customer: Any, messages: list[Message], called: Callable[[Message], str]) -> None:
        self.world.customers[customer.id] = customer
        files = {attachment.message.pk: attachment for attachment in self.telling.rows.get(Attachment, [])}
        answered = max((one.sent_at for one in messages if one.direction == Direction.IN), default=None)
        for message in messages:
            bubble = self._bubble(customer.id, message, called(message), files.get(message.pk))
            if answered and message.sent_at < answered:
                bubble.status = "read"
            talk = self.world.add_message(bubble)
            if bubble.origin == "customer":
                talk.last_inbound = bubble.at

    def _bubble(self, customer_id: str, message: Message, name: str, file: Attachment | None) -> Bubble:
        is_ours = message.direction == Direction.OUT
        status = "read" if not is_ours or message.delivery == Delivery.READ else "delivered"
        return Bubble(
            name,
            self.line,
            customer_id,
            "business" if is_ours else "customer",
            TYPES[MessageKind(message.kind)],
            _content(self.store, message, file),
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

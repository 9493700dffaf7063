"""A customer's phone with WhatsApp, and the webhooks that come of what its owner does.

ana = simulator.customer("Ana Ruiz", phone="5215512345678")
hello = ana.text("Hola")
ana.image(); ana.voice(caption=None); ana.edit(hello, "Hola, buenas"); ana.react(received, "❤️")
"""

# ruff: noqa: A002 (type and id are the protocol's words)

from typing import TYPE_CHECKING, Any

from inbox.simulator import phone
from inbox.simulator.web import Payload
from inbox.simulator.whatsapp import payloads
from inbox.simulator.whatsapp.graph.media import address, kind_of
from inbox.simulator.whatsapp.payloads import new_user_id, new_wamid
from inbox.simulator.whatsapp.payloads.envelope import given
from inbox.simulator.whatsapp.world import Customer
from inbox.simulator.world import Message, now

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider


class Phone(phone.Phone):
    acts = (
        "text", "image", "voice", "video", "document", "sticker", "location", "contact", "order", "poll", "click_ad",
        "tap", "react", "edit", "revoke", "change_number", "close_window",
    )  # fmt: skip
    customer: Customer

    def __init__(self, provider: "Provider", customer: Customer) -> None:
        super().__init__(provider, customer)
        self._provider = provider

    def kind_of(self, mime_type: str) -> str:
        return kind_of(mime_type) or "document"

    # Writing

    def write(
        self,
        type: str,
        content: Any,
        *,
        line: str | None = None,
        reply_to: str | None = None,
        referral: Payload | None = None,
        forwarded: bool = False,
        shown: Any = None,
        at: float | None = None,
        **more: Any,
    ) -> Message:
        """Any type; `content` is what the webhook carries. `shown`: what the bubble shows, where that differs."""
        world = self._provider.world
        with world.lock:
            to = world.numbers[line or next(iter(world.numbers))]
            message = Message(
                new_wamid(self.customer.phone or self.customer.user_id),
                to.id,
                self.customer.id,
                "customer",
                type,
                content if shown is None else shown,
                at or now(),
                "sent",
                reply_to=reply_to,
                referral=referral,
                forwarded=forwarded,
            )
            talk = world.add_message(message)
            talk.last_inbound = now()
            if referral:
                talk.entry_point = now()
        self._provider.tell(message)
        self._send(message, content, context={"forwarded": True} if forwarded else None, **more)
        return message

    def text(self, body: str, **options: Any) -> Message:
        return self.write("text", {"body": body}, **options)

    def file(
        self,
        type: str,
        content: bytes,
        mime_type: str,
        *,
        caption: str | None = None,
        filename: str | None = None,
        voice: bool | None = None,
        animated: bool | None = None,
        with_url: bool = True,
        **options: Any,
    ) -> Message:
        """Any bytes as any type, even where they lie about each other."""
        media = self._provider.store.keep(content, mime_type, filename=filename)
        said = {
            **given(caption=caption, filename=filename),
            "mime_type": mime_type,
            "sha256": media.sha256,
            "id": media.id,
            **given(voice=voice, animated=animated),
        }
        if with_url:
            said["url"] = address(self._provider, media.id)
        return self.write(type, said, **options)

    def location(
        self,
        latitude: float = 19.4270,
        longitude: float = -99.1677,
        *,
        name: str | None = "Ángel de la Independencia",
        address: str | None = "Av. Paseo de la Reforma, Ciudad de México",
        **options: Any,
    ) -> Message:
        place = {"latitude": latitude, "longitude": longitude, **given(name=name, address=address)}
        return self.write("location", place, **options)

    def contact(
        self, name: str = "José Luis Peña", phone: str = "+52 55 8765 4321", **options: Any
    ) -> Message:
        card = payloads.contacts(name, phone)["entry"][0]["changes"][0]["value"]["messages"][0]["contacts"]
        return self.write("contacts", card, **options)

    def order(self, **options: Any) -> Message:
        cart = payloads.order()["entry"][0]["changes"][0]["value"]["messages"][0]["order"]
        return self.write("order", cart, **options)

    def poll(self, **options: Any) -> Message:
        """Something that the API has no type for."""
        errors = payloads.unsupported()["entry"][0]["changes"][0]["value"]["messages"][0]["errors"]
        return self.write("unsupported", None, shown={"type": "poll"}, errors=errors, **options)

    def click_ad(self, text: str = "Hola, quiero más información", **options: Any) -> Message:
        """Came by an ad; its window is free for 72 hours."""
        return self.text(text, referral=payloads.ad(), **options)

    # Answering

    def tap(self, message: Message, choice: str) -> Message:
        """A button or a row, by its id or (of a template) its text."""
        options: Payload = {"line": message.line_id, "reply_to": message.id}
        message.answered = choice
        self._provider.tell(message)
        if message.type == "template":
            one = next(
                b for b in message.content.get("buttons", []) if choice in (b.get("payload"), b["text"])
            )
            return self.write(
                "button", {"payload": one.get("payload") or one["text"], "text": one["text"]}, **options
            )
        action = message.content["action"]
        for each in action.get("buttons", []):
            if each["reply"]["id"] == choice:
                return self.write(
                    "interactive", {"type": "button_reply", "button_reply": each["reply"]}, **options
                )
        for section in action.get("sections", []):
            for row in section["rows"]:
                if row["id"] == choice:
                    return self.write("interactive", {"type": "list_reply", "list_reply": row}, **options)
        raise KeyError(choice)

    def react(self, message: Message, emoji: str) -> None:
        """ "" takes it back."""
        if emoji:
            message.reactions["customer"] = emoji
        else:
            message.reactions.pop("customer", None)
        self._provider.tell(message)
        body = payloads.reaction(message.id, emoji, **self._from(message))
        self._opened(message)
        self._provider.webhooks.send(body)

    def edit(self, message: Message, new: str) -> None:
        body = payloads.edit(message.id, new, type=message.type, **self._from(message))
        message.content = {**message.content, ("body" if message.type == "text" else "caption"): new}
        message.edited = True
        self._provider.tell(message)
        self._provider.webhooks.send(body)

    def revoke(self, message: Message) -> None:
        message.revoked = True
        self._provider.tell(message)
        self._provider.webhooks.send(payloads.revoke(message.id, **self._from(message)))

    # Being someone else

    def change_number(self, new_phone: str, *, line: str | None = None) -> None:
        """A new phone number, and with it a new BSUID: the notices that the provider sends of it."""
        customer, before = self.customer, self.customer.sender()
        world = self._provider.world
        to = world.numbers[line or next(iter(world.numbers))].receiver()
        with world.lock:
            customer.phone, customer.user_id = new_phone, new_user_id()
        self._provider.tell_of(customer)
        visible = None if customer.hides_phone else new_phone
        if visible:
            self._provider.webhooks.send(payloads.changed_number(visible, sender=before, number=to))
        if customer.has_user_id:
            for notice in (payloads.changed_user_id, payloads.user_id_update):
                more: Payload = {"new_phone": visible} if notice is payloads.changed_user_id else {}
                self._provider.webhooks.send(notice(customer.user_id, sender=before, number=to, **more))

    def close_window(self, hours: float = 25.0) -> None:
        """As if nothing had been written for so long."""
        with self._provider.world.lock:
            for talk in self._provider.world.of_customer(self.customer.id):
                talk.last_inbound = now() - hours * 3600
                talk.entry_point = None
                self._provider.changed(
                    "window",
                    customer=self.customer.id,
                    line=talk.line_id,
                    last_inbound=talk.last_inbound,
                )

    # What all of these need

    def _opened(self, message: Message) -> None:
        with self._provider.world.lock:
            self._provider.world.conversation(message.line_id, self.customer.id).last_inbound = now()

    def _from(self, message: Message) -> Payload:
        number = self._provider.world.numbers[message.line_id]
        return {"sender": self.customer.sender(), "number": number.receiver()}

    def _send(self, message: Message, content: Any, **more: Any) -> None:
        body = payloads.message(
            message.type,
            content,
            id=message.id,
            at=message.at,
            reply_to=message.reply_to,
            referral=message.referral,
            **self._from(message),
            **more,
        )
        self._provider.webhooks.send(body, done=self._taken(message))

"""A customer's phone with Telegram, and the updates that come of what its owner does.

ana = simulator.customer("Ana Ruiz")
hello = ana.text("Hola"); ana.album(3); ana.edit(hello, "Hola, buenas"); ana.block()
ana.text("Hola", line=connection.id)                  # to an account that let the bot in
ana.owner_writes("Ya te contesto", line=connection.id)  # the account's owner, on their own phone
"""

# ruff: noqa: A002 (type is the protocol's word)

from typing import TYPE_CHECKING, Any

from inbox.simulator import phone, samples
from inbox.simulator.telegram import updates
from inbox.simulator.telegram.world import Customer, name, number_of
from inbox.simulator.web import Payload
from inbox.simulator.world import Message, now

if TYPE_CHECKING:
    from inbox.simulator.telegram.provider import Provider

MEMBERS = {"image": "photo", "video": "video", "audio": "audio", "document": "document", "sticker": "sticker"}


class Phone(phone.Phone):
    acts = (
        "start", "text", "image", "album", "voice", "video", "document", "sticker", "location", "contact", "poll",
        "tap", "react", "edit", "revoke", "block", "unblock", "owner_writes", "group_text", "close_window",
    )  # fmt: skip
    customer: Customer

    def __init__(self, provider: "Provider", customer: Customer) -> None:
        super().__init__(provider, customer)
        self._provider = provider

    # Writing

    def write(
        self,
        type: str,
        shown: Any,
        *,
        line: str | None = None,
        reply_to: str | None = None,
        at: float | None = None,
        by_owner: bool = False,
        group: str | None = None,
        **members: Any,
    ) -> Message:
        """`members`: the content as the update carries it; `shown`: as the page does."""
        world = self._provider.world
        with world.lock:
            line = line or self._provider.lines()[0]["id"]
            number = world.next_number(line)
            message = Message(
                name(line, self.customer.tg_id, number),
                line,
                self.customer.id,
                "business" if by_owner else "customer",
                type,
                shown,
                at or now(),
                "delivered" if by_owner else "sent",
                reply_to=reply_to,
                group=group,
            )
            talk = world.add_message(message)
            if not by_owner:
                talk.last_inbound = message.at
                self.customer.started = self.customer.started or line in world.bots
        self._provider.tell(message)
        quoted = world.messages.get(reply_to or "")
        more: Payload = {"reply_to": number_of(quoted)} if quoted else {}
        if group:
            more["media_group_id"] = group
        self._send(message, "message", **members, **more)
        return message

    def start(self, **options: Any) -> Message:
        """What the button of that name writes."""
        return self.text("/start", **options)

    def text(self, body: str, **options: Any) -> Message:
        return self.write("text", {"body": body}, text=body, **options)

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
        claimed_size: int | None = None,
        **options: Any,
    ) -> Message:
        """`claimed_size`: how large the file is at Telegram, without so many bytes here."""
        media = self._provider.store.keep(content, mime_type, filename=filename)
        if claimed_size:
            self._provider.sizes[media.id] = claimed_size
        size = claimed_size or media.size
        member = "voice" if voice else MEMBERS[type]
        said: Any = updates.file(media.id, mime_type, name=filename, size=size)
        if member == "photo":
            said = updates.photo(media.id, size)
        elif member == "sticker":
            said = {**said, "type": "regular", "is_animated": False, "is_video": False, "emoji": "👋"}
        shown = {"id": media.id, "mime_type": mime_type, "filename": filename, "caption": caption}
        words: Payload = {"caption": caption} if caption else {}
        return self.write(type, {k: v for k, v in shown.items() if v}, **{member: said}, **words, **options)

    def album(self, count: int = 3, *, caption: str | None = None, **options: Any) -> list[Message]:
        """Pictures sent as one: each is a message, all of one group."""
        group = str(self._provider.world.next_id("album", first=13_000_001))
        names = ("camisa.jpg", "sillon.jpg", "comprobante.jpg")
        made = []
        for place in range(count):
            words = caption if place == 0 else None
            content = samples.read(names[place % 3])
            made.append(self.file("image", content, "image/jpeg", caption=words, group=group, **options))
        return made

    def location(self, latitude: float = 19.427, longitude: float = -99.1677, **options: Any) -> Message:
        spot = {"latitude": latitude, "longitude": longitude}
        names = {"name": "Ángel de la Independencia", "address": "Av. Paseo de la Reforma, Ciudad de México"}
        venue = {"location": spot, "title": names["name"], "address": names["address"]}
        return self.write("location", {**spot, **names}, venue=venue, location=spot, **options)

    def contact(
        self, name: str = "José Luis Peña", phone: str = "+52 55 8765 4321", **options: Any
    ) -> Message:
        shown = [{"name": {"formatted_name": name}, "phones": [{"phone": phone}]}]
        return self.write("contacts", shown, contact={"phone_number": phone, "first_name": name}, **options)

    def poll(self, **options: Any) -> Message:
        """Something that Cauce has no kind for."""
        poll = {"id": "5", "question": "¿Azul o negro?", "options": [{"text": "Azul"}, {"text": "Negro"}]}
        return self.write("unsupported", {"type": "poll"}, poll=poll, **options)

    # Answering

    def tap(self, message: Message, choice: str) -> None:
        """A button under a message of the business."""
        message.answered = choice
        self._provider.tell(message)
        query = str(self._provider.world.next_id("query", first=4_000_000_001))
        self._provider.queries[query] = self.customer.id
        rows = [
            [{"text": one["reply"]["title"], "callback_data": one["reply"]["id"]}]
            for one in message.content["action"]["buttons"]
        ]
        bot = self._provider.world.bot_of(message.line_id)
        connection = self._provider.world.connections.get(message.line_id)
        more: Payload = {"business_connection_id": connection.id} if connection else {}
        below = updates.content(
            connection.user() if connection else bot.user(),
            number_of(message),
            chat=self.customer.chat(),
            at=message.at,
            text=message.content["body"]["text"],
            reply_markup={"inline_keyboard": rows},
            **more,
        )
        self._provider.send(bot, updates.callback(self.customer.user(), query, choice, below=below))

    def react(self, message: Message, emoji: str) -> None:
        """ "" takes it back."""
        if emoji:
            message.reactions["customer"] = emoji
        else:
            message.reactions.pop("customer", None)
        self._provider.tell(message)
        if message.line_id in self._provider.world.bots:
            body = updates.reaction(self.customer.user(), number_of(message), *filter(None, [emoji]))
            self._provider.send(self._provider.world.bot_of(message.line_id), body)

    def edit(self, message: Message, new: str) -> None:
        field = "text" if message.type == "text" else "caption"
        message.content = {**message.content, ("body" if field == "text" else field): new}
        message.edited = True
        self._provider.tell(message)
        self._send(message, "edited", edit_date=updates.seconds(None), **{field: new}, **self._kept(message))

    def revoke(self, message: Message) -> None:
        """Of a bot's chat nobody is told; of an account's the bot is."""
        message.revoked = True
        self._provider.tell(message)
        if connection := self._provider.world.connections.get(message.line_id):
            body = updates.deleted(self.customer.user(), number_of(message), connection=connection.id)
            self._provider.send(self._provider.world.bot_of(message.line_id), body)

    def block(self) -> None:
        self._set_blocked(True)

    def unblock(self) -> None:
        self._set_blocked(False)

    def owner_writes(
        self, text: str = "Te contesto yo desde mi teléfono", *, line: str | None = None
    ) -> Message:
        """The account's owner, on their own phone."""
        line = line or next(iter(self._provider.world.connections))
        if line not in self._provider.world.connections:
            raise KeyError(line)
        return self.write("text", {"body": text}, line=line, by_owner=True, text=text)

    def group_text(self, text: str = "Hola a todos", *, line: str | None = None) -> None:
        """In a group that the bot is in."""
        body = updates.message(self.customer.user(), 7, chat=updates.GROUP, text=text)
        self._provider.send(next(iter(self._provider.world.bots.values())), body)

    def close_window(self, hours: float = 25.0) -> None:
        """As if nothing had been written for so long."""
        with self._provider.world.lock:
            for talk in self._provider.world.of_customer(self.customer.id):
                talk.last_inbound = now() - hours * 3600
                self._provider.changed(
                    "window", customer=self.customer.id, line=talk.line_id, last_inbound=talk.last_inbound
                )

    # What all of these need

    def _set_blocked(self, blocked: bool) -> None:
        self.customer.blocked = blocked
        self._provider.tell_of(self.customer)
        status = "kicked" if blocked else "member"
        for bot in self._provider.world.bots.values():
            self._provider.send(bot, updates.membership(self.customer.user(), status))

    def _kept(self, message: Message) -> Payload:
        """What else an edited message still holds."""
        media = self._provider.world.media.get((message.content or {}).get("id", ""))
        if media is None:
            return {}
        member = MEMBERS[message.type]
        said = (
            updates.photo(media.id, media.size)
            if member == "photo"
            else updates.file(media.id, media.mime_type)
        )
        return {member: said}

    def _send(self, message: Message, what: str, **members: Any) -> None:
        world = self._provider.world
        connection = world.connections.get(message.line_id)
        user, number = self.customer.user(), number_of(message)
        if connection is not None:
            by = connection.user() if message.origin == "business" else None
            body = updates.business(
                user, number, connection=connection.id, by=by, at=message.at, edit=what == "edited", **members
            )
        else:
            make = updates.edited if what == "edited" else updates.message
            body = make(user, number, at=message.at, **members)
        self._provider.send(world.bot_of(message.line_id), body, done=self._taken(message))

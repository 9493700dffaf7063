"""A customer's phone with Messenger or Instagram, and the webhooks that come of what its owner does.

ana = simulator.customer("Ana Ruiz")
hello = ana.text("Hola"); ana.image(); ana.edit(hello, "Hola, buenas"); ana.revoke(hello)
ana.reply_to_story("¡Qué lindo!"); ana.mention_in_story(); ana.post_back(); ana.click_ad(); ana.follow_link()
ana.page_writes("Desde la bandeja"); ana.other_app_takes(); ana.gives_back()
"""

# ruff: noqa: A002 (type is the protocol's word)

import secrets
from typing import TYPE_CHECKING, Any

from inbox.simulator import phone, samples
from inbox.simulator.meta import defaults, payloads
from inbox.simulator.meta.world import Customer
from inbox.simulator.web import Payload
from inbox.simulator.world import Message, now

if TYPE_CHECKING:
    from inbox.simulator.meta.provider import Provider

MEMBERS = {"image": "image", "video": "video", "audio": "audio", "document": "file", "sticker": "image"}
AD = {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "120210000000000001", "ref": "buen-fin",
      "ads_context_data": {"ad_title": "20 % en sábanas", "photo_url": "https://www.facebook.com/ads/image/1",
                           "post_id": "1000000001"}}  # fmt: skip
LINK = {"source": "SHORTLINK", "type": "OPEN_THREAD", "ref": "tarjeta-de-la-tienda"}


def new_mid() -> str:
    return "m_" + secrets.token_urlsafe(33)


class Phone(phone.Phone):
    acts = (
        "text", "image", "voice", "video", "document", "sticker", "post", "reply_to_story", "mention_in_story", "tap",
        "post_back", "click_ad", "follow_link", "react", "edit", "revoke", "block", "unblock", "page_writes",
        "other_app_takes", "gives_back", "close_window", "end_stories",
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
        referral: Payload | None = None,
        at: float | None = None,
        mid: str | None = None,
        standby: bool = False,
        story: Payload | None = None,
        **content: Any,
    ) -> Message:
        """content: as the webhook carries it; `shown`: as the page does."""
        world = self._provider.world
        with world.lock:
            line = line or self._provider.lines()[0]["id"]
            message = Message(
                mid or new_mid(), line, self.customer.id, "customer", type, shown, at or now(), "sent",
                reply_to=reply_to, referral={"headline": referral["ads_context_data"]["ad_title"]}
                if referral and "ads_context_data" in referral else None,
            )  # fmt: skip
            talk = world.add_message(message)
            talk.last_inbound = message.at
        self._provider.tell(message)
        if reply_to or story:
            content["reply_to"] = {"mid": reply_to} if reply_to else {"story": story}
        if referral:
            content["referral"] = referral
        said = payloads.message(self.customer.user_id, line, message.id, at=message.at, **content)
        self._provider.send(line, said, standby=standby, done=self._taken(message))
        return message

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
        **options: Any,
    ) -> Message:
        """One attachment; words go as a message of their own, as the apps do it."""
        media = self._provider.store.keep(content, mime_type, filename=filename)
        payload: Payload = {"url": self._provider.address_of(media.id)}
        if type == "sticker":
            payload["sticker_id"] = 369239263222822
        shown = {"id": media.id, "mime_type": mime_type, **({"filename": filename} if filename else {})}
        message = self.write(
            type, shown, attachments=[payloads.attachment(MEMBERS.get(type, "file"), **payload)], **options
        )
        if caption:
            self.text(caption, line=message.line_id)
        return message

    def voice(self, *, content: bytes | None = None, **options: Any) -> Message:
        return self.file("audio", content or samples.read("voz.ogg"), "audio/ogg", voice=True, **options)

    def post(self, **options: Any) -> Message:
        """A post or a reel of the business, sent back to it."""
        kind = "ig_reel" if self._provider.key == "instagram" else "fallback"
        url = (
            self._sample("video.mp4", "video/mp4")
            if kind == "ig_reel"
            else "https://www.facebook.com/casacauce/posts/1"
        )
        shared = {"type": kind, "payload": {"url": url, "title": "Sábanas de percal"}}
        shown = {"body": "Sábanas de percal\nhttps://www.facebook.com/casacauce/posts/1"}
        return self.write("text", shown, attachments=[shared], **options)

    def reply_to_story(self, text: str = "¡Qué lindo! ¿Cuánto cuesta?", **options: Any) -> Message:
        story = {"id": "18000000000000001", "url": self._sample("camisa.jpg", "image/jpeg")}
        shown = {"body": f"↩ {text}"}
        return self.write("text", shown, text=text, story=story, **options)

    def mention_in_story(self, **options: Any) -> Message:
        """Instagram: the business is named in a story of theirs."""
        url = self._sample("sillon.jpg", "image/jpeg")
        return self.write(
            "image", self._shown(url), attachments=[payloads.attachment("story_mention", url=url)], **options
        )

    def click_ad(self, text: str = "Hola, vi su anuncio", **options: Any) -> Message:
        return self.text(text, referral=AD, **options)

    # Tapping

    def tap(self, message: Message, choice: str) -> Message:
        """A quick reply under a message of the business."""
        message.answered = choice
        self._provider.tell(message)
        [title] = [
            one["reply"]["title"]
            for one in message.content["action"]["buttons"]
            if one["reply"]["id"] == choice
        ]
        return self.write(
            "text", {"body": title}, text=title, quick_reply={"payload": choice}, line=message.line_id
        )

    def post_back(
        self,
        title: str = "Empezar",
        payload: str = "GET_STARTED",
        *,
        line: str | None = None,
        link: bool = True,
    ) -> Message:
        """A button of the menu, or the first one, by which somebody begins who came by a link."""
        world = self._provider.world
        with world.lock:
            line = line or self._provider.lines()[0]["id"]
            message = Message(
                new_mid(), line, self.customer.id, "customer", "text", {"body": title}, now(), "sent"
            )
            world.add_message(message).last_inbound = message.at
        self._provider.tell(message)
        said: Payload = {"mid": message.id, "title": title, "payload": payload}
        if link:
            said["referral"] = LINK
        event = payloads.element(self.customer.user_id, line, at=message.at, postback=said)
        self._provider.send(line, event, done=self._taken(message))
        return message

    def follow_link(self, *, line: str | None = None) -> None:
        """An m.me or ig.me link, in a conversation that exists."""
        self._happens(line, referral=LINK)

    def react(self, message: Message, emoji: str) -> None:
        """ "" takes it back."""
        if emoji:
            message.reactions["customer"] = emoji
        else:
            message.reactions.pop("customer", None)
        self._provider.tell(message)
        action = {"action": "react", "emoji": emoji, "reaction": "other"} if emoji else {"action": "unreact"}
        self._opened(message)
        self._happens(message.line_id, reaction={"mid": message.id, **action})

    def edit(self, message: Message, new: str) -> None:
        message.content = {**message.content, "body": new}
        message.edited = True
        self._provider.tell(message)
        count = self._provider.world.next_id(f"edit:{message.id}")
        self._happens(message.line_id, message_edit={"mid": message.id, "text": new, "num_edit": count})

    def revoke(self, message: Message) -> None:
        """Unsent."""
        message.revoked = True
        self._provider.tell(message)
        self._happens(message.line_id, message={"mid": message.id, "is_deleted": True})

    # Being somebody else, and the business elsewhere

    def block(self) -> None:
        self.customer.blocked = True
        self._provider.tell_of(self.customer)

    def unblock(self) -> None:
        self.customer.blocked = False
        self._provider.tell_of(self.customer)

    def page_writes(
        self,
        text: str = "Te contesto desde la bandeja de Meta",
        *,
        line: str | None = None,
        standby: bool = False,
    ) -> Message:
        """The business, in Meta's own inbox."""
        line = line or self._provider.lines()[0]["id"]
        message = Message(
            new_mid(), line, self.customer.id, "business", "text", {"body": text}, now(), "delivered"
        )
        with self._provider.world.lock:
            self._provider.world.add_message(message)
        self._provider.tell(message)
        self._provider.echo(message, app_id=defaults.OTHER_APP_ID, standby=standby, text=text)
        return message

    def other_app_takes(self, text: str = "¿Me atienden?", *, line: str | None = None) -> Message:
        """Another app answers from now on: what they write is only overheard."""
        return self.text(text, line=line, standby=True)

    def gives_back(self, *, line: str | None = None) -> None:
        owner = {"previous_owner_app_id": defaults.OTHER_APP_ID, "new_owner_app_id": defaults.APP_ID}
        self._happens(line, pass_thread_control=owner)

    def close_window(self, hours: float = 25.0) -> None:
        """As if nothing had been written for so long."""
        with self._provider.world.lock:
            for talk in self._provider.world.of_customer(self.customer.id):
                talk.last_inbound = now() - hours * 3600
                self._provider.changed(
                    "window", customer=self.customer.id, line=talk.line_id, last_inbound=talk.last_inbound
                )

    def end_stories(self) -> None:
        """A day later: no file of theirs can be fetched any more."""
        self._provider.ended.update(self._provider.world.media)

    # What all of these need

    def _sample(self, name: str, mime_type: str) -> str:
        return self._provider.address_of(self._provider.store.keep(samples.read(name), mime_type).id)

    def _shown(self, url: str) -> Payload:
        return {"id": url.rpartition("/")[2], "mime_type": "image/jpeg"}

    def _opened(self, message: Message) -> None:
        with self._provider.world.lock:
            self._provider.world.conversation(message.line_id, self.customer.id).last_inbound = now()

    def _happens(self, line: str | None, **what: Any) -> None:
        line = line or self._provider.lines()[0]["id"]
        self._provider.send(line, payloads.element(self.customer.user_id, line, **what))

"""A customer's phone: what its owner does with it, whatever app they write with.

Every act takes `line` (the business's account; the first one where it is not said) and returns the Message it made. An
app's own phone says how an act becomes a webhook; `acts` are those that the page and the control API may ask for.
"""

# ruff: noqa: A002 (type is the protocol's word)

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.simulator import samples
from inbox.simulator.webhooks import Delivery
from inbox.simulator.world import Customer, Message

if TYPE_CHECKING:
    from inbox.simulator.provider import Provider

FILES = {"image": "image", "video": "video", "audio": "audio"}


class Phone(ABC):
    acts: tuple[str, ...]
    customer: Customer

    def __init__(self, provider: "Provider", customer: Customer) -> None:
        self.customer = customer
        self._site = provider

    @abstractmethod
    def text(self, body: str, **options: Any) -> Message: ...

    @abstractmethod
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
        """Any bytes as any type, even where they lie about each other."""

    @abstractmethod
    def react(self, message: Message, emoji: str) -> None:
        """ "" takes it back."""

    @abstractmethod
    def edit(self, message: Message, new: str) -> None: ...

    def image(self, sample: str = "camisa.jpg", *, content: bytes | None = None, **options: Any) -> Message:
        return self.file("image", content or samples.read(sample), "image/jpeg", **options)

    def voice(self, *, content: bytes | None = None, **options: Any) -> Message:
        """A voice message recorded in the app."""
        return self.file(
            "audio", content or samples.read("voz.ogg"), "audio/ogg; codecs=opus", voice=True, **options
        )

    def video(self, *, content: bytes | None = None, **options: Any) -> Message:
        return self.file("video", content or samples.read("video.mp4"), "video/mp4", **options)

    def document(
        self, filename: str = "Pedido 1042.pdf", *, content: bytes | None = None, **options: Any
    ) -> Message:
        return self.file(
            "document", content or samples.read("pedido.pdf"), "application/pdf", filename=filename, **options
        )

    def sticker(self, *, content: bytes | None = None, **options: Any) -> Message:
        return self.file(
            "sticker", content or samples.read("sticker.webp"), "image/webp", animated=False, **options
        )

    def upload(
        self,
        content: bytes,
        mime_type: str,
        *,
        type: str | None = None,
        name: str | None = None,
        caption: str | None = None,
        **options: Any,
    ) -> Message:
        """A file that a person chose. Where its type says nothing better, it is a document."""
        kind = type or self.kind_of(mime_type)
        more: dict[str, Any] = {"filename": name} if kind == "document" else {}
        if kind != "audio":
            more["caption"] = caption
        return self.file(kind, content, mime_type, **more, **options)

    def kind_of(self, mime_type: str) -> str:
        return FILES.get(mime_type.partition("/")[0], "document")

    def _taken(self, message: Message) -> Callable[[Delivery], None]:
        """Two ticks, once the business's side has the webhook."""

        def mark(delivery: Delivery) -> None:
            if message.status == "sent":
                message.status = "delivered"
                self._site.tell(message)

        return mark

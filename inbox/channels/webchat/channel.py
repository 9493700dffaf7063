"""The web chat as a kind of channel: nobody stands between us and the visitor, so a message that is a row is sent."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.work import DeliveryError, Receipt
from inbox.channels.inbound import Part
from inbox.channels.kinds import Capabilities, Fetched, FileLimit
from inbox.channels.remedies import Explained
from inbox.channels.webchat import guests
from inbox.channels.webchat.widget import KIND
from inbox.models import Attachment, Channel, Message

TEXT_LIMIT = 4_000  # characters, both ways
FILE_BYTES = 10 * 1024 * 1024
ANY_FILE = FileLimit((), FILE_BYTES)


class WebChat:
    key = KIND
    label: str | Promise = gettext_lazy("Web chat")
    icon = "message-circle"
    description = gettext_lazy("A chat on your own site. No account anywhere; works at once.")
    connects_at_once = True  # a POST to `connect_url_name` makes one
    capabilities = Capabilities(
        text_limit=TEXT_LIMIT,
        caption_limit=TEXT_LIMIT,
        files={
            "image": FileLimit(("image/jpeg", "image/png", "image/gif", "image/webp"), FILE_BYTES),
            "video": ANY_FILE,
            "audio": ANY_FILE,
            "voice": ANY_FILE,
            "document": ANY_FILE,
        },
        replies=True,
        read_marks=True,
        typing=True,
        sends_once=True,
    )

    def send(self, message: Message, *, attempt: int = 1) -> Receipt:
        """Tells the visitor's page that there is something to read; whether it does, its own receipts say."""
        if message.channel.removed_at is not None:
            raise DeliveryError(_("This web chat was removed."), permanent=True, code="removed")
        guests.tell(message.identity_id, message.workspace_id, "message", id=message.pk)
        return Receipt(message.uid.hex)

    def fetch(self, attachment: Attachment, channel: Channel) -> Fetched:
        """What a visitor uploads is here before its message is; nothing is ever waiting, unless the store lost it."""
        if not default_storage.exists(str(attachment.file)):
            raise DeliveryError(_("The file is gone."), permanent=True, code="gone")
        with attachment.file.open("rb") as file:
            return Fetched(file.read(), attachment.mime, attachment.name)

    def mark_read(self, message: Message, *, typing: bool = False) -> None:
        kind = "typing" if typing else "seen"
        guests.tell(message.identity_id, message.workspace_id, kind, id=message.pk)

    def notice(self, channel: Channel, part: Part) -> None:
        """There is no account that could say anything."""

    def address(self, phone: str) -> str | None:
        return None  # one writes to who has written

    def disconnects(self, error: DeliveryError) -> bool:
        return False

    def explain(self, code: str) -> Explained | None:
        return None

    def settings_url_name(self) -> str:
        return "inbox:webchat"

    def connect_url_name(self) -> str:
        return "inbox:webchat_connect"


WEBCHAT = WebChat()

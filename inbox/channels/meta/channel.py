"""What Messenger and Instagram are alike in as kinds of channels."""

from __future__ import annotations

from typing import ClassVar

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.work import DeliveryError, Receipt
from inbox.actions import reachability
from inbox.channels import health
from inbox.channels.inbound import ChannelUpdate, Part
from inbox.channels.kinds import Capabilities, Fetched
from inbox.channels.meta import profiles, refusals, sending
from inbox.channels.meta.connection import client_of
from inbox.channels.meta.graph import GraphError
from inbox.channels.remedies import Explained
from inbox.models import Attachment, Channel, Identity, Message

DIGITS = 4  # of an id, by which strangers are told apart until their name is known


class Conversing:
    key: str
    label: str | Promise
    description: str | Promise
    icon: str
    capabilities: Capabilities
    profile_fields: ClassVar[str]

    def send(self, message: Message, *, attempt: int = 1) -> Receipt:
        """Raises DeliveryError. A bad token disconnects the channel; who blocked us cannot be reached."""
        try:
            receipt = sending.send(message, self.capabilities, attempt=attempt)
        except GraphError as error:
            self._draw_conclusions(message, error)
            # The bubble says by its number what it means; what is kept beside it is what Meta said.
            error.args = (error.details or str(error),)
            raise
        if not message.identity.is_reachable:
            reachability.learn(message.identity, reachable=True)
        return receipt

    def fetch(self, attachment: Attachment, channel: Channel) -> Fetched:
        """By the address that came with the message: nobody gives another. Raises DeliveryError."""
        try:
            content, mime = client_of(channel).download(attachment.provider_url)
        except GraphError as error:
            if error.code == "gone":
                raise self._expired(attachment) from None
            raise
        return Fetched(content, mime or attachment.mime, attachment.name)

    def mark_read(self, message: Message, *, typing: bool = False) -> None:
        """Raises DeliveryError."""
        sending.act(message, "typing_on" if typing else "mark_seen")

    def notice(self, channel: Channel, part: Part) -> None:
        if isinstance(part, ChannelUpdate) and part.what == "policy":
            if part.event == "unblock":
                health.note_error(channel, problem=_("Meta has lifted its block of the page."))
            else:
                health.trouble(
                    channel, problem=_("Meta has blocked the page: see why in Meta Business Suite.")
                )

    def address(self, phone: str) -> str | None:
        return None  # people write first

    def disconnects(self, error: DeliveryError) -> bool:
        return isinstance(error, GraphError) and error.disconnects

    def explain(self, code: str) -> Explained | None:
        return refusals.explain(code)

    def settings_url_name(self) -> str:
        return "inbox:meta"

    def connect_url_name(self) -> str:
        return f"inbox:{self.key}_connect"

    # People have no names in what arrives

    def stranger(self, channel: Channel, key: str) -> str:
        with translation.override(channel.workspace.language):
            words = _("Visitor from %(channel)s %(digits)s")
            return words % {"channel": self.label, "digits": key.rpartition(":")[2][-DIGITS:]}

    def met(self, identity: Identity) -> None:
        profiles.enqueue(identity)

    def _expired(self, attachment: Attachment) -> DeliveryError:
        story = attachment.message is not None and "story" in attachment.message.data
        words = (
            _("The story is over: Instagram keeps it for a day.")
            if story
            else _("Meta no longer has the file.")
        )
        return DeliveryError(words, permanent=True, code="gone")

    def _draw_conclusions(self, message: Message, error: GraphError) -> None:
        """What one failure says about the person, or about the channel as a whole."""
        if error.disconnects:
            health.lose_token(message.channel, problem=str(error))
        elif error.meaning is refusals.PERMISSION or error.meaning is refusals.RESTRICTED:
            health.trouble(message.channel, problem=str(error))
        elif error.meaning is not None and error.meaning.unreachable:
            reachability.learn(message.identity, reachable=False)

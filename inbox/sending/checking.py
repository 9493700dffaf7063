"""What may be sent where. Each check raises Refused, in words for whoever wrote it."""

from collections.abc import Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.visibility import WRITE_CHANNEL
from inbox.channels import kinds
from inbox.channels.kinds import Capabilities
from inbox.models import Attachment, Channel, Identity, MessageKind, Session
from workspaces.errors import Refused
from workspaces.models import Membership

ALBUM = frozenset({"image", "video"})
FILES = frozenset({"image", "video", "audio", "voice", "document", "sticker"})


def check_writable(channel: Channel, by: Membership) -> None:
    """The channel is there, works, and is one the person may write from."""
    if channel.removed_at is not None:
        raise Refused(_("This channel was removed. Choose another one."))
    if not channel.is_usable:
        raise Refused(_("The channel is disconnected. Ask an administrator to reconnect it."))
    if not may_write(channel, by):
        raise Refused(_("You may not write from this channel. Ask an administrator for access."))


def may_write(channel: Channel, by: Membership) -> bool:
    """Whether the channel is granted."""
    return not by.is_seller or channel.pk in by.grants.ids(WRITE_CHANNEL)


def check_not_blocked(identity: Identity) -> None:
    if identity.is_blocked:
        raise Refused(_("This sender is blocked. Unblock them to write."))


def check_reachable(identity: Identity) -> None:
    """They did not block us. (What failed for that may be tried again: nobody says when they unblock us, but their own
    next message.)"""
    if not identity.is_reachable:
        raise Refused(_("This person cannot be reached here any more: they blocked you, or left."))


def check_window(session: Session, channel: Channel, kind: str) -> None:
    """Free text only while the window is open."""
    if kind != MessageKind.TEMPLATE and not kinds.window_is_open(session, channel):
        raise Refused(window_closed(channel))


def check_not_held(session: Session) -> None:
    """No other app answers them now."""
    if session.is_held():
        raise Refused(_("Another app is answering this person. You can write when it gives the chat back."))


def window_closed(channel: Channel) -> str:
    """What can be done depends on the channel: a template, or patience."""
    the_kind = kinds.get(channel.kind)
    can = the_kind.capabilities
    window = can.extension if kinds.is_extended(channel) else can.window
    hours = round(window.total_seconds() / 3600) if window else 0
    named = {"channel": the_kind.label, "hours": hours, "days": hours // 24}
    if can.templates:
        return _("%(channel)s does not let you write after %(hours)s h. Choose a template.") % named
    if hours > 48:
        return _("%(channel)s does not let you write after %(days)s days. They have to write first.") % named
    return _("%(channel)s does not let you write after %(hours)s h. They have to write first.") % named


def not_begun(channel: Channel) -> str:
    """They have not written there yet."""
    named = {"channel": kinds.get(channel.kind).label}
    return _("Until they answer, %(channel)s takes only templates. Choose one.") % named


def check_content(
    channel: Channel, kind: str, text: str, data: dict[str, Any], attachments: Sequence[Attachment]
) -> None:
    """Within what the kind of channel takes."""
    can = kinds.get(channel.kind).capabilities
    if kind in FILES:
        _check_files(can, kind, text, attachments)
        return
    if attachments and kind != MessageKind.TEMPLATE:
        raise Refused(_("This kind of message has no file."))
    if kind == MessageKind.TEXT and not text.strip():
        raise Refused(_("Write something first."))
    if len(text) > can.text_limit:
        raise Refused(_too_long(len(text), can.text_limit))
    if can.text_bytes and len(text.encode()) > can.text_bytes:
        raise Refused(_("The text is too long for this channel: emoji and accents count for more. Split it."))
    if kind == MessageKind.TEMPLATE and not can.templates:
        raise Refused(_("This channel has no templates."))
    _check_choices(can, kind, data)


def _check_files(can: Capabilities, kind: str, text: str, attachments: Sequence[Attachment]) -> None:
    if len(attachments) != 1 and not _is_album(can, attachments):
        raise Refused(_("A message has one file. Send several one after another."))
    if len(text) > can.caption_limit:
        raise Refused(_too_long(len(text), can.caption_limit))
    for attachment in attachments:
        _check_file(can, attachment.kind if len(attachments) > 1 else kind, attachment)


def _is_album(can: Capabilities, attachments: Sequence[Attachment]) -> bool:
    """Pictures and films that the channel takes together."""
    return 2 <= len(attachments) <= can.album and all(one.kind in ALBUM for one in attachments)


def _check_file(can: Capabilities, kind: str, attachment: Attachment) -> None:
    limit = can.files.get("audio" if kind == "voice" else kind)
    if limit is None or (limit.types and attachment.mime not in limit.types):
        limit = can.files.get("document")
    if limit is None or (limit.types and attachment.mime not in limit.types):
        raise Refused(_("This channel does not take files of this kind."))
    if attachment.size > limit.max_bytes:
        raise Refused(
            _("The file is too large: at most %(size)s.") % {"size": filesizeformat(limit.max_bytes)}
        )


def _check_choices(can: Capabilities, kind: str, data: dict[str, Any]) -> None:
    offered, most = len(data.get("buttons", [])), can.buttons
    if kind == MessageKind.LIST:
        offered, most = len(data.get("rows", [])), can.list_rows
    if kind in (MessageKind.BUTTONS, MessageKind.LIST) and not 1 <= offered <= most:
        message = ngettext("At most %(most)s choice.", "From one to %(most)s choices.", most)
        raise Refused(message % {"most": most})


def _too_long(length: int, limit: int) -> str:
    return _("The text has %(length)s characters; at most %(limit)s fit.") % {
        "length": length,
        "limit": limit,
    }

"""One aggregate a file."""

from inbox.models.app import ProviderApp
from inbox.models.attachment import Attachment
from inbox.models.channel import Channel, ChannelUserObjectPermission
from inbox.models.draft import Draft
from inbox.models.erased import ErasedSender
from inbox.models.identity import Identity, IdentityKey
from inbox.models.message import Delivery, Direction, Message, MessageKind, Reaction
from inbox.models.raw import ParkedChange, ParkedStatus, RawRequest
from inbox.models.reading import ReadFloor, ReadMark
from inbox.models.session import Session
from inbox.models.template import Template

__all__ = [
    "Attachment",
    "Channel",
    "ChannelUserObjectPermission",
    "Delivery",
    "Direction",
    "Draft",
    "ErasedSender",
    "Identity",
    "IdentityKey",
    "Message",
    "MessageKind",
    "ParkedChange",
    "ParkedStatus",
    "ProviderApp",
    "RawRequest",
    "Reaction",
    "ReadFloor",
    "ReadMark",
    "Session",
    "Template",
]

"""One aggregate a file."""

from inbox.models.app import ProviderApp
from inbox.models.assignment_decision import AssignmentDecision, Reason, Skip, Trigger, WaitingLead
from inbox.models.assignment_rule import AssignmentRule, AssignmentSeat, Policy
from inbox.models.attachment import Attachment
from inbox.models.channel import Channel, ChannelUserObjectPermission
from inbox.models.draft import Draft
from inbox.models.erased import ErasedSender
from inbox.models.heard import Heard
from inbox.models.identity import Identity, IdentityKey
from inbox.models.message import Delivery, Direction, Message, MessageKind, Reaction
from inbox.models.note import Note
from inbox.models.raw import ParkedChange, ParkedStatus, RawRequest
from inbox.models.reading import ReadFloor, ReadMark
from inbox.models.saved_view import SavedView
from inbox.models.session import Session
from inbox.models.template import Template

__all__ = [
    "AssignmentDecision",
    "AssignmentRule",
    "AssignmentSeat",
    "Attachment",
    "Channel",
    "ChannelUserObjectPermission",
    "Delivery",
    "Direction",
    "Draft",
    "ErasedSender",
    "Heard",
    "Identity",
    "IdentityKey",
    "Message",
    "MessageKind",
    "Note",
    "ParkedChange",
    "ParkedStatus",
    "Policy",
    "ProviderApp",
    "RawRequest",
    "Reaction",
    "ReadFloor",
    "ReadMark",
    "Reason",
    "SavedView",
    "Session",
    "Skip",
    "Template",
    "Trigger",
    "WaitingLead",
]

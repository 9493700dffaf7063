"""One aggregate a file."""

from directory.models.contact_point import ContactPoint
from directory.models.event import Event, Origin
from directory.models.lead import Direction, Lead, Source
from directory.models.placement import STATUS_MARKS, Outcome, Placement, Status
from directory.models.reason import CloseReason, ClosureRule
from directory.models.tag import LeadTag, Tag
from directory.models.tally import Tally

__all__ = [
    "STATUS_MARKS",
    "CloseReason",
    "ClosureRule",
    "ContactPoint",
    "Direction",
    "Event",
    "Lead",
    "LeadTag",
    "Origin",
    "Outcome",
    "Placement",
    "Source",
    "Status",
    "Tag",
    "Tally",
]

"""One aggregate a file."""

from directory.models.contact_point import ContactPoint
from directory.models.custom import CustomChoice, CustomField, CustomKind, CustomValue
from directory.models.event import Event, Origin
from directory.models.importing import Import, ImportRow, ImportState, RowOutcome
from directory.models.lead import Direction, Lead, Source
from directory.models.notification import Digest, Notification, NotificationSettings
from directory.models.placement import STATUS_MARKS, Outcome, Placement, Status
from directory.models.profile import SocialProfile
from directory.models.reason import CloseReason, ClosureRule
from directory.models.tag import LeadTag, Tag
from directory.models.tally import Tally

__all__ = [
    "STATUS_MARKS",
    "CloseReason",
    "ClosureRule",
    "ContactPoint",
    "CustomChoice",
    "CustomField",
    "CustomKind",
    "CustomValue",
    "Digest",
    "Direction",
    "Event",
    "Import",
    "ImportRow",
    "ImportState",
    "Lead",
    "LeadTag",
    "Notification",
    "NotificationSettings",
    "Origin",
    "Outcome",
    "Placement",
    "RowOutcome",
    "SocialProfile",
    "Source",
    "Status",
    "Tag",
    "Tally",
]

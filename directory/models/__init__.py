"""One aggregate a file."""

from directory.models.bulk import BulkAct, BulkBatch, BulkRow
from directory.models.contact_point import ContactPoint
from directory.models.custom import CustomChoice, CustomField, CustomKind, CustomValue
from directory.models.duplicate import DuplicatePair
from directory.models.event import Event, Origin
from directory.models.importing import Import, ImportRow, ImportState, RowOutcome
from directory.models.lead import Direction, Lead, Source
from directory.models.merge import Merge, MovedRows, SetAside
from directory.models.notification import Digest, Notification, NotificationSettings
from directory.models.owned import OwnedName
from directory.models.placement import STATUS_MARKS, Outcome, Placement, Status
from directory.models.profile import SocialProfile
from directory.models.reason import CloseReason, ClosureRule
from directory.models.segment import ListSettings, Segment
from directory.models.tag import LeadTag, Tag
from directory.models.tally import Tally

__all__ = [
    "STATUS_MARKS",
    "BulkAct",
    "BulkBatch",
    "BulkRow",
    "CloseReason",
    "ClosureRule",
    "ContactPoint",
    "CustomChoice",
    "CustomField",
    "CustomKind",
    "CustomValue",
    "Digest",
    "Direction",
    "DuplicatePair",
    "Event",
    "Import",
    "ImportRow",
    "ImportState",
    "Lead",
    "LeadTag",
    "ListSettings",
    "Merge",
    "MovedRows",
    "Notification",
    "NotificationSettings",
    "Origin",
    "Outcome",
    "OwnedName",
    "Placement",
    "RowOutcome",
    "Segment",
    "SetAside",
    "SocialProfile",
    "Source",
    "Status",
    "Tag",
    "Tally",
]

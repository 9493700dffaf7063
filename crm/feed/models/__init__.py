from crm.feed.models.cursor import Cursor, Shift
from crm.feed.models.parked import ATTEMPTS, ParkedRow
from crm.feed.models.row import FEED_INDEX, CurrentXid, FeedRow, XidField

__all__ = ["ATTEMPTS", "FEED_INDEX", "CurrentXid", "Cursor", "FeedRow", "ParkedRow", "Shift", "XidField"]

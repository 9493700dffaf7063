"""The directory: its list, and segments."""

from directory.models import Segment
from tests.access.rows import ADMINS, EVERYONE, Row, World

SHARE = "directory.share_segments"


def shared_segment(world: World) -> dict[str, object]:
    """One of all: an own one is nobody else's to see."""
    return {"pk": Segment.objects.create(name="Urgent", filter="status:urgent").pk}


ROWS = [
    Row("directory:directory", get=EVERYONE),
    Row("directory:list_again", get=EVERYONE),
    Row("directory:list_count", get=EVERYONE),
    Row("directory:list_alike", get=EVERYONE),
    Row("directory:list_fields", get=EVERYONE),
    Row("directory:list_filter", get=EVERYONE),
    Row("directory:list_look", get=EVERYONE, post=EVERYONE),
    Row("directory:segments", get=EVERYONE),
    Row("directory:segment_new", get=EVERYONE, post=EVERYONE),
    Row("directory:segment_management", get=EVERYONE),
    Row("directory:segment_order", post=EVERYONE),
    Row("directory:segment", get=ADMINS, post=ADMINS, target=shared_segment, tool=SHARE),
    Row("directory:segment_removal", post=ADMINS, target=shared_segment, tool=SHARE),
]

"""How much waits in each tab: counted up to a bound, and fetched apart from the list."""

from dataclasses import dataclass

from directory.models import Placement
from inbox.conversations.listing import count
from inbox.conversations.wanted import Tab
from workspaces.models import Membership

MOST = 100  # shown as "99+"
COUNTED = (Tab.MINE, Tab.UNREAD, Tab.UNASSIGNED)


@dataclass(frozen=True)
class Counts:
    """`tabs` by tab, each at most MOST; `waiting` is mine that wait for an answer, for the rail."""

    tabs: dict[Tab, int]
    waiting: int


def counts(membership: Membership) -> Counts:
    """Each by itself, see `listing.count`."""
    return Counts({tab: count(membership, tab, MOST) for tab in COUNTED}, waiting(membership))


def waiting(membership: Membership) -> int:
    """Conversations of this person in which somebody waits for an answer. One query on a small partial index."""
    mine = Placement.objects.filter(
        assignee_id=membership.pk,
        is_archived=False,
        waiting_since__isnull=False,
        last_message_id__isnull=False,
    )
    return len(mine.values_list("pk")[:MOST])

"""How much waits in each tab: counted up to a bound, and fetched apart from the list."""

from dataclasses import dataclass

from django.db.models import QuerySet

from crm.prepared import Prepared
from directory.models import Placement
from inbox.conversations.listing import count
from inbox.conversations.wanted import Tab, Wanted
from workspaces.models import Membership

MOST = 100  # shown as "99+"
COUNTED = (Tab.MINE, Tab.UNREAD, Tab.UNASSIGNED)


@dataclass(frozen=True)
class Counts:
    """`tabs` by tab, each at most MOST; `waiting` is mine that wait for an answer, for the rail."""

    tabs: dict[Tab, int]
    waiting: int


def counts(membership: Membership, wanted: Wanted) -> Counts:
    """Each by itself, see `listing.count`. Under filters no tab is counted: that might take counting all there are."""
    if wanted.filters.is_set:
        return Counts({}, waiting(membership))
    return Counts({tab: count(membership, tab, MOST) for tab in COUNTED}, waiting(membership))


def _waiting_of(membership: int) -> "QuerySet[Placement, tuple[int]]":
    mine = Placement.objects.filter(
        assignee_id=membership,
        is_archived=False,
        waiting_since__isnull=False,
        last_message_id__isnull=False,
    )
    return mine.values_list("pk")[:MOST]


_WAITING = Prepared(_waiting_of, membership=-1)  # every page asks it


def waiting(membership: Membership) -> int:
    """Conversations of this person in which somebody waits for an answer. One query on a small partial index."""
    return len(_WAITING.rows(membership=membership.pk))

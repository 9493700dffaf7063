"""How much waits in each tab: counted up to a bound, and fetched apart from the list."""

from dataclasses import dataclass

from django.db.models import QuerySet

from crm.prepared import Prepared, Remembered, Statement
from directory.models import Placement
from directory.visibility import sight
from inbox.conversations.listing import counted
from inbox.conversations.wanted import Tab, Wanted
from workspaces.models import Membership

MOST = 100  # shown as "99+"
COUNTED = (Tab.MINE, Tab.UNREAD, Tab.UNASSIGNED)


@dataclass(frozen=True)
class Counts:
    """`tabs` by tab, each at most MOST; `waiting` is mine that wait for an answer, for the rail."""

    tabs: dict[Tab, int]
    waiting: int


_counts: Remembered[Statement[tuple[int, ...]]] = Remembered()


def counts(membership: Membership, wanted: Wanted) -> Counts:
    """Two queries; one more for a seller with funnels. Under filters no tab is counted: that might take counting all
    there are."""
    if wanted.filters.is_set:
        return Counts({}, waiting(membership))

    def make() -> Statement[tuple[int, ...]]:
        return Statement.counting(counted(membership, tab, MOST) for tab in COUNTED)

    found = _counts.get(sight(membership), make).rows()[0]
    return Counts(dict(zip(COUNTED, found, strict=True)), waiting(membership))


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

"""The saved views above the list: where each leads, and which one is looked at."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from crm.prepared import Prepared
from inbox.conversations import names
from inbox.conversations.wanted import Wanted
from inbox.models import SavedView
from workspaces.models import Membership

_of = Prepared(
    lambda person: (
        SavedView.objects.filter(Q(membership=None) | Q(membership_id=person))
        .in_order()
        .values_list("pk", "name", "icon", "query", "membership_id")
    ),
    person=-1,
)


@dataclass(frozen=True)
class Shown:
    """`query` has its question mark, or is empty."""

    pk: int
    name: str
    icon: str
    query: str
    is_shared: bool
    is_here: bool


def views(membership: Membership, wanted: Wanted) -> list[Shown]:
    """One query, and none under filters: what these hold was read with them.

    What a view names that is gone, or that the person does not see, is an ordinary filter that finds nothing.
    """
    found = []
    filters = wanted.filters
    rows = names.of(membership, filters).views if filters.is_set else _of.rows(person=membership.pk)
    for pk, name, icon, query, person in rows:
        leads_to = Wanted.of(QueryDict(query), membership)
        found.append(Shown(pk, name, icon, leads_to.query or "?", person is None, leads_to == wanted))
    return found

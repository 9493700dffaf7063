"""How many leads match: exactly, or no further than a bound. Fetched apart from the list.

1. What the tallies have columns for is a sum of them.
2. Else they are counted up to MOST, among few where they are few.
3. What takes longer than a second is not told.
"""

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection

from crm.patience import reading, was_cut
from crm.ui.jinja import grouped
from crm.ui.ways import compiled
from directory import filtering
from directory.listing import paths
from directory.listing.wanted import Wanted
from directory.models import Tally
from directory.visibility import WRITE_CHANNEL, may_see
from workspaces.models import Membership

MOST = 10_000


@dataclass(frozen=True)
class Total:
    """`number` None: it was not told in time. `is_more`: there are more than that."""

    number: int | None
    is_more: bool = False

    @property
    def shown(self) -> str:
        """As it is written in the current language."""
        return grouped(self.number or 0)


def total(membership: Membership, wanted: Wanted) -> Total:
    if wanted.refused:
        return Total(0)
    if not wanted.words and _is_tallied(membership, wanted):
        return Total(_tallied(membership, wanted))
    try:
        with reading():
            return _bounded(membership, wanted)
    except OperationalError as error:
        if not was_cut(error):
            raise
        return Total(None)


def _is_tallied(membership: Membership, wanted: Wanted) -> bool:
    """Tallies know no channels, by which some see what is nobody's in the Inbox."""
    if membership.is_seller and membership.sees_unassigned and membership.grants.ids(WRITE_CHANNEL):
        return False
    known = wanted.filter.catalogue.known
    return all(known(clause.field).is_tallied for clause in wanted.filter.clauses)


def _tallied(membership: Membership, wanted: Wanted) -> int:
    """Their columns have the names of placements'."""
    condition = filtering.condition(wanted.filter, membership)
    return Tally.objects.filter(may_see(membership), wanted.listed, condition).total()


def _bounded(membership: Membership, wanted: Wanted) -> Total:
    rows = wanted.selection.rows(membership) if wanted.words else paths.path(membership, wanted).rows
    try:
        sql, params = compiled(rows.order_by().values_list("pk")[: MOST + 1])
    except EmptyResultSet:
        return Total(0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS counted", params)  # noqa: S608 (compiled by Django)
        number = int(cursor.fetchone()[0])
    return Total(min(number, MOST), is_more=number > MOST)

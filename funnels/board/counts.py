"""How many leads each column has: from tallies where they know what is asked, else counted up to a bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q

from crm.tenancy import current_workspace
from crm.ui import money
from directory.choices import NOBODY
from directory.models import Placement, Tally
from directory.visibility import SEE_ALL, WORK_FUNNEL, WRITE_CHANNEL
from funnels.board.columns import INBOX
from funnels.board.look import ANY_OUTCOME, Look
from workspaces.models import Membership

BOUND = 1_000  # above this it says "1,000+"


@dataclass(frozen=True)
class Count:
    """How many, and what they are worth together; nobody knows that where they were not all counted."""

    amount: int
    is_more: bool = False  # at least so many
    worth: Decimal = Decimal(0)
    currency: str = ""

    @property
    def money(self) -> str:
        """What they are worth, to the unit; empty where that is nothing, or unknown."""
        return money.shown(self.worth.quantize(Decimal(1)), self.currency) if self.worth else ""

    def __str__(self) -> str:
        return f"{self.amount:,}".replace(",", "\u202f") + ("+" if self.is_more else "")


def by_tallies(membership: Membership, look: Look, *, funnel: int, stages: Sequence[int]) -> dict[int, Count]:
    """What tallies know at once: one query. A column they cannot tell (a filter, a seller's Inbox) is left out."""
    if not look.is_counted_by_tallies:
        return {}
    known = Q()
    inbox = _whole_inbox(membership)
    if stages:
        known |= Q(stage_id__in=list(stages)) & _of_stages(membership, funnel)
    if inbox is not None:
        known |= Q(stage_id=None) & inbox
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(*_sums(current_workspace(), known, look))
        sums = {stage: (total, worth) for stage, total, worth in cursor.fetchall()}
    columns = [*stages, *([INBOX] if inbox is not None else [])]
    found = {column: sums.get(column or None, (0, Decimal(0))) for column in columns}
    return {
        column: Count(max(0, total), worth=max(Decimal(0), worth), currency=membership.workspace.currency)
        for column, (total, worth) in found.items()
    }


@lru_cache(maxsize=1024)
def _sums(workspace: int, known: Q, look: Look) -> tuple[str, tuple[Any, ...]]:
    """By stage, remembered as a board's columns are. `workspace` is the open scope's: its id is among the values."""
    rows = Tally.objects.filter(known, is_archived=look.archived)
    if look.outcome != ANY_OUTCOME:
        rows = rows.filter(outcome=look.outcome)
    if look.statuses:
        rows = rows.filter(status__in=look.statuses)
    if look.assignees:
        rows = rows.filter(_assignees(look.assignees))
    sql, values = rows.sums_by_stage().query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, tuple(values)


def bounded(membership: Membership, look: Look, *, columns: Sequence[int]) -> dict[int, Count]:
    """Counted one by one, none further than BOUND: for what is fetched apart from the page."""
    parts, params = [], []
    for column in columns:
        rows = look.narrow(Placement.objects.visible_to(membership).filter(stage_id=column or None))  # type: ignore[misc]
        sql, values = (
            rows.order_by()[: BOUND + 1].values_list("value").query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        )
        parts.append(f"SELECT %s AS c, count(*), coalesce(sum(f.value), 0) FROM ({sql}) AS f")  # noqa: S608 (Django's own SQL)
        params += [column, *values]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return {
            column: Count(BOUND, is_more=True)
            if amount > BOUND
            else Count(amount, worth=worth, currency=membership.workspace.currency)
            for column, amount, worth in cursor.fetchall()
        }


def _of_stages(membership: Membership, funnel: int) -> Q:
    """`ways_into_column` of a stage, as tallies say it."""
    if not membership.is_seller or membership.grants.holds(SEE_ALL, funnel):
        return Q()
    own = Q(assignee_id=membership.pk)
    if membership.sees_unassigned and membership.grants.holds(WORK_FUNNEL, funnel):
        own |= Q(assignee_id=None)
    return own


def _whole_inbox(membership: Membership) -> Q | None:
    """The same of the Inbox; None for who sees there what is nobody's by channel, which tallies do not know."""
    if not membership.is_seller:
        return Q()
    if membership.sees_unassigned and membership.grants.ids(WRITE_CHANNEL):
        return None
    return Q(assignee_id=membership.pk)


def _assignees(ids: Sequence[int]) -> Q:
    named = Q(assignee_id__in=[pk for pk in ids if pk != NOBODY])
    return named | Q(assignee_id=None) if NOBODY in ids else named

"""The directory's rows as its templates need them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from crm.ui import money
from crm.ui.jinja import iso, stamp, url
from directory import columns
from directory.columns import Cell, Column
from directory.listing.listed import Listed
from workspaces.models import Membership


class Row(NamedTuple):
    """`cells` are the columns' kinds and values, without the name; None is empty. `href` needs no escape. Templates
    take it apart into its places."""

    pk: int
    href: str
    name: str
    is_archived: bool
    outcome: str
    waits: bool
    cells: Sequence[tuple[str, Any]]


def rows(placements: Sequence[Listed], membership: Membership, shown: Sequence[Column]) -> list[Row]:
    """A query for each column that asks one; the first of them is the name."""
    values = columns.load_all(shown, placements, membership)
    # One address is made, the others differ in the number at its end.
    base = url("directory:lead", workspace_id=membership.workspace.public_id, pk=0).removesuffix("0/")
    currency = membership.workspace.currency
    others = [(str(one.cell), _spoken(one, values[one.key], currency)) for one in shown if one.key != "name"]
    names = values["name"]
    return [
        Row(
            pk=one.pk,
            href=f"{base}{one.pk}/",
            name=names[one.pk],
            is_archived=one.is_archived,
            outcome=one.outcome,
            waits=one.waiting_since is not None,
            cells=[(cell, held.get(one.pk)) for cell, held in others],
        )
        for one in placements
    ]


def _spoken(column: Column, values: Mapping[int, Any], currency: str) -> Mapping[int, Any]:
    """Amounts in words, times as the browser and as people read them: a column gives them as they are, since files
    want those."""
    if column.cell == Cell.TIME:
        return {lead: (iso(value), stamp(value)) for lead, value in values.items()}
    if column.cell == Cell.MONEY:
        return {lead: money.shown(value, currency) for lead, value in values.items()}
    return values

"""Who takes part when two leads become one: whoever has rows that name a lead.

    merging.register(merging.Participant("calls", tables=(merging.Table("agenda.Call", _("Calls")),)))
    merging.exempt("inbox.WaitingLead", "lead", "why its rows need not move")          from AppConfig.ready()

How the rows move, and back, is in `directory.merging.moving`; who decides it, in `directory.actions.merges`; why it is
so, in docs/decisions/merge.md. A test fails where a tenant's table names a lead and is in neither list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from crm.ui.registry import Registry
from directory.models import Lead, Merge, Placement


@dataclass(frozen=True)
class Table:
    """Rows of one model that name a lead in `column`.

    label: what they are called where an undo says what stayed; empty: it says nothing of them.
    once: columns of which a lead has one combination only (`once_where`: rows for which that holds, of the alias
        {row}). Of two rows that are alike the remaining lead's stays, unless `better`, a condition on the aliases
        `gone` and `kept`, holds; the other is set aside until the undo.
    clears: a column that only has to differ within a lead: emptied where both have the same.
    follows: the column by which rows that came later go with what was moved, when it is taken back: {column: model}.
    since: when a row came, to say what stayed.
    """

    model: str
    label: str | Promise = ""
    column: str = "lead_id"
    once: tuple[str, ...] = ()
    once_where: str = ""
    better: str = ""
    clears: str = ""
    follows: tuple[str, str] | None = None
    since: str = "created_at"

    @property
    def of(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def name(self) -> str:
        return self.of._meta.db_table


def nothing(*args: object) -> None:
    """Nothing to do."""


@dataclass(frozen=True)
class Participant:
    """tables: what moves, in this order.
    hold: before the placements are locked: what a message that arrives at the same moment has to wait for.
    prepare: in the transaction that decides, before any row moves; what the undo needs, it puts into `merge.before`.
    merged, split: in the same, after the first rows moved: what moving rows is not all of.
    settle: of each lead, its placement locked, when an undo begins and when its last rows moved: what the placement
        says of the rows.
    order: the lowest floor first.
    """

    key: str
    tables: tuple[Table, ...] = ()
    hold: Callable[[Sequence[Lead]], None] = nothing
    prepare: Callable[[Merge], None] = nothing
    merged: Callable[[Merge], None] = nothing
    split: Callable[[Merge], None] = nothing
    settle: Callable[[Placement], None] = nothing
    order: int = 100


_participants: Registry[Participant] = Registry("Merge participant")
_exempt: dict[tuple[str, str], str] = {}


def register(participant: Participant) -> Participant:
    return _participants.register(participant)


def participants() -> list[Participant]:
    return list(_participants)


def tables() -> list[Table]:
    return [table for participant in _participants for table in participant.tables]


def exempt(model: str, field: str, why: str) -> None:
    """Rows of this model that name a lead in `field` stay with it, for a reason."""
    _exempt[model, field] = why


def exemptions() -> dict[tuple[str, str], str]:
    return dict(_exempt)

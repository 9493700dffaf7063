"""Who takes part when a lead is deleted for good, and when the personal data of one are erased.

    erasure.register(erasure.Participant("messages", erase, stop=stop, strip=strip))     from AppConfig.ready()
    erasure.keep_in_events("stage_id", "status")     what of events names nobody

A deletion takes all of the lead: who keeps many rows of it, or things outside the database, takes part; what has a
foreign key to the lead, and few rows, goes by its cascade. Erasing personal data leaves the lead and its figures: who
keeps anything that a person said, or is called or reached by, takes part. How it goes is in `directory.actions.erasure`
and `directory.actions.personal`, why so in docs/decisions/erasure.md.

Leads go some hundreds at once: a participant is given several, of one workspace, and writes by a statement for all.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import connection

from crm.ui.registry import Registry


@dataclass(frozen=True)
class Leads:
    """Some hundreds at most, of one workspace."""

    workspace_id: int
    ids: Sequence[int]

    def without(self, leads: Collection[int]) -> "Leads":
        return Leads(self.workspace_id, [pk for pk in self.ids if pk not in leads]) if leads else self

    def rows(self, table: str, *, order: str, most: int, where: str = "true") -> list[int]:
        """The ids of some rows of theirs, lead by lead in the `order` of an index that begins with workspace and lead:
        asked for all leads at once, PostgreSQL walks everybody's where it takes them for many."""
        with connection.cursor() as cursor:
            cursor.execute(
                _ROWS.format(table=table, order=order, where=where),
                {"workspace": self.workspace_id, "leads": list(self.ids), "most": most},
            )
            return [pk for (pk,) in cursor.fetchall()]


class Step(Enum):
    DONE = "done"  # nothing of theirs is left
    MORE = "more"  # something went; ask again
    WAIT = "wait"  # something is under way at this moment; ask again in a while


def nothing(leads: Leads) -> None:
    """Nothing has to stop."""


def all_done(leads: Leads) -> Step:
    """It has no rows that outlive the leads' cascade, or none that say anything of the person."""
    return Step.DONE


@dataclass(frozen=True)
class Participant:
    """stop: in the transaction by which either begins, before the leads' placements are locked: what is on its way to
    leave does not leave any more, and who wrote is known by nothing any more.
    seal: where personal data are erased, in the same transaction, after that: what is few rows loses the person at
    once, and nobody can write to them any more.
    erase: deletes; strip: takes out of the rows what is of the person, and leaves the rows. Later, in the scope, with
    no transaction open: one batch, committed when it returns. Idempotent.
    order: the highest floor first.
    """

    key: str
    erase: Callable[[Leads], Step] = all_done
    stop: Callable[[Leads], None] = nothing
    seal: Callable[[Leads], None] = nothing
    strip: Callable[[Leads], Step] = all_done
    order: int = 100


_participants: Registry[Participant] = Registry("Erasure participant")
_kept_in_events: set[str] = set()


def register(participant: Participant) -> Participant:
    return _participants.register(participant)


def participants() -> list[Participant]:
    return list(_participants)


def keep_in_events(*names: str) -> None:
    """Fields of `changes` and `facts` of events that say nothing of the person: they stay when personal data go.
    Whatever nobody has named goes."""
    _kept_in_events.update(names)


def kept_in_events() -> list[str]:
    return sorted(_kept_in_events)


_ROWS = """
    SELECT found.id FROM unnest(%(leads)s::bigint[]) AS lead (id), LATERAL (
        SELECT id FROM {table} WHERE workspace_id = %(workspace)s AND lead_id = lead.id AND {where}
        ORDER BY {order} LIMIT %(most)s
    ) AS found LIMIT %(most)s
"""

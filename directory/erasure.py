"""Who takes part when a lead is deleted for good, and when the personal data of one are erased.

    erasure.register(erasure.Participant("messages", erase, stop=stop, strip=strip))     from AppConfig.ready()
    erasure.keep_in_events("stage_id", "status")     what of events names nobody

A deletion takes all of the lead: who keeps many rows of it, or things outside the database, takes part; what has a
foreign key to the lead, and few rows, goes by its cascade. Erasing personal data leaves the lead and its figures: who
keeps anything that a person said, or is called or reached by, takes part. How it goes is in `directory.actions.erasure`
and `directory.actions.personal`, why so in docs/decisions/erasure.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from crm.ui.registry import Registry
from directory.models import Lead


class Step(Enum):
    DONE = "done"  # nothing of the lead's is left
    MORE = "more"  # something went; ask again
    WAIT = "wait"  # something is under way at this moment; ask again in a while


def nothing(lead: Lead) -> None:
    """Nothing has to stop."""


def all_done(lead: Lead) -> Step:
    """It has no rows that outlive the lead's cascade, or none that say anything of the person."""
    return Step.DONE


@dataclass(frozen=True)
class Participant:
    """stop: in the transaction by which either begins, before the lead's placement is locked: what is on its way to
    leave does not leave any more, and who wrote is known by nothing any more.
    seal: where personal data are erased, in the same transaction, after that: what is few rows loses the person at
    once, and nobody can write to them any more.
    erase: deletes; strip: takes out of the rows what is of the person, and leaves the rows. Later, in the scope, with
    no transaction open: one batch, committed when it returns. Idempotent.
    order: the highest floor first.
    """

    key: str
    erase: Callable[[Lead], Step] = all_done
    stop: Callable[[Lead], None] = nothing
    seal: Callable[[Lead], None] = nothing
    strip: Callable[[Lead], Step] = all_done
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

"""Who takes part when a lead is deleted for good: whoever keeps many rows of a lead, or things outside the database.

    erasure.register(erasure.Participant("messages", erase, stop=stop, order=10))     from AppConfig.ready()

What has a foreign key to the lead, and few rows, goes by its cascade and needs no participant. How it goes is in
`directory.actions.erasure`, why so in docs/decisions/erasure.md.
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


@dataclass(frozen=True)
class Participant:
    """stop: in the transaction by which the lead leaves everybody's sight, before its placement is locked: what is on
    its way to leave does not leave any more, and who wrote is known by nothing any more.
    erase: later, in the scope, with no transaction open: one batch, committed when it returns. Idempotent.
    order: the highest floor first.
    """

    key: str
    erase: Callable[[Lead], Step]
    stop: Callable[[Lead], None] = nothing
    order: int = 100


_participants: Registry[Participant] = Registry("Erasure participant")


def register(participant: Participant) -> Participant:
    return _participants.register(participant)


def participants() -> list[Participant]:
    return list(_participants)

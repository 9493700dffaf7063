"""Duplicates as they arise: a consumer of the events, after the transaction in which the lead came or changed.

Never in intake's own, which is kept small and holds locks that others wait for. Floors above say which of their events
name another lead: `noticing.register(Verb.DUPLICATE_SUSPECTED, suspicion)`.
"""

from collections.abc import Callable
from enum import StrEnum

from crm import live
from crm.feed import Consumer
from directory.actions.duplicates import TOPIC
from directory.merging import finding
from directory.models import Event
from directory.verbs import Verb

Suspicion = Callable[[Event], tuple[int, str] | None]
_LOOKED_AT = {Verb.CREATED, Verb.CONTACT_POINT_ADDED, Verb.MERGED, Verb.SPLIT}
_suspicions: dict[str, Suspicion] = {}


def register(verb: StrEnum, suspicion: Suspicion) -> None:
    """(the other lead, a Reason) of such an event, whose verb ends in "_suspected"; None where it says nothing."""
    assert verb.endswith("_suspected"), verb
    _suspicions[verb] = suspicion


def handle(event: Event) -> None:
    """Handled twice it finds the same pairs, which are there already."""
    if _found(event):
        live.signal(f"workspace:{event.workspace_id}", TOPIC)


def _found(event: Event) -> int:
    if event.verb in _suspicions:
        named = _suspicions[event.verb](event)
        return finding.note_pair(event.lead_id, *named) if named else 0
    if event.verb in _LOOKED_AT or (event.verb == Verb.EDITED and event.changes.keys() & {"name", "city"}):
        return finding.note_of(event.lead_id)
    return 0


# Of a hundred thousand tags nothing is looked at. What floors above register ends in "_suspected".
_WANTS = (
    "verb IN ({}) OR right(verb, 10) = '_suspected' OR (verb = '{}' AND changes ?| '{{name,city}}')".format(
        ", ".join(f"'{verb}'" for verb in sorted(_LOOKED_AT)), Verb.EDITED
    )
)
CONSUMER = Consumer("directory.duplicates", "directory.Event", handle, wants=_WANTS)

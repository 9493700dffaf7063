"""The consumer of `directory.Event` that tells people what happened to leads.

Each row is made in the transaction in which the cursor moves; what is read again is told once (the row's cause). It
judges by how things stand when it reads: a lead that was given on meanwhile is not told to who had it.
"""

from collections.abc import Callable
from typing import Any

from crm.feed import Consumer
from directory.actions.notifications import make, people
from directory.models import Event, NotificationSettings, Placement
from directory.notifications.kinds import ASSIGNED, FREE_LEAD, MENTIONED
from directory.verbs import Verb

# Of the floor above; facts: note, mentions (ids of memberships, of an edited note only new ones).
NOTED, NOTE_EDITED = "lead.noted", "note.edited"
MOST_MENTIONS = 100


def handle(event: Event) -> None:
    tell = _TOLD.get(event.verb)
    placement = Placement.objects.select_related("lead").filter(pk=event.lead_id).first() if tell else None
    if tell is not None and placement is not None:
        tell(event, placement)


def _assigned(event: Event, placement: Placement) -> None:
    """Of an act on many, who got them is told once, see directory.bulk.telling; and of its undo nobody is."""
    if "bulk" in event.facts:
        return
    _tell_assignee(event, placement, (event.changes.get("assignee_id") or [None, None])[1])


def _created(event: Event, placement: Placement) -> None:
    """With somebody it was made for; or as nobody's, to those who want to know."""
    if "assignee" in event.facts:
        _tell_assignee(event, placement, event.facts["assignee"])
    elif placement.assignee_id is None:
        wanting = NotificationSettings.objects.choosing(FREE_LEAD).values_list("membership_id", flat=True)
        for person in people(wanting):
            if person.pk != event.actor_id:
                make(FREE_LEAD, to=person, cause=_cause(event), placement=placement)


def _noted(event: Event, placement: Placement) -> None:
    mentioned = event.facts.get("mentions")
    ids = {one for one in mentioned if _is_id(one)} if isinstance(mentioned, list) else set()
    for person in people(sorted(ids - {event.actor_id})[:MOST_MENTIONS]):
        make(
            MENTIONED,
            to=person,
            cause=_cause(event),
            placement=placement,
            by=event.actor_id,
            facts={"note": event.facts.get("note")},
        )


def _tell_assignee(event: Event, placement: Placement, assignee: Any) -> None:
    if not _is_id(assignee) or assignee == event.actor_id or assignee != placement.assignee_id:
        return
    for person in people([assignee]):
        make(ASSIGNED, to=person, cause=_cause(event), placement=placement, by=event.actor_id)


def _cause(event: Event) -> str:
    return f"event:{event.pk}"


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


_TOLD: dict[str, Callable[[Event, Placement], None]] = {
    Verb.ASSIGNED: _assigned,
    Verb.CREATED: _created,
    NOTED: _noted,
    NOTE_EDITED: _noted,
}
# Of thousands of tags, of an act on many or an import, nothing is to be told here: they tell of all of it at once.
_WANTS = "verb IN ({}) AND origin <> 'import' AND NOT (verb = 'lead.assigned' AND facts ? 'bulk')".format(
    ", ".join(f"'{verb}'" for verb in _TOLD)
)
CONSUMER = Consumer("notifications", "directory.Event", handle, wants=_WANTS)

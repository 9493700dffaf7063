"""A consumer of the events: what leaves a lead to nobody puts it into the queue, where a rule is for it.

What a channel brings is decided at intake, with the message; what intake itself wrote is not looked at here.
"""

from crm import feed
from directory.models import Event, Origin, Placement
from directory.verbs import Verb
from inbox.assignment import queue, reading
from inbox.models import Trigger

_PLACED = {Verb.CREATED, Verb.MOVED, Verb.UNARCHIVED, Verb.REOPENED}


def follow(event: Event) -> None:
    """In the scope of its workspace, in the transaction of the cursor."""
    trigger = _trigger(event)
    if trigger is None or "undo" in event.facts:  # what is taken back starts nothing
        return
    placement = Placement.objects.on_board().filter(pk=event.lead_id, assignee=None).first()
    if placement is None or not _is_wanted(event, placement):
        return
    rule = reading.rule_of(placement)
    if rule is not None:
        queue.put(placement, rule=rule, trigger=trigger, without=_gave(event, trigger))
        queue.nudge_for(placement.workspace_id)


def _trigger(event: Event) -> Trigger | None:
    if event.verb == Verb.ASSIGNED:
        return Trigger.FREED if event.changes.get("assignee_id", [None, 0])[1] is None else None
    if event.verb == Verb.MOVED and "stage_id" not in event.changes:
        return None  # put elsewhere in its column
    if event.verb in _PLACED and event.origin != Origin.CHANNEL:
        return Trigger.PLACED
    return None


def _is_wanted(event: Event, placement: Placement) -> bool:
    """In the Inbox, only who wrote to us. Of what somebody left behind, or many were taken from at once, only who waits
    for an answer: the rest would stand before everyone who writes today, and gets an assignee when they write."""
    freed = event.verb == Verb.ASSIGNED and ("left" in event.facts or "bulk" in event.facts)
    if freed and not placement.needs_reply:
        return False
    return not placement.is_in_inbox or placement.last_inbound_id is not None


def _gave(event: Event, trigger: Trigger) -> int | None:
    """Whoever had it until now; given back by hand, it does not go back to them at once."""
    had: int | None = event.changes["assignee_id"][0] if trigger == Trigger.FREED else None
    return had


_WANTS = """
    origin <> 'import' AND NOT facts ? 'undo' AND (
        verb IN ('lead.created', 'lead.moved', 'lead.unarchived', 'lead.reopened')
        OR (verb = 'lead.assigned' AND changes #> '{assignee_id,1}' = 'null')
    )
"""
CONSUMER = feed.Consumer("assignment", "directory.Event", follow, wants=_WANTS)

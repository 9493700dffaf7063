"""At the end of an intake, in its transaction: whoever wrote and is nobody's gets an assignee, or a place in the queue.

Where no rule is on, this asks nothing: the channel, which intake has read, says so.
"""

from directory.models import Placement
from inbox.assignment import deciding, queue, reading
from inbox.intake.arrival import Arrival
from inbox.models import Channel, Trigger


def decide(arrival: Arrival) -> None:
    """After everything else of the arrival was written, so that the workspace's lock is held for as long as it takes to
    commit."""
    for placement in arrival.heard.values():
        if placement.assignee_id is None and _may_concern(arrival.channel, placement):
            _decide(placement)


def _may_concern(channel: Channel, placement: Placement) -> bool:
    return bool(channel.assigns.get("inbox" if placement.is_in_inbox else "funnels"))


def _decide(placement: Placement) -> None:
    """Behind those who wait already for the same people; whoever hands out does it in a moment, in their order."""
    deciding.lock(placement.workspace_id)
    found = reading.situation(placement)
    if found is None:
        return
    if found.waits:
        queue.keep(placement, rule=found.rule)
    elif reading.others_come_first(placement, found):
        queue.put(placement, rule=found.rule, trigger=Trigger.MESSAGE)
    else:
        deciding.settle(placement, found, trigger=Trigger.MESSAGE)
        return
    queue.nudge_for(placement.workspace_id)

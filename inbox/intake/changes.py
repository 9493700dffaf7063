"""Reactions, edits and revocations: of a message that is here, or parked until it is.

Each may come twice, late, and in another order than it was made. So each leaves a trace by which the later one is told:
a reaction its time, also where it was taken away; an edit its id, in `data["before"]`.
"""

from datetime import datetime
from typing import Any

from directory import listening
from inbox import forgetting
from inbox.channels.inbound import MessageEdit, MessageRevocation, ReactionChange
from inbox.intake import people
from inbox.intake.arrival import Arrival, Change
from inbox.models import Message, ParkedChange, Reaction

REACTION, EDIT, REVOCATION = (
    ParkedChange.Change.REACTION,
    ParkedChange.Change.EDIT,
    ParkedChange.Change.REVOCATION,
)


def take(arrival: Arrival, part: Change) -> None:
    change = _change(arrival, part)
    message = arrival.messages.get(part.target)
    if message is None:
        if forgetting.erased_at(arrival.channel.pk, part.keys):
            raise forgetting.Forgotten  # of a message that went with its lead
        ParkedChange.objects.bulk_create([change], ignore_conflicts=True)
    else:
        _apply(message, change)
        listening.tell_if_there(message.lead_id, kind="thread")
    if isinstance(part, ReactionChange) and not part.is_echo:
        _note_reaction(arrival, part)


def apply_parked(message: Message, change: ParkedChange) -> None:
    """The message has arrived; whoever saved it tells the pages."""
    _apply(message, change)


def _change(arrival: Arrival, part: Change) -> ParkedChange:
    data: dict[str, Any] = {}
    if isinstance(part, ReactionChange):
        change, data = REACTION, {"emoji": part.emoji}
    elif isinstance(part, MessageEdit):
        change, data = EDIT, {"text": part.text, "data": part.data}
    else:
        assert isinstance(part, MessageRevocation)
        change = REVOCATION
    return ParkedChange(
        channel=arrival.channel,
        target=part.target,
        external_id=part.external_id,
        change=change,
        is_echo=part.is_echo,
        data=data,
        at=arrival.at(part),
    )


def _apply(message: Message, change: ParkedChange) -> None:
    if change.change == REACTION:
        react(message, change.data["emoji"], change.at, is_ours=change.is_echo)
    elif message.is_inbound == change.is_echo:
        return  # one changes one's own messages only
    elif change.change == EDIT:
        _edit(message, change)
    elif message.revoked_at is None:
        message.revoked_at = change.at
        message.save(update_fields=["revoked_at"])


def react(message: Message, emoji: str, at: datetime, *, is_ours: bool) -> None:
    """The latest counts. One that was taken away stays as an empty one, else an older one could come back."""
    known = Reaction.objects.filter(message=message, is_ours=is_ours).first()
    if known is None:
        Reaction.objects.create(message=message, is_ours=is_ours, emoji=emoji, at=at)
    elif at >= known.at:
        known.emoji, known.at = emoji, at
        known.save(update_fields=["emoji", "at"])


def _edit(message: Message, change: ParkedChange) -> None:
    """`before` holds what it said, each with the edit that replaced it; one that comes late is put there itself."""
    before = list(message.data.get("before", []))
    if any(entry["by"] == change.external_id for entry in before):
        return
    entry = {"by": change.external_id, "at": change.at.isoformat()}
    if message.edited_at is not None and change.at < message.edited_at:
        before.insert(0, {**entry, "text": change.data["text"]})
        message.data = {**message.data, "before": before}
    else:
        before.append({**entry, "text": message.text})
        message.data = {**message.data, **change.data["data"], "before": before}
        message.text, message.edited_at = change.data["text"], change.at
    message.save(update_fields=["text", "data", "edited_at"])


def _note_reaction(arrival: Arrival, part: ReactionChange) -> None:
    """Whoever reacts may be written to, as if they had written. Nobody has to answer."""
    person = people.known(arrival, part)
    if person is None or arrival.window is None or person.identity.is_blocked:
        return
    session, _opened = people.session(arrival, person, part.thread)
    ends = people.extend_window(arrival, session, arrival.at(part))
    placement = person.placement
    if ends and (placement.window_ends_at is None or ends > placement.window_ends_at):
        placement.window_ends_at = ends
        placement.save(update_fields=["window_ends_at"])
        listening.tell(placement)

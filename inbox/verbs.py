"""What conversations add to what can happen to a lead. A message is no event: it is a row of its own."""

from enum import StrEnum


class Verb(StrEnum):
    OPENED = "conversation.opened"  # facts: channel, session, message, direction
    REFERRED = "conversation.referred"  # an ad or a post led here; facts: message, source, type
    DUPLICATE_SUSPECTED = "lead.duplicate_suspected"  # facts: other, by
    SENDER_BLOCKED = "sender.blocked"  # facts: identity, channel
    SENDER_UNBLOCKED = "sender.unblocked"
    IDENTITY_CHANGED = "identity.changed"  # facts: identity, reason
    NOBODY_FREE = "assignment.nobody_free"  # facts: decision
    REACHABILITY_CHANGED = "identity.reachability_changed"  # facts: identity, channel, reachable, at
    CONSENT_CHANGED = "identity.consent_changed"  # facts: identity, topic, allowed
    NOTED = "lead.noted"  # facts: note, mentions (memberships who see the lead, without the author); never its words
    NOTE_EDITED = "note.edited"  # facts: note, mentions (those that came new)
    NOTE_DELETED = "note.deleted"  # facts: note
    NOTE_PINNED = "note.pinned"  # facts: note
    NOTE_UNPINNED = "note.unpinned"  # facts: note

"""What conversations add to what can happen to a lead. A message is no event: it is a row of its own."""

from enum import StrEnum


class Verb(StrEnum):
    OPENED = "conversation.opened"  # facts: channel, session, message, direction
    REFERRED = "conversation.referred"  # an ad or a post led here; facts: message, source, type
    DUPLICATE_SUSPECTED = "lead.duplicate_suspected"  # facts: other, by
    IDENTITY_CHANGED = "identity.changed"  # facts: identity, reason
    REACHABILITY_CHANGED = "identity.reachability_changed"  # facts: identity, channel, reachable, at
    CONSENT_CHANGED = "identity.consent_changed"  # facts: identity, topic, allowed

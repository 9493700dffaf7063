"""What can happen to a lead. Floors above add enumerations of their own; a verb is "<noun>.<past>" in 40 letters."""

from enum import StrEnum


class Verb(StrEnum):
    CREATED = "lead.created"
    EDITED = "lead.edited"
    CONTACT_POINT_ADDED = "contact_point.added"
    CONTACT_POINT_REMOVED = "contact_point.removed"
    TAGGED = "lead.tagged"
    UNTAGGED = "lead.untagged"
    PROFILE_ADDED = "profile.added"
    PROFILE_REMOVED = "profile.removed"
    MANAGED = "lead.managed"
    ASSIGNED = "lead.assigned"
    VALUED = "lead.valued"
    STATUS_SET = "lead.status_set"
    MOVED = "lead.moved"
    WON = "lead.won"
    LOST = "lead.lost"
    REOPENED = "lead.reopened"
    ARCHIVED = "lead.archived"
    UNARCHIVED = "lead.unarchived"
    PERSONAL_ERASED = "lead.personal_erased"  # who they were; the verbs before it have lost what named them
    MERGED = "lead.merged"  # changes: merged [None, the other lead], and what was chosen; facts: merge, other
    SPLIT = "lead.split"  # changes: merged [the other lead, None]; facts: merge, other, stayed

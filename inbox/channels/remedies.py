"""What a refusal means to whoever wrote the message, whatever the channel: words, and what can be done about it."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Remedy(StrEnum):
    """What a person can do about a message that failed."""

    NONE = ""
    RETRY = "retry"
    TEMPLATE = "template"
    RECONNECT = "reconnect"


@dataclass(frozen=True, slots=True)
class Explained:
    """text: what happened and what to do, in the reader's language."""

    text: str | Promise
    remedy: Remedy = Remedy.NONE

"""What a refusal of one of Meta's APIs means: to people, and to the machine. Each channel has its own table of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from inbox.channels.remedies import Remedy


class Course(StrEnum):
    """What delivery does about it."""

    FAIL = "fail"  # trying again is of no use
    RETRY = "retry"  # temporary: again, a few times
    PAIR = "pair"  # too many to this person: again after 4^n seconds
    BACK_OFF = "back_off"  # too many altogether: the whole lane waits
    DISCONNECT = "disconnect"  # the token is no longer good: nothing can be sent


@dataclass(frozen=True, slots=True)
class Meaning:
    """text: what happened and what to do, in the reader's language.

    pause: seconds that the lane waits, for BACK_OFF.
    resync: the templates here no longer agree with those at Meta.
    opted_out: the person does not want messages of this kind.
    unreachable: they blocked us, or are gone.
    by_subcode: the code alone means something else.
    """

    text: str | Promise
    course: Course = Course.FAIL
    remedy: Remedy = Remedy.NONE
    pause: float = 0
    resync: bool = False
    opted_out: bool = False
    unreachable: bool = False
    by_subcode: bool = False

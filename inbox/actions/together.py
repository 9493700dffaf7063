"""Two people about to answer one customer: whoever sends second is told first what the other has said.

The page says which message was the last it showed when the answer was begun (`Seen.up_to`). Under the lead's lock, by
which answers come one after the other, the lead's own last message is compared with it: where that is no newer nothing
is asked, else one query finds whether a colleague is among the newest messages. The refusal names the answer it was
about, so that "send anyway" is for that answer, and not for one that comes between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import F
from django.utils.translation import gettext as _

from directory.models import Placement
from inbox.models import Direction, Message
from workspaces.errors import Refused
from workspaces.models import Membership

NEWEST = 20  # messages among which a colleague's answer is looked for


@dataclass(frozen=True)
class Seen:
    """What whoever sends knows: the last message that was shown (0: none), and `writing`, who else is writing an answer
    now and has not been told of, as memberships."""

    up_to: int
    writing: Sequence[int] = field(default=())


class Crossed(Refused):
    """Somebody else has answered since, or is about to. `answer` has `author_name`; `last` is what is known now."""

    def __init__(self, *, answer: Message | None, last: int, writing: Sequence[int]) -> None:
        super().__init__(_("Somebody else is answering, too. Read what they wrote and send again."))
        self.answer = answer
        self.last = last
        self.writing = writing


def check(placement: Placement, *, by: Membership, seen: Seen) -> None:
    """The caller holds the placement's lock. Raises Crossed. No query where nothing new was said."""
    last = placement.last_message_id or 0
    answer = _answer(placement, by, seen.up_to) if last > seen.up_to else None
    if answer is not None or seen.writing:
        raise Crossed(
            answer=answer, last=max(last, seen.up_to, answer.pk if answer else 0), writing=seen.writing
        )


def _answer(placement: Placement, by: Membership, up_to: int) -> Message | None:
    """The newest of a colleague beyond what was seen."""
    newest = Message.objects.filter(lead_id=placement.pk).annotate(author_name=F("author__user__name"))
    for message in newest.newest_first()[:NEWEST]:
        theirs = message.author_id is not None and message.author_id != by.pk
        if theirs and message.direction == Direction.OUT and message.pk > up_to:
            return message
    return None

"""Fields of what was written, and when, each with its label and icon."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.filtering import asked as by
from directory.filtering import few, offering
from directory.filtering.fields import CONVERSATION, Asked, Field
from directory.filtering.kinds import References, Times
from directory.filtering.places import LACKS


def fields() -> list[Field]:
    by_channel, active, wrote = (
        by.reference("channel_id"),
        by.moment("last_activity_at"),
        by.moment("last_inbound_at"),
    )
    return [
        Field(
            "channel",
            _("Channel"),
            "radio-tower",
            References(),
            by_channel,
            LACKS,
            offering.channels,
            few.by_channel(by_channel),
            few.walked_by_channel,
            group=CONVERSATION,
            order=210,
        ),
        Field(
            "activity",
            _("Last activity"),
            "activity",
            Times(),
            active,
            few=few.lately(active),
            group=CONVERSATION,
            order=220,
        ),
        Field(
            "inbound",
            _("Last wrote"),
            "message-circle",
            Times(),
            wrote,
            LACKS,
            few=few.lately(wrote),
            group=CONVERSATION,
            order=230,
        ),
        Field(
            "waiting",
            _("Waiting since"),
            "reply",
            Times(),
            by.moment("waiting_since"),
            LACKS,
            few=_few_waiting,
            group=CONVERSATION,
            order=240,
        ),
    ]


def _few_waiting(asked: Asked) -> few.Ids | None:
    if asked.none:
        return None
    waits = Q(waiting_since__isnull=False, is_archived__in=(False, True))
    return few.placed(by.moment("waiting_since"), more=waits)(asked)

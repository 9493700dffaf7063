"""What the screen of conversations plugs into the frame and into cards elsewhere."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from crm.ui import rail
from directory import acts, cards, choices, sections
from directory.exporting import sources
from directory.listing import places
from inbox import cards as parts
from inbox import words
from inbox.conversations import counting, notes, timeline
from inbox.conversations.wanted import PLACE
from inbox.models import Channel


def register() -> None:
    words.register()
    timeline.register()
    rail.register(
        rail.Entry(
            "conversations",
            _("Conversations"),
            "messages-square",
            "inbox:conversations",
            order=20,
            shortcut="c",
            badge=_waiting,
            keywords=_("inbox messages chat"),
        )
    )
    rail.register_creation(
        rail.Entry(
            "conversation",
            _("Conversation"),
            "message-circle-plus",
            "inbox:new",
            order=2,
            dialog=True,
        )
    )
    acts.register(acts.Act("unread", _("Mark as unread"), "mail", "inbox:reading", method="delete", order=10))
    acts.register(acts.Act("senders", _("Block a sender…"), "ban", "inbox:blocks", order=20))
    sections.register(sections.Section("reach", _("May we write?"), "inbox:reach"))
    places.register(places.Place(PLACE, "inbox:conversations", "#talks", is_fragment=True))
    cards.register(cards.Part(cards.CHANNEL, parts.channel_marks))
    sources.register(
        sources.Source(
            "channel",
            sources.Kind.WORD,
            lambda asked: Subquery(Channel.objects.filter(pk=OuterRef("channel_id")).values("name")[:1]),
        )
    )
    cards.register(cards.Part(cards.CHANNELS, parts.all_channel_marks))
    cards.register(cards.Part(cards.LAST_MESSAGE, parts.last_messages))
    cards.register(cards.Part(cards.PINNED, notes.pinned))
    choices.plug_channels(parts.marks_of_all)


def _waiting(request: Any) -> int:
    """What waits for me."""
    return counting.waiting(request.membership) if getattr(request, "membership", None) else 0

"""What Meta says about an account, a number or a template, applied to the channel. In a transaction of intake."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inbox.channels import health
from inbox.channels.inbound import ChannelUpdate, Part, TemplateUpdate
from inbox.channels.reading import digits
from inbox.channels.whatsapp import errors
from inbox.channels.whatsapp.actions import numbers, templates
from inbox.models import Channel

LOST = frozenset({"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED"})
TROUBLE = frozenset({"ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "DISABLED_UPDATE"})
HARMLESS = frozenset({"REINSTATE", "ACCOUNT_RECONNECTED"})


def apply(channel: Channel, part: Part) -> None:
    """May come twice: nothing here adds up."""
    if isinstance(part, TemplateUpdate):
        templates.apply(channel, part)
    elif isinstance(part, ChannelUpdate) and _concerns(channel, part):
        _account(channel, part)


def _concerns(channel: Channel, part: ChannelUpdate) -> bool:
    """Some updates name a number of the account by its digits alone."""
    own = digits(channel.settings.get("number", {}).get("display"))
    return not (part.number and own) or part.number == own


def _account(channel: Channel, part: ChannelUpdate) -> None:
    if part.what == "error":
        health.note_error(channel, problem=str(errors.meaning(part.event).text))
        return
    if part.what == "account" and not _is_good_news(part):
        if part.event in LOST:
            health.lose(
                channel,
                problem=_("Meta took the account away from the app: {event}.").format(event=_word(part)),
            )
            return
        if part.event in TROUBLE:
            health.trouble(
                channel, problem=_("Meta restricts the account: {event}.").format(event=_word(part))
            )
            return
    if part.what == "alert":
        health.trouble(channel, problem=_("Meta warns about the account: {event}.").format(event=_word(part)))
    numbers.enqueue_check(channel)


def _is_good_news(part: ChannelUpdate) -> bool:
    ban = part.data.get("ban_info")
    state = ban.get("waba_ban_state") if isinstance(ban, dict) else ""
    return part.event in HARMLESS or state in HARMLESS


def _word(part: ChannelUpdate) -> str:
    """The event, and what it is about where Meta says so."""
    more = part.data.get("violation_info") or part.data.get("ban_info") or {}
    kinds = [more.get("violation_type"), more.get("waba_ban_state")] if isinstance(more, dict) else []
    restrictions = part.data.get("restriction_info")
    if isinstance(restrictions, list):
        kinds += [one.get("restriction_type") for one in restrictions if isinstance(one, dict)]
    return ", ".join(str(word).replace("_", " ").lower() for word in [part.event, *kinds] if word)

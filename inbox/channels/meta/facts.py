"""What is known of a page or account and its token, as it is kept in `Channel.settings`, and what asks for an admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inbox.channels.meta.client import Page
from inbox.channels.meta.connection import INSTAGRAM, OWN_LOGIN, PAGE_LOGIN
from inbox.channels.overview import moment
from inbox.models import Channel

TOLD = timedelta(days=7)  # before a token ends
OWN_LIFE = timedelta(days=60)  # of a token of Instagram login, at most
KEPT_FRESH = timedelta(
    days=7
)  # after which such a token is refreshed: fifty-three days are left for what goes wrong
FIRST = timedelta(hours=25)  # before which Instagram refreshes none


@dataclass(frozen=True, slots=True)
class Facts:
    """ends_at: of the token; None for never. missing: permissions that it should have. approved: whether Meta lists
    Human Agent as given to the app; None where it does not say."""

    page: Page
    ends_at: datetime | None = None
    missing: tuple[str, ...] = ()
    approved: bool | None = None


def stored(channel_kind: str, login: str, facts: Facts) -> dict[str, Any]:
    """For `settings`."""
    page = facts.page
    found: dict[str, Any] = {
        "login": login,
        "token": {"ends_at": facts.ends_at.isoformat() if facts.ends_at else ""},
        "missing": list(facts.missing),
        "approved": facts.approved,
        "checked_at": timezone.now().isoformat(),
    }
    if login == PAGE_LOGIN:
        found["page"] = {"id": page.id, "name": page.name}
    if channel_kind == INSTAGRAM:
        found["account"] = {"id": page.instagram, "username": page.username}
    return found


def ends_at(channel: Channel) -> datetime | None:
    return moment(channel.settings.get("token", {}).get("ends_at"))


def is_due(channel: Channel) -> bool:
    """Whether a token of Instagram login should be exchanged for a fresh one."""
    if channel.settings.get("login") != OWN_LOGIN:
        return False
    given = moment(channel.settings.get("token", {}).get("given_at")) or channel.created_at
    is_fresh = channel.settings.get("token", {}).get("refreshed", False)
    return timezone.now() - given > (KEPT_FRESH if is_fresh else FIRST)


def worry(channel: Channel) -> str:
    """What an admin should see to; empty where all is well."""
    ends = ends_at(channel)
    if ends is not None and ends <= timezone.now() + TOLD:
        day = date_format(timezone.localtime(ends), "DATE_FORMAT")
        return _("The token ends on %(day)s. Give the channel a new one before that.") % {"day": day}
    account = channel.settings.get("account", {}).get("id")
    if account is not None and account != channel.external_id:
        return _("The Instagram account is no longer linked to this Facebook page. Link it again at Meta.")
    if missing := channel.settings.get("missing"):
        return _("The token lacks %(scopes)s.") % {"scopes": ", ".join(missing)}
    return ""

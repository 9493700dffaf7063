"""What a channel's page shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.channels import endpoints
from inbox.channels.overview import deliveries, moment
from inbox.channels.reading import digits
from inbox.channels.whatsapp import setup
from inbox.channels.whatsapp.app import FIELDS
from inbox.channels.whatsapp.templating import parts, problem
from inbox.models import Channel, Template

SHOWN = 250  # templates on the page; more than that asks for Meta's own manager
TONES = {
    "APPROVED": "success", "PENDING": "info", "IN_APPEAL": "info", "REINSTATED": "success", "PAUSED": "warning",
    "FLAGGED": "warning", "LIMIT_EXCEEDED": "warning", "REJECTED": "danger", "DISABLED": "danger", "LOCKED": "danger",
}  # fmt: skip
STATUSES: dict[str, str | Promise] = {
    "APPROVED": _("Approved"), "PENDING": _("In review"), "IN_APPEAL": _("In appeal"), "REINSTATED": _("Reinstated"),
    "PAUSED": _("Paused"), "FLAGGED": _("Flagged"), "LIMIT_EXCEEDED": _("Limit exceeded"), "REJECTED": _("Rejected"),
    "DISABLED": _("Disabled"), "LOCKED": _("Locked"), "ARCHIVED": _("Archived"), "DELETED": _("Deleted"),
    "PENDING_DELETION": _("Being deleted"),
}  # fmt: skip
CATEGORIES: dict[str, str | Promise] = {
    "MARKETING": _("Marketing"),
    "UTILITY": _("Utility"),
    "AUTHENTICATION": _("Authentication"),
}
QUALITIES: dict[str, tuple[str | Promise, str]] = {
    "GREEN": (_("High"), "success"),
    "YELLOW": (_("Medium"), "warning"),
    "RED": (_("Low"), "danger"),
}
NAME_STATUSES: dict[str, tuple[str | Promise, str]] = {
    "APPROVED": (_("Approved"), "success"),
    "AVAILABLE_WITHOUT_REVIEW": (_("In use without review"), "success"),
    "PENDING_REVIEW": (_("In review"), "info"),
    "DECLINED": (_("Declined"), "danger"),
    "EXPIRED": (_("Expired"), "danger"),
}
LIMITS: dict[str, str | Promise] = {
    "TIER_50": _("50 people a day"),
    "TIER_250": _("250 people a day"),
    "TIER_1K": _("1,000 people a day"),
    "TIER_2K": _("2,000 people a day"),
    "TIER_10K": _("10,000 people a day"),
    "TIER_100K": _("100,000 people a day"),
    "TIER_UNLIMITED": _("No limit"),
}


@dataclass(frozen=True)
class TemplateRow:
    name: str
    language: str
    category: str | Promise
    status: str | Promise
    tone: str
    reason: str
    quality: str | Promise
    quality_tone: str
    body: str
    problem: str


def state(channel: Channel) -> dict[str, Any]:
    """Everything above the templates. Two queries: the counts, and none that grows with the table."""
    number = channel.settings.get("number", {})
    app = channel.app
    subscribed_at = moment(channel.settings.get("subscribed_at"))
    return {
        "number": number,
        "checked_at": moment(number.get("checked_at")),
        "quality": QUALITIES.get(number.get("quality", ""), (_("Not rated yet"), "neutral")),
        "name_status": NAME_STATUSES.get(
            number.get("name_status", ""), (number.get("name_status") or "—", "neutral")
        ),
        "limit": LIMITS.get(number.get("limit", ""), number.get("limit") or "—"),
        "deliveries": deliveries(channel),
        "callback": endpoints.callback_of(app) if app else "",
        "verify_token": app.secrets.get("verify_token", "") if app and owns_app(channel) else "",
        "fields": FIELDS,
        "public": setup.callback_is_public(),
        "subscribed_at": subscribed_at,
        "owns_app": owns_app(channel),
        "is_set_up": channel.last_event_at is not None,  # whatever was done how: it receives
        "wa_me": digits(number.get("display")) if setup.is_meta() else "",
    }


def templates(channel: Channel) -> dict[str, Any]:
    found = Template.objects.filter(channel=channel, gone_at=None).by_name()[: SHOWN + 1]
    rows = [_row(one) for one in found]
    return {
        "templates": rows[:SHOWN],
        "more_templates": len(rows) > SHOWN,
        "templates_synced_at": moment(channel.settings.get("templates_synced_at")),
    }


def owns_app(channel: Channel) -> bool:
    """Whether the workspace may change the app: the installation's is the operator's."""
    return channel.app is not None and channel.app.owner_id == channel.workspace_id


def region_of(channel: Channel) -> str | None:
    """The country of the channel's own number, for phones typed without theirs."""
    import phonenumbers

    try:
        display = channel.settings.get("number", {}).get("display", "")
        parsed = phonenumbers.parse(display if display.startswith("+") else f"+{display}")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.region_code_for_number(parsed)


def _row(one: Template) -> TemplateRow:
    quality, tone = QUALITIES.get(one.quality, ("", "neutral"))
    return TemplateRow(
        name=one.name,
        language=one.language,
        category=CATEGORIES.get(one.category, one.category),
        status=STATUSES.get(one.status, one.status),
        tone=TONES.get(one.status, "neutral"),
        reason=one.reason,
        quality=quality,
        quality_tone=tone,
        body=parts(one).body,
        problem=problem(one),
    )

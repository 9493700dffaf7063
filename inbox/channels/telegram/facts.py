"""What Telegram says of a bot and of its webhook, as it is kept and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inbox.channels.reading import flag, mapping, moment, number, sequence, text
from inbox.channels.telegram import people


@dataclass(frozen=True, slots=True)
class Bot:
    id: str
    name: str
    username: str
    joins_groups: bool
    connects_to_business: bool

    @classmethod
    def of(cls, given: Any) -> Bot:
        """From `getMe`."""
        bot, who = mapping(given), people.person(given)
        return cls(
            id=who.id,
            name=who.name,
            username=who.username,
            joins_groups=flag(bot.get("can_join_groups")),
            connects_to_business=flag(bot.get("can_connect_to_business")),
        )


@dataclass(frozen=True, slots=True)
class Webhook:
    """url: where updates go; empty: nowhere. last_error_at: ISO 8601, or empty."""

    url: str
    pending: int
    last_error: str
    last_error_at: str
    allowed: tuple[str, ...]

    @classmethod
    def of(cls, given: Any) -> Webhook:
        """From `getWebhookInfo`."""
        info = mapping(given)
        now = datetime.now(UTC)
        failed = moment(info.get("last_error_date"), now) if info.get("last_error_date") else None
        return cls(
            url=text(info.get("url"), 2000),
            pending=int(number(info.get("pending_update_count")) or 0),
            last_error=text(info.get("last_error_message"), 300),
            last_error_at=failed.isoformat() if failed else "",
            allowed=tuple(text(one, 60) for one in sequence(info.get("allowed_updates"))[:50]),
        )

"""What an admin chose for a widget, read from `Channel.settings` with what it begins with."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.db import connection

from crm.tenancy import scope
from inbox.models import Channel

KIND = "webchat"
COLOUR = "#0c7a80"
ASKABLE = ("name", "email", "phone")
ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"

_HEX = re.compile("#[0-9a-f]{6}")


@dataclass(frozen=True)
class Widget:
    """team: who answers, as the visitor reads it. greeting: words by language; empty, the house's own. origins: exact
    ("https://shop.example"), or "*". ask: of ASKABLE, before the first message. must_verify: nobody is taken for
    somebody on the page's word alone.
    """

    team: str = ""
    colour: str = COLOUR
    greeting: dict[str, str] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    must_verify: bool = False

    @classmethod
    def of(cls, channel: Channel) -> Widget:
        known = {each.name for each in fields(cls)}
        kept = {name: value for name, value in channel.settings.items() if name in known}
        for name in ("origins", "ask"):
            kept[name] = tuple(kept.get(name, ()))
        return cls(**kept)

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }

    @property
    def paint(self) -> str:
        return self.colour if _HEX.fullmatch(self.colour) else COLOUR

    @property
    def on_paint(self) -> str:
        """White or near black, whichever reads better on the colour (WCAG's contrast)."""
        light = _luminance(self.paint)
        return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.055 else "#0b1214"

    @property
    def ancestors(self) -> list[str]:
        """Who may frame the page, for `frame-ancestors`: the allowed origins, and our own test page."""
        return ["'self'", *self.origins]


def new_token() -> str:
    """What names the widget in every address: public, 20 characters, 98 random bits."""
    return "".join(secrets.choice(ALPHABET) for _character in range(20))


def new_secret() -> str:
    """What the site's own server signs its visitors' identity with."""
    return secrets.token_hex(32)


def find(token: str) -> Channel | None:
    """The channel behind a widget's token, with its workspace; None where it was removed, or its workspace is going.

    A suspended workspace still takes messages. Asked before there is a scope, hence in SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [KIND, token])
        row = cursor.fetchone()
    if row is None:
        return None
    with scope(row[0]):
        return Channel.objects.in_use().select_related("workspace").filter(pk=row[1]).first()


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_FIND = """
SELECT c.workspace_id, c.id FROM inbox_channel c JOIN workspaces_workspace w ON w.id = c.workspace_id
WHERE c.kind = %s AND c.external_id = %s AND c.removed_at IS NULL AND w.deletion_requested_at IS NULL
"""

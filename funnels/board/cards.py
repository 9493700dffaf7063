"""Cards as they are shown. A template writes some hundreds of them a page, so all it is handed is HTML already: what is
a card's own is escaped here, and what many have alike is drawn once, by the template's own macros."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from html import escape
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.template import engines
from django.utils import timezone
from django.utils.translation import get_language

from crm.ui import money
from crm.ui.avatars import colour, initials
from crm.ui.jinja import iso, url
from directory import cards as parts
from directory.models import Status, Tag
from directory.naming import called_by
from funnels.board import words
from funnels.board.columns import INBOX, Row
from funnels.board.look import Look
from workspaces.models import Membership, User

PARTS = (parts.TAGS, parts.CHANNEL, parts.LAST_MESSAGE)
TEMPLATE = "funnels/board/_card.html"
A_DAY = dt.timedelta(days=1)


class Card(NamedTuple):
    """In the order in which the template takes it apart; every text is HTML. `key` is its place in the column's order
    (see orders), of letters, digits and points; times are ISO, "" where there is nothing to say."""

    pk: int
    column: int
    key: str
    is_waiting: bool
    lead_url: str
    chat_url: str
    name: str
    outcome: str
    channel: str
    active_at: str
    said: str
    status: str
    value: str
    tags: str
    stage_since: str  # "" where it came today
    is_stale: bool
    window_ends_at: str
    face: str


def made(
    rows: Sequence[Row],
    membership: Membership,
    look: Look,
    workspace_id: str,
    stale_days: Mapping[int, int] | None = None,
) -> list[Card]:
    """In their order. At most as many queries as there are parts. `stale_days`: of the stages that have a limit."""
    return _Maker(rows, membership, look, workspace_id, stale_days or {}).cards()


def _draw(language: str | None, macro: str, *arguments: Any) -> str:
    """What many cards have alike, by one of the template's macros; its last argument are the words."""
    macros: Any = engines["jinja2"].env.get_template(TEMPLATE).module  # type: ignore[attr-defined]
    return str(getattr(macros, macro)(*arguments, words.of_cards()))


_drawn = _draw if settings.DEBUG else lru_cache(maxsize=8192)(_draw)


class _Maker:
    def __init__(
        self,
        rows: Sequence[Row],
        membership: Membership,
        look: Look,
        workspace_id: str,
        stale_days: Mapping[int, int],
    ) -> None:
        self.rows = rows
        self.membership = membership
        self.key = look.order.key
        self.currency = membership.workspace.currency
        self.found = parts.load_all(rows, membership, PARTS)
        now = timezone.now()
        self.came_today = now - A_DAY
        self.stale_before = {stage: now - days * A_DAY for stage, days in stale_days.items()}
        # One address of each kind is made, the others differ in the number at its end.
        self.lead_url = url("directory:lead", workspace_id=workspace_id, pk=0)[: -len("0/")]
        self.chat_url = url("inbox:thread", workspace_id=workspace_id, pk=0)[: -len("0/")]
        self.piece = partial(_drawn, get_language())
        self.faces: dict[int | None, str] = {None: self.piece("nobody")}

    def cards(self) -> list[Card]:
        return [self._card(row) for row in self.rows]

    def _card(self, row: Row) -> Card:
        pk, found = row.pk, self.found
        channel, tags = found[parts.CHANNEL].get(pk), found[parts.TAGS].get(pk)
        ends = row.window_ends_at
        return Card(
            pk=pk,
            column=row.stage_id or INBOX,
            key=self.key(row),
            is_waiting=row.waiting_since is not None,
            lead_url=f"{self.lead_url}{pk}/",
            chat_url=f"{self.chat_url}{pk}/",
            name=escape(called_by(row.name, row.phone or "", row.email or "", self.membership)),
            outcome=self.piece("outcome", row.outcome) if row.outcome else "",
            channel=self.piece("channel", channel) if channel else "",
            active_at=iso(row.last_activity_at),
            said=self._said(found[parts.LAST_MESSAGE].get(pk)),
            status=self._status(row.status),
            value=self.piece("value", money.shown(row.value, self.currency)) if row.value else "",
            tags=self._tags(tags) if tags else "",
            stage_since="" if row.stage_since > self.came_today else iso(row.stage_since),
            is_stale=self._is_stale(row),
            window_ends_at=iso(ends) if ends else "",
            face=self._face(row),
        )

    def _is_stale(self, row: Row) -> bool:
        limit = self.stale_before.get(row.stage_id or INBOX)
        return limit is not None and row.stage_since < limit

    def _said(self, said: Any) -> str:
        """The inbox's last message."""
        if said is None:
            return self.piece("silent")
        return self.piece("marks", said.icon, said.is_ours, said.delivery) + escape(said.text)

    def _tags(self, tags: Sequence[Tag]) -> str:
        return self.piece("tags", tags[0].colour, tuple(tag.name for tag in tags))

    def _status(self, status: str) -> str:
        if status == Status.NEUTRAL:
            return ""
        return self.piece("status", Status(status))

    def _face(self, row: Row) -> str:
        face = self.faces.get(row.assignee_id)
        if face is None:
            user = User.from_db(
                DEFAULT_DB_ALIAS, ("id", "name", "avatar"), (row.user_id, row.user_name, row.avatar)
            )
            face = self.piece("face", user.name, initials(user.name), colour(str(user.pk)), user.picture_url)
            self.faces[row.assignee_id] = face
        return face

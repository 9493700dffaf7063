"""Cards as they are shown. A template writes some hundreds of them a page, so all it is handed is HTML already: what is
a card's own is escaped here, and what many have alike is drawn once, by the template's own macros."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from html import escape
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.template import engines
from django.utils import timezone
from django.utils.translation import get_language
from markupsafe import Markup

from crm.ui import money
from crm.ui.avatars import colour, initials
from crm.ui.jinja import iso, url
from directory import cards as parts
from directory.models import Status
from directory.naming import called_by
from funnels.board import words
from funnels.board.columns import INBOX, Row
from funnels.board.look import Look
from funnels.board.orders import ORDERS
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


class _Page(NamedTuple):
    """What a card depends on besides its lead. Of each kind of address one is made, others differ in the number at its
    end."""

    language: str | None
    lead_url: str
    chat_url: str
    sort: str
    currency: str


def _make(
    page: _Page,
    row: Row,
    name: str,
    said: Any,  # the inbox's last message, or None
    channel: Any,  # its mark, or None
    tags: tuple[tuple[str, str], ...],  # colour and name of each
    came_today: bool,
    is_stale: bool,
) -> Card:
    piece, pk, ends = partial(_drawn, page.language), row.pk, row.window_ends_at
    return Card(
        pk=pk,
        column=row.stage_id or INBOX,
        key=ORDERS[page.sort].key(row),
        is_waiting=row.waiting_since is not None,
        lead_url=f"{page.lead_url}{pk}/",
        chat_url=f"{page.chat_url}{pk}/",
        name=escape(name),
        outcome=piece("outcome", row.outcome) if row.outcome else "",
        channel=piece("channel", channel) if channel else "",
        active_at=iso(row.last_activity_at),
        said=_said(piece, said),
        status=piece("status", Status(row.status)) if row.status != Status.NEUTRAL else "",
        value=piece("value", money.shown(row.value, page.currency)) if row.value else "",
        tags=piece("tags", tags[0][0], tuple(name for _colour, name in tags)) if tags else "",
        stage_since="" if came_today else iso(row.stage_since),
        is_stale=is_stale,
        window_ends_at=iso(ends) if ends else "",
        face=_face(piece, row),
    )


def _said(piece: Callable[..., str], said: Any) -> str:
    if said is None:
        return piece("silent")
    return piece("marks", said.icon, said.is_ours, said.delivery) + escape(said.text)


def _face(piece: Callable[..., str], row: Row) -> str:
    if row.assignee_id is None:
        return piece("nobody")
    user = User.from_db(DEFAULT_DB_ALIAS, ("id", "name", "avatar"), (row.user_id, row.user_name, row.avatar))
    return piece("face", user.name, initials(user.name), colour(str(user.pk)), user.picture_url)


# A board is opened again and again, by many, and most of its cards are as they were: a card is made, and written, once
# for all that it depends on.
MOST_KEPT = 8_192  # of each, some kilobytes
_drawn = _draw if settings.DEBUG else lru_cache(maxsize=MOST_KEPT)(_draw)
_made = _make if settings.DEBUG else lru_cache(maxsize=MOST_KEPT)(_make)
_written = _draw if settings.DEBUG else lru_cache(maxsize=MOST_KEPT)(_draw)


def written(cards: Sequence[Card]) -> Markup:
    """Their HTML, one after the other."""
    language = get_language()
    return Markup("".join([_written(language, "card", card) for card in cards]))  # noqa: S704 (of the template)


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
        self.found = parts.load_all(rows, membership, PARTS)
        now = timezone.now()
        self.came_today = now - A_DAY
        self.stale_before = {stage: now - days * A_DAY for stage, days in stale_days.items()}
        lead_url = url("directory:lead", workspace_id=workspace_id, pk=0)[: -len("0/")]
        chat_url = url("inbox:thread", workspace_id=workspace_id, pk=0)[: -len("0/")]
        self.page = _Page(get_language(), lead_url, chat_url, look.sort, membership.workspace.currency)

    def cards(self) -> list[Card]:
        said, marks, tags = (self.found[part] for part in (parts.LAST_MESSAGE, parts.CHANNEL, parts.TAGS))
        return [
            _made(
                self.page,
                row,
                called_by(row.name, row.phone or "", row.email or "", self.membership),
                said.get(row.pk),
                marks.get(row.pk),
                tuple([(tag.colour, tag.name) for tag in tags.get(row.pk, ())]),
                row.stage_since > self.came_today,
                self._is_stale(row),
            )
            for row in self.rows
        ]

    def _is_stale(self, row: Row) -> bool:
        limit = self.stale_before.get(row.stage_id or INBOX)
        return limit is not None and row.stage_since < limit

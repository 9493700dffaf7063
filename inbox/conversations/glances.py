"""What a row of the list says beside its placement, by one statement: whose it is, tags, last words, channel, draft,
unread."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from crm import prepared
from directory.cards import ChannelMark
from directory.models import Placement
from inbox import cards, mentions
from inbox.cards import LastMessage
from inbox.conversations import linking, unread
from workspaces.models import Membership
from workspaces.models.user import picture_url

_OLDEST = """(
    SELECT o.value FROM directory_contactpoint o
    WHERE o.workspace_id = p.workspace_id AND o.lead_id = p.lead_id AND o.kind = '{}' ORDER BY o.id LIMIT 1
)"""
_SQL = f"""
WITH floor AS MATERIALIZED ({unread.FLOOR})
SELECT p.lead_id, u.id, u.name, u.avatar, c.kind, c.name,
    m.kind, left(m.text, %(longest)s), m.direction, m.delivery, m.revoked_at IS NOT NULL,
    ARRAY(
        SELECT t.name FROM directory_leadtag l
        JOIN directory_tag t ON t.workspace_id = l.workspace_id AND t.id = l.tag_id
        WHERE l.workspace_id = p.workspace_id AND l.lead_id = p.lead_id ORDER BY t.name, t.id
    ),
    ARRAY(
        SELECT t.colour FROM directory_leadtag l
        JOIN directory_tag t ON t.workspace_id = l.workspace_id AND t.id = l.tag_id
        WHERE l.workspace_id = p.workspace_id AND l.lead_id = p.lead_id ORDER BY t.name, t.id
    ),
    (SELECT left(d.text, %(longest)s) FROM inbox_draft d WHERE d.workspace_id = p.workspace_id
        AND d.membership_id = %(membership)s AND d.lead_id = p.lead_id ORDER BY d.is_note LIMIT 1),
    CASE WHEN p.last_inbound_id > {unread.READ} THEN {unread.ARRIVED} ELSE 0 END,
    CASE WHEN p.lead_id = ANY(%(nameless)s) THEN {_OLDEST.format("phone")} END,
    CASE WHEN p.lead_id = ANY(%(nameless)s) THEN {_OLDEST.format("email")} END
FROM directory_placement p CROSS JOIN floor
LEFT JOIN workspaces_membership w ON w.id = p.assignee_id
LEFT JOIN workspaces_user u ON u.id = w.user_id
LEFT JOIN inbox_channel c ON c.workspace_id = p.workspace_id AND c.id = p.channel_id
LEFT JOIN inbox_message m ON m.workspace_id = p.workspace_id AND m.id = p.last_message_id
LEFT JOIN inbox_readmark r
       ON r.workspace_id = p.workspace_id AND r.lead_id = p.lead_id AND r.membership_id = %(membership)s
WHERE p.workspace_id = %(workspace)s AND p.lead_id = ANY(%(leads)s)
"""  # noqa: S608 (put together from constants)


class Label(NamedTuple):
    """A tag, as far as a row shows it."""

    name: str
    colour: str


class Person(NamedTuple):
    """An assignee, as far as a row shows them; `picture` is where theirs is, or empty."""

    user_id: int
    name: str
    picture: str


class Glance(NamedTuple):
    tags: tuple[Label, ...]
    mark: ChannelMark | None
    said: LastMessage | None
    unread: int  # at most unread.MOST
    draft: str = ""  # what the person began to write to or about them
    phone: str = ""  # their oldest, of who has no name
    email: str = ""
    whose: Person | None = None


def of(placements: Sequence[Placement], reader: Membership) -> dict[int, Glance]:
    """Of every placement, which comes with its lead, by the lead's id. One query."""
    if not placements:
        return {}
    given = {
        **unread.given(reader),
        "leads": [one.pk for one in placements],
        "longest": cards.LONGEST,
        "most": unread.MOST,
        "nameless": [one.pk for one in placements if not one.lead.name],
    }
    return {row[0]: _glance(reader, *row[1:]) for row in prepared.rows(_SQL, given)}


def _glance(
    reader: Membership,
    user: int | None, person: str, avatar: str,
    channel: str | None, called: str, kind: str | None, words: str, direction: str, delivery: str, gone: bool,
    names: Any, colours: Any, begun: str | None, count: int,
    phone: str | None, email: str | None,
) -> Glance:  # fmt: skip
    return Glance(
        tags=tuple(map(Label, names, colours)),
        mark=cards.mark(channel, called) if channel else None,
        said=cards.last_message(kind, linking.for_reader(words, reader), direction, delivery, is_revoked=gone)
        if kind
        else None,
        unread=count,
        draft=" ".join(mentions.unmarked(begun).split()) if begun else "",
        phone=phone or "",
        email=email or "",
        whose=Person(user, person, picture_url(user, avatar or "")) if user else None,
    )

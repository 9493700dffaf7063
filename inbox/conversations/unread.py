"""What a person has not read: messages that arrived after the one they read last, and above their floor.

By arrival (the message's id), since a message may arrive later than one that was sent after it. Why there is a floor,
and what a list of the unread costs, is in docs/decisions/unread.md.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from crm import prepared
from crm.tenancy import current_workspace
from directory.models import Lead
from inbox.models import Message, ReadFloor, ReadMark
from workspaces.models import Membership

MOST = 100  # counted no further: shown as "99+"

# Up to which message a thread counts as read: by its mark, by the floor; one marked unread by hand, by its mark alone.
READ = "CASE WHEN r.by_hand THEN r.message_id ELSE greatest(r.message_id, floor.message_id) END"
FLOOR = """
    SELECT coalesce(
        (SELECT message_id FROM inbox_readfloor WHERE workspace_id = %(workspace)s AND membership_id = %(membership)s),
        (SELECT id FROM inbox_message WHERE workspace_id = %(workspace)s AND created_at < %(joined)s
         ORDER BY id DESC LIMIT 1),
        0) AS message_id
"""
# How many of a placement `p` arrived since, up to `most`; `r` is its mark, `floor` the floor.
ARRIVED = f"""(
    SELECT count(*) FROM (
        SELECT FROM inbox_message m
        WHERE m.workspace_id = p.workspace_id AND m.lead_id = p.lead_id AND m.direction = 'in' AND NOT m.is_blocked
          AND m.id > {READ}
        ORDER BY m.id DESC LIMIT %(most)s
    ) AS arrived
)"""  # noqa: S608 (put together from constants)
# The mark is a value of its own, so that the index is entered at it: what was read is not walked over.
_FIRST = f"""
WITH floor AS MATERIALIZED ({FLOOR}),
mark AS MATERIALIZED (
    SELECT {READ} AS message_id FROM floor LEFT JOIN inbox_readmark r
    ON r.workspace_id = %(workspace)s AND r.lead_id = %(lead)s AND r.membership_id = %(membership)s
)
SELECT m.id, m.sent_at, m.sequence, (
    SELECT count(*) FROM (
        SELECT FROM inbox_message l
        WHERE l.workspace_id = m.workspace_id AND l.lead_id = m.lead_id AND l.sent_at > m.sent_at LIMIT %(page)s
    ) AS later
)
FROM inbox_message m
WHERE m.workspace_id = %(workspace)s AND m.lead_id = %(lead)s AND m.direction = 'in' AND NOT m.is_blocked
  AND m.id > (SELECT message_id FROM mark)
ORDER BY m.id LIMIT 1
"""  # noqa: S608


def given(membership: Membership) -> dict[str, Any]:
    """What the statements here are given of who reads."""
    return {"membership": membership.pk, "workspace": current_workspace(), "joined": membership.joined_at}


@dataclass(frozen=True)
class First:
    """The first unread message, where it stands in the thread, how many were sent after it, counted up to a page."""

    pk: int
    sent_at: datetime
    sequence: int
    later: int


def first(lead: Lead, membership: Membership, *, page: int) -> First | None:
    """By arrival. One query."""
    found = prepared.rows(_FIRST, {**given(membership), "lead": lead.pk, "page": page})
    return First(*found[0]) if found else None


def condition(membership: Membership) -> Q:
    """On placements: something in it is unread."""
    return above_mark(membership) & (above_floor(membership) | Q(pk__in=_by_hand(membership)))


def put_aside(membership: Membership) -> Q:
    """What is unread beside that for lists by arrival, which go no further than the floor."""
    return Q(pk__in=_by_hand(membership)) & ~above_floor(membership) & above_mark(membership)


def above_floor(membership: Membership) -> Q:
    floors = ReadFloor.objects.filter(membership=membership).values("message_id")
    before = Message.objects.filter(created_at__lt=membership.joined_at).order_by("-id").values("id")
    floor = Coalesce(Subquery(floors[:1]), Subquery(before[:1]), Value(0), output_field=BigIntegerField())
    return Q(last_inbound_id__gt=floor)


def above_mark(membership: Membership) -> Q:
    """Asked lead by lead: as an anti-join PostgreSQL would read all marks there are."""
    marks = ReadMark.objects.filter(membership=membership, lead_id=OuterRef("pk")).values("message_id")
    return Q(last_inbound_id__gt=Coalesce(Subquery(marks[:1]), Value(0), output_field=BigIntegerField()))


def _by_hand(membership: Membership) -> Any:
    return ReadMark.objects.filter(membership=membership, by_hand=True).values("lead_id")

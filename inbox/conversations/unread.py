"""What a person has not read: messages that arrived after the one they read last, and after they joined.

By arrival (the message's id), since a message may arrive later than one that was sent after it.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from crm.tenancy import current_workspace
from directory.models import Lead, Placement
from inbox.models import Direction, Message, ReadFloor, ReadMark
from workspaces.models import Membership

MOST = 100  # counted no further: shown as "99+"

_COUNTS = """
SELECT p.lead_id, (
    SELECT count(*) FROM (
        SELECT m.created_at FROM inbox_message m
        WHERE m.workspace_id = p.workspace_id AND m.lead_id = p.lead_id AND m.direction = 'in'
          AND m.id > greatest(r.message_id, f.message_id, 0)
        ORDER BY m.id DESC LIMIT %(most)s
    ) arrived WHERE arrived.created_at >= %(joined)s
)
FROM directory_placement p
LEFT JOIN inbox_readmark r
       ON r.workspace_id = p.workspace_id AND r.lead_id = p.lead_id AND r.membership_id = %(membership)s
LEFT JOIN inbox_readfloor f ON f.workspace_id = p.workspace_id AND f.membership_id = %(membership)s
WHERE p.workspace_id = %(workspace)s AND p.lead_id = ANY(%(leads)s)
  AND p.last_inbound_id > greatest(r.message_id, f.message_id, 0)
"""


def counts(placements: Sequence[Placement], membership: Membership) -> dict[int, int]:
    """How many unread messages each has, up to MOST; those without are left out. One query."""
    leads = [placement.pk for placement in placements if placement.last_inbound_id]
    if not leads:
        return {}
    given: dict[str, Any] = {
        "most": MOST,
        "joined": membership.joined_at,
        "membership": membership.pk,
        "workspace": current_workspace(),
        "leads": leads,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, given)
        return {lead: number for lead, number in cursor.fetchall() if number}


def condition(membership: Membership) -> Q:
    """On placements: something in it is unread."""
    marks = ReadMark.objects.filter(membership=membership)
    read = marks.filter(lead_id=OuterRef("pk"), message_id__gte=OuterRef("last_inbound_id"))
    return Q(
        ~Exists(read),
        last_inbound_id__gt=Coalesce(floor_of(membership), Value(0), output_field=BigIntegerField()),
        last_inbound_at__gte=membership.joined_at,
    )


def floor_of(membership: Membership) -> Subquery:
    return Subquery(ReadFloor.objects.filter(membership=membership).values("message_id")[:1])


def read_up_to(lead: Lead, membership: Membership) -> int:
    """The id up to which everything counts as read. One query."""
    mark = Subquery(ReadMark.objects.filter(membership=membership, lead=lead).values("message_id")[:1])
    found = (
        Lead.objects.filter(pk=lead.pk)
        .annotate(up_to=Greatest(mark, floor_of(membership), Value(0), output_field=BigIntegerField()))
        .values_list("up_to", flat=True)
    )
    return int(found.get() or 0)


def first(lead: Lead, membership: Membership) -> int | None:
    """The id of the first unread message, by arrival."""
    unread = Message.objects.of_lead(lead).filter(
        direction=Direction.IN, id__gt=read_up_to(lead, membership), created_at__gte=membership.joined_at
    )
    return unread.order_by("id").values_list("id", flat=True).first()

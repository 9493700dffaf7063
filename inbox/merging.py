"""What goes with two leads that become one: who they are on each channel, what was said, what was read.

An identity keeps its keys and its sessions: only whose it is changes, in the transaction that decides and under
intake's locks, so that what arrives next is the remaining lead's. Messages follow their identity, also in an undo.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils.translation import gettext_lazy as _

from crm.work.models import Item, State
from directory import merging
from directory.merging import finding, moving, noticing
from directory.models import Event, Lead, Merge, Placement
from directory.models.duplicate import Reason
from inbox.intake import holding
from inbox.intake.statuses import SEND
from inbox.models import Delivery, Direction, IdentityKey, Message, MessageKind, ReadMark, Session
from inbox.sending.rows import open_of
from inbox.verbs import Verb

OPEN = (State.QUEUED, State.RETRY, State.UNKNOWN, State.CLAIMED, State.FAILED)
UNSETTLED = "row.delivery IN ('queued', 'unknown', 'failed')"
IDENTITY = "inbox.Identity"


def register() -> None:
    merging.register(merging.Participant("inbox", TABLES, hold, prepare, merged, split, settle, order=20))
    noticing.register(Verb.DUPLICATE_SUSPECTED, suspicion)
    finding.register(finding.Scan("identities", identities_batch, identities_total, order=30))


def suspicion(event: Event) -> tuple[int, str] | None:
    """What intake and the web chat have seen of two leads."""
    other, by = event.facts.get("other"), str(event.facts.get("by", ""))
    reason = Reason.CLAIM if by.startswith("claimed") else by
    return (int(other), str(reason)) if other and reason in Reason.values else None


def identities_batch(after: list[Any]) -> finding.Batch:
    """One account on two channels of a kind: keys in the order of their channel, ROWS at once."""
    channel, key = after or [0, ""]
    rows = IdentityKey.objects.filter(Q(channel_id=channel, key__gt=key) | Q(channel_id__gt=channel))
    ordered = (
        rows.filter(channel_id__gte=channel).order_by("channel_id", "key").values_list("channel_id", "key")
    )
    last = ordered[finding.ROWS - 1 : finding.ROWS].first()
    given = {
        "channel": channel,
        "key": key,
        "last_channel": last[0] if last else None,
        "last_key": last[1] if last else None,
    }
    return finding.Batch(finding.note(_SAME_ACCOUNT, given), 0, list(last) if last else None)


def identities_total() -> int:
    return int(IdentityKey.objects.count())


def hold(leads: Sequence[Lead]) -> None:
    """What is on its way to leave, then all their names: as by whoever ends an attempt, and by intake."""
    ids = [lead.pk for lead in leads]
    rows = open_of(ids).select_for_update(no_key=True, of=("self",))
    list(rows.order_by("id").values_list("pk", flat=True))
    holding.hold(leads[0].workspace_id, ids)


def prepare(merge: Merge) -> None:
    """All of their identities move at once, and what a provider may say something about at any moment. What people have
    read is asked of each lead while it still has its own messages."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNITED, {"workspace": merge.workspace_id, "kept": merge.kept_id, "gone": merge.gone_id}
        )
        merge.before["marks"] = [list(row) for row in cursor.fetchall()]
    moving.move_first(merge, IDENTITIES, "true")
    moving.move_first(merge, MESSAGES, UNSETTLED)


def merged(merge: Merge) -> None:
    """What is sent goes on in one line. Whoever had not read one of the two has not read the one."""
    _rekey(merge, merge.gone_id, merge.kept_id)
    for person, united, by_hand, *_own in merge.before["marks"]:
        rows = ReadMark.objects.filter(membership_id=person, lead_id=merge.kept_id)
        rows.update(message_id=united, by_hand=by_hand)


def split(merge: Merge) -> None:
    """What is on its way to the one that comes back is theirs again. Marks are what they were, or further, where the
    person has read on since."""
    moving.put_back_first(merge, MESSAGES, UNSETTLED)
    _rekey(merge, merge.kept_id, merge.gone_id)
    for person, united, _by_hand, kept, gone in merge.before["marks"]:
        marks = ReadMark.objects.filter(membership_id=person)
        carrier = marks.filter(lead_id=merge.kept_id if kept is not None else merge.gone_id)
        now = carrier.values_list("message_id", flat=True).first()
        further = now if now is not None and now > united else 0
        for lead, was in ((merge.kept_id, kept), (merge.gone_id, gone)):
            if was is not None:
                marks.filter(lead_id=lead).update(message_id=max(was, further))


def settle(placement: Placement) -> None:
    """What messages say of where a lead stands, counted anew. The caller holds the row's lock."""
    said = Message.objects.filter(lead_id=placement.pk).exclude(kind=MessageKind.SYSTEM)
    said = said.exclude(is_blocked=True)
    heard = said.filter(direction=Direction.IN)
    last = said.newest_first().only("sent_at", "channel_id").first()
    told = heard.aggregate(at=Max("sent_at"), last=Max("id"))
    columns: dict[str, Any] = {
        "last_message_id": last.pk if last else None,
        "channel_id": last.channel_id if last else placement.channel_id,
        "last_activity_at": last.sent_at if last else placement.created_at,
        "last_inbound_at": told["at"],
        "last_inbound_id": told["last"],
        "waiting_since": _waiting_since(placement.pk, told["at"]),
        "window_ends_at": _window(placement.pk),
    }
    Placement.objects.filter(pk=placement.pk).update(**columns)
    for name, value in columns.items():
        setattr(placement, name, value)


def _waiting_since(lead: int, last_inbound: datetime | None) -> datetime | None:
    """Of the first message that nobody has answered since."""
    if last_inbound is None:
        return None
    heard = Message.objects.filter(lead_id=lead, direction=Direction.IN, is_blocked=False)
    heard = heard.exclude(kind=MessageKind.SYSTEM)
    answers = Message.objects.filter(lead_id=lead, direction=Direction.OUT).exclude(delivery=Delivery.FAILED)
    answered = answers.aggregate(at=Max("sent_at"))["at"]
    if answered is not None:
        heard = heard.filter(sent_at__gt=answered)
    since: datetime | None = heard.aggregate(at=Min("sent_at"))["at"]
    return since


def _window(lead: int) -> datetime | None:
    heard = Session.objects.open().filter(identity__lead_id=lead, identity__blocked_at=None)
    latest: datetime | None = heard.aggregate(latest=Max("window_ends_at"))["latest"]
    return latest


def _rekey(merge: Merge, start: int, end: int) -> None:
    """Rows of work of the identities that changed hands: in one line with those of the lead whose they are now."""
    moved = moving.moved_ids(merge, IDENTITY)
    uids = Message.objects.filter(
        identity_id__in=moved, lead_id=end, delivery__in=("queued", "unknown", "failed")
    )
    names = [uid.hex for uid in uids.values_list("uid", flat=True)]
    items = Item.objects.filter(kind=SEND, correlation__in=names, key=f"lead:{start}", state__in=OPEN)
    items.update(key=f"lead:{end}")


# For each person with a mark on either: up to where both together count as read, whether that was set by hand, and the
# marks of each. The first message they have not read, of any of the two, is where the thread of both begins anew.
_UNITED = """
WITH people AS (
    SELECT DISTINCT r.membership_id, m.joined_at, coalesce(
        (SELECT f.message_id FROM inbox_readfloor f
         WHERE f.workspace_id = %(workspace)s AND f.membership_id = r.membership_id),
        (SELECT x.id FROM inbox_message x WHERE x.workspace_id = %(workspace)s AND x.created_at < m.joined_at
         ORDER BY x.id DESC LIMIT 1), 0) AS floor
    FROM inbox_readmark r JOIN workspaces_membership m ON m.id = r.membership_id
    WHERE r.workspace_id = %(workspace)s AND r.lead_id IN (%(kept)s, %(gone)s)
), marks AS (
    SELECT people.membership_id, lead.id AS lead_id, r.message_id, coalesce(r.by_hand, false) AS by_hand,
        CASE WHEN r.by_hand THEN r.message_id ELSE greatest(r.message_id, floor) END AS upto
    FROM people CROSS JOIN (VALUES (%(kept)s::bigint), (%(gone)s::bigint)) AS lead (id)
    LEFT JOIN inbox_readmark r ON r.workspace_id = %(workspace)s AND r.lead_id = lead.id
        AND r.membership_id = people.membership_id
), firsts AS (
    SELECT marks.*, (
        SELECT m.id FROM inbox_message m
        WHERE m.workspace_id = %(workspace)s AND m.lead_id IN (%(kept)s, %(gone)s) AND m.lead_id = marks.lead_id
            AND m.direction = 'in' AND NOT m.is_blocked AND m.id > marks.upto
        ORDER BY m.id LIMIT 1
    ) AS first
    FROM marks
)
SELECT membership_id, coalesce(min(first) - 1, max(upto)), coalesce(bool_or(by_hand AND first IS NOT NULL), false),
    max(message_id) FILTER (WHERE lead_id = %(kept)s), max(message_id) FILTER (WHERE lead_id = %(gone)s)
FROM firsts GROUP BY membership_id
"""
_SAME_ACCOUNT = """
SELECT one.lead_id, other.lead_id, 'identity'
FROM inbox_identitykey k
JOIN inbox_identity one ON one.workspace_id = %(workspace)s AND one.id = k.identity_id
JOIN inbox_channel here ON here.workspace_id = %(workspace)s AND here.id = k.channel_id
JOIN inbox_channel there ON there.workspace_id = %(workspace)s AND there.kind = here.kind AND there.id <> here.id
JOIN inbox_identitykey same ON same.workspace_id = %(workspace)s AND same.channel_id = there.id AND same.key = k.key
JOIN inbox_identity other ON other.workspace_id = %(workspace)s AND other.id = same.identity_id
WHERE k.workspace_id = %(workspace)s AND (k.channel_id, k.key) > (%(channel)s, %(key)s)
    AND (%(last_channel)s::bigint IS NULL OR (k.channel_id, k.key) <= (%(last_channel)s, %(last_key)s))
    AND k.is_current AND same.is_current AND one.lead_id < other.lead_id
"""
MESSAGES = merging.Table("inbox.Message", follows=("identity_id", IDENTITY), clears="client_id", since="")
IDENTITIES = merging.Table(IDENTITY, _("Channels"))
TABLES = (
    IDENTITIES,
    merging.Table(
        "inbox.Draft", once=("membership_id", "is_note"), better="gone.changed_at > kept.changed_at", since=""
    ),
    merging.Table("inbox.ReadMark", once=("membership_id",), since=""),
    merging.Table("inbox.WaitingLead", once=("workspace_id",), since=""),
    merging.Table("inbox.Heard", since=""),
    merging.Table("inbox.AssignmentDecision", since=""),
    merging.Table("inbox.Note", _("Team notes"), clears="client_id"),
    MESSAGES,
)

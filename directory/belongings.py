"""Sections of a workspace's export. Its deletion needs nothing of ours: all tables are of the tenant."""

from django.db.models import QuerySet

from directory.models import (
    CloseReason,
    ClosureRule,
    ContactPoint,
    DuplicatePair,
    Event,
    Lead,
    LeadTag,
    Merge,
    Notification,
    NotificationSettings,
    Tag,
)
from workspaces import portability
from workspaces.models import Workspace
from workspaces.portability import Row


def register() -> None:
    for section in (
        portability.table("leads", _leads, _lead),
        portability.table("contact_points", lambda workspace: ContactPoint.objects.all(), _point),
        portability.table("tags", lambda workspace: Tag.objects.all(), _tag),
        portability.table("lead_tags", lambda workspace: LeadTag.objects.all(), _lead_tag),
        portability.table("close_reasons", lambda workspace: CloseReason.objects.all(), _reason),
        portability.table("closure_rules", lambda workspace: ClosureRule.objects.all(), _rule),
        portability.table("events", lambda workspace: Event.objects.all(), _event),
        portability.table("duplicate_pairs", lambda workspace: DuplicatePair.objects.all(), _pair),
        portability.table("merges", lambda workspace: Merge.objects.select_related("gone"), _merge),
        portability.table("notifications", lambda workspace: Notification.objects.all(), _notification),
        portability.table(
            "notification_settings", lambda workspace: NotificationSettings.objects.all(), _settings
        ),
    ):
        portability.register_section(section)


def _leads(workspace: Workspace) -> QuerySet[Lead]:
    return Lead.objects.with_placement().filter(placement__isnull=False)  # else it is being deleted


def _lead(lead: Lead) -> Row:
    """With where it stands."""
    at = lead.placement
    return {
        "id": lead.pk,
        "name": lead.name,
        "city": lead.city,
        "notes": lead.notes,
        "time_zone": lead.time_zone,
        "direction": lead.direction,
        "source": lead.source,
        "created_by": lead.created_by_id,
        "created_at": lead.created_at,
        "stage": at.stage_id,
        "stage_since": at.stage_since,
        "assignee": at.assignee_id,
        "status": at.status,
        "value": at.value,
        "outcome": at.outcome,
        "close_reason": at.close_reason_id,
        "closed_at": at.closed_at,
        "is_archived": at.is_archived,
        "is_starred": at.is_starred,
        "last_activity_at": at.last_activity_at,
        "last_inbound_at": at.last_inbound_at,
    }


def _point(point: ContactPoint) -> Row:
    return {
        "id": point.pk,
        "lead": point.lead_id,
        "kind": point.kind,
        "raw": point.raw,
        "value": point.value,
        "is_verified": point.is_verified,
        "created_at": point.created_at,
    }


def _tag(tag: Tag) -> Row:
    return {"id": tag.pk, "name": tag.name, "colour": tag.colour}


def _lead_tag(row: LeadTag) -> Row:
    return {"id": row.pk, "lead": row.lead_id, "tag": row.tag_id}


def _reason(reason: CloseReason) -> Row:
    return {
        "id": reason.pk,
        "outcome": reason.outcome,
        "name": reason.name,
        "position": reason.position,
        "removed_at": reason.removed_at,
    }


def _rule(rule: ClosureRule) -> Row:
    return {"id": rule.pk, "outcome": rule.outcome, "needs_reason": rule.needs_reason}


def _event(event: Event) -> Row:
    return {
        "id": event.pk,
        "lead": event.lead_id,
        "at": event.created_at,
        "verb": event.verb,
        "actor": event.actor_id,
        "origin": event.origin,
        "changes": event.changes,
        "facts": event.facts,
        "cause": event.cause_id,
    }


def _pair(pair: DuplicatePair) -> Row:
    return {
        "id": pair.pk,
        "leads": [pair.first_id, pair.second_id],
        "reasons": pair.reasons,
        "score": pair.score,
        "state": pair.state,
        "decided_by": pair.decided_by_id,
        "decided_at": pair.decided_at,
        "created_at": pair.created_at,
    }


def _merge(merge: Merge) -> Row:
    """With what the merged lead says of itself: it stands nowhere, and is not among the leads."""
    gone = merge.gone
    return {
        "id": merge.pk,
        "lead": merge.kept_id,
        "merged": {"id": gone.pk, "name": gone.name, "city": gone.city, "notes": gone.notes},
        "by": merge.by_id,
        "state": merge.state,
        "at": merge.created_at,
        "undone_by": merge.undone_by_id,
        "undone_at": merge.undone_at,
    }


def _notification(row: Notification) -> Row:
    return {
        "id": row.pk,
        "person": row.membership_id,
        "kind": row.kind,
        "lead": row.lead_id,
        "by": row.by_id,
        "cause": row.cause,
        "count": row.count,
        "at": row.at,
        "seen_at": row.seen_at,
    }


def _settings(row: NotificationSettings) -> Row:
    return {
        "id": row.pk,
        "person": row.membership_id,
        "ways": row.ways,
        "quiet": row.quiet,
        "shows_text": row.shows_text,
        "toasts": row.toasts,
        "sounds": row.sounds,
        "digest": row.digest,
        "digest_hour": row.digest_hour,
    }

"""Sections of a workspace's export. Its deletion needs nothing of ours: all tables are of the tenant."""

from django.db.models import QuerySet

from directory.models import (
    BulkAct,
    BulkRow,
    CloseReason,
    ClosureRule,
    ContactPoint,
    CustomChoice,
    CustomField,
    CustomValue,
    DuplicatePair,
    Event,
    Lead,
    LeadTag,
    ListSettings,
    Merge,
    Notification,
    NotificationSettings,
    Segment,
    SocialProfile,
    Tag,
)
from workspaces import portability
from workspaces.models import Workspace
from workspaces.portability import Row


def register() -> None:
    for section in (
        portability.table("leads", _leads, _lead),
        portability.table("contact_points", lambda workspace: ContactPoint.objects.all(), _point),
        portability.table("lead_links", lambda workspace: SocialProfile.objects.all(), _link),
        portability.table("custom_fields", lambda workspace: CustomField.objects.in_use(), _field),
        portability.table("custom_choices", lambda workspace: _choices(), _choice),
        portability.table("custom_values", lambda workspace: _values(), _value),
        portability.table("tags", lambda workspace: Tag.objects.all(), _tag),
        portability.table("lead_tags", lambda workspace: LeadTag.objects.all(), _lead_tag),
        portability.table("close_reasons", lambda workspace: CloseReason.objects.all(), _reason),
        portability.table("closure_rules", lambda workspace: ClosureRule.objects.all(), _rule),
        portability.table("events", lambda workspace: Event.objects.all(), _event),
        portability.table("duplicate_pairs", lambda workspace: DuplicatePair.objects.all(), _pair),
        portability.table("merges", lambda workspace: Merge.objects.select_related("gone"), _merge),
        portability.table("notifications", lambda workspace: Notification.objects.all(), _notification),
        portability.table("segments", lambda workspace: Segment.objects.all(), _segment),
        portability.table("list_settings", lambda workspace: ListSettings.objects.all(), _list_settings),
        portability.table(
            "notification_settings", lambda workspace: NotificationSettings.objects.all(), _settings
        ),
        portability.table("bulk_acts", lambda workspace: BulkAct.objects.all(), _bulk_act),
        portability.table("bulk_rows", lambda workspace: BulkRow.objects.all(), _bulk_row),
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
        "first_name": lead.first_name,
        "second_name": lead.second_name,
        "last_name": lead.last_name,
        "city": lead.city,
        "address": lead.address,
        "delivery_address": lead.delivery_address,
        "notes": lead.notes,
        "time_zone": lead.time_zone,
        "ip": lead.ip,
        "manager": lead.manager_id,
        "direction": lead.direction,
        "source": lead.source,
        "created_by": lead.created_by_id,
        "created_at": lead.created_at,
        "erased_at": lead.erased_at,
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


def _link(profile: SocialProfile) -> Row:
    return {
        "id": profile.pk,
        "lead": profile.lead_id,
        "network": profile.network,
        "url": profile.url,
        "created_at": profile.created_at,
    }


def _field(field: CustomField) -> Row:
    return {
        "id": field.pk,
        "label": field.label,
        "key": field.key,
        "kind": field.kind,
        "is_required": field.is_required,
        "default": field.default,
        "position": field.position,
        "created_at": field.created_at,
    }


def _choices() -> QuerySet[CustomChoice]:
    return CustomChoice.objects.filter(field__removed_at=None)


def _choice(choice: CustomChoice) -> Row:
    return {
        "id": choice.pk,
        "field": choice.field_id,
        "label": choice.label,
        "colour": choice.colour,
        "position": choice.position,
    }


def _values() -> QuerySet[CustomValue]:
    """Of fields that people see; those of others are being deleted."""
    return CustomValue.objects.filter(field__removed_at=None)


def _value(row: CustomValue) -> Row:
    """Of several choices one each."""
    return {
        "id": row.pk,
        "field": row.field_id,
        "lead": row.lead_id,
        "text": row.text,
        "number": row.number,
        "date": row.date,
        "choice": row.choice_id,
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


def _bulk_act(act: BulkAct) -> Row:
    return {
        "id": act.pk,
        "kind": act.kind,
        "params": act.params,
        "person": act.asker_id,
        "total": act.total,
        "changed": act.changed,
        "already": act.already,
        "gone": act.gone,
        "refused": act.refused,
        "created_at": act.created_at,
        "ended_at": act.ended_at,
        "undone_by": act.undone_by_id,
        "undone_at": act.undo_begun_at,
        "undone": act.undone,
        "left": act.left,
    }


def _bulk_row(row: BulkRow) -> Row:
    return {
        "id": row.pk,
        "act": row.act_id,
        "lead": row.lead_id,
        "before": row.before,
        "refused": row.refused,
    }


def _segment(segment: Segment) -> Row:
    """Without a person it is of all."""
    return {
        "id": segment.pk,
        "person": segment.membership_id,
        "name": segment.name,
        "icon": segment.icon,
        "filter": segment.filter,
        "state": segment.state,
        "sort": segment.sort,
        "position": segment.position,
        "created_at": segment.created_at,
    }


def _list_settings(row: ListSettings) -> Row:
    return {"id": row.pk, "person": row.membership_id, "columns": row.columns, "is_compact": row.is_compact}

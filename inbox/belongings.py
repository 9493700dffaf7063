"""What a workspace takes along of its conversations, and what has to go with it beyond the tenant's own tables.

The journal of an app that serves many workspaces is not divided: what it holds of a deleted one goes with its days.
"""

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from inbox.models import (
    AssignmentDecision,
    AssignmentRule,
    Attachment,
    Channel,
    ChannelUserObjectPermission,
    Identity,
    Message,
    Note,
    ProviderApp,
    RawRequest,
    Reaction,
    SavedView,
    Session,
    Template,
    WaitingLead,
)
from workspaces import portability
from workspaces.models import Workspace
from workspaces.portability import Row

BATCH = 500
FLOOR = 3  # above directory and funnels


def register() -> None:
    for section in (
        portability.table("channels", _everything(Channel), _channel),
        portability.table("identities", _identities, _identity),
        portability.table("sessions", _everything(Session), _session),
        portability.table("messages", _everything(Message), _message),
        portability.table("notes", _everything(Note), _note),
        portability.table("reactions", _everything(Reaction), _reaction),
        portability.table("attachments", _everything(Attachment), _attachment),
        portability.table("templates", _everything(Template), _template),
        portability.table("assignment_rules", _rules, _rule),
        portability.table("assignment_decisions", _everything(AssignmentDecision), _decision),
        portability.table("assignment_queue", _everything(WaitingLead), _waiting),
        portability.table("channel_grants", _grants, _grant),
        portability.table("saved_views", _everything(SavedView), _saved_view),
    ):
        portability.register_section(section)
    portability.register_files(portability.Files("files", _files))
    portability.register_remover(portability.Remover("message files", FLOOR, _remove_files))
    portability.register_remover(portability.Remover("provider apps", FLOOR, _remove_apps))


def _everything(model: Any) -> Any:
    return lambda workspace: model.objects.all()


def _channel(channel: Channel) -> Row:
    """Without its secrets."""
    return {
        "id": channel.pk,
        "kind": channel.kind,
        "name": channel.name,
        "external_id": channel.external_id,
        "account_id": channel.account_id,
        "settings": channel.settings,
        "state": channel.state,
        "created_at": channel.created_at,
        "removed_at": channel.removed_at,
    }


def _identities(workspace: Workspace) -> QuerySet[Identity]:
    return Identity.objects.prefetch_related("keys")


def _identity(identity: Identity) -> Row:
    return {
        "id": identity.pk,
        "lead": identity.lead_id,
        "channel": identity.channel_id,
        "name": identity.name,
        "username": identity.username,
        "keys": [{"key": key.key, "is_current": key.is_current} for key in identity.keys.all()],
        "created_at": identity.created_at,
    }


def _session(session: Session) -> Row:
    return {
        "id": session.pk,
        "identity": session.identity_id,
        "channel": session.channel_id,
        "thread": session.thread_key,
        "window_ends_at": session.window_ends_at,
        "opened_at": session.opened_at,
        "closed_at": session.closed_at,
    }


def _message(message: Message) -> Row:
    return {
        "id": message.pk,
        "lead": message.lead_id,
        "channel": message.channel_id,
        "session": message.session_id,
        "direction": message.direction,
        "kind": message.kind,
        "text": message.text,
        "data": message.data,
        "external_id": message.external_id,
        "author": message.author_id,
        "reply_to": message.reply_to_id,
        "sent_at": message.sent_at,
        "arrived_at": message.created_at,
        "delivery": message.delivery,
        "delivery_at": message.delivery_at,
        "error": message.error,
        "edited_at": message.edited_at,
        "revoked_at": message.revoked_at,
    }


def _note(note: Note) -> Row:
    """People in its text stand as their membership's id."""
    return {
        "id": note.pk,
        "lead": note.lead_id,
        "author": note.author_id,
        "text": note.text,
        "created_at": note.created_at,
        "edited_at": note.edited_at,
        "deleted_at": note.deleted_at,
        "pinned_at": note.pinned_at,
        "pinned_by": note.pinned_by_id,
    }


def _reaction(reaction: Reaction) -> Row:
    return {
        "id": reaction.pk,
        "message": reaction.message_id,
        "is_ours": reaction.is_ours,
        "emoji": reaction.emoji,
        "at": reaction.at,
    }


def _attachment(attachment: Attachment) -> Row:
    """`file` is its name among the files of the export."""
    return {
        "id": attachment.pk,
        "message": attachment.message_id,
        "kind": attachment.kind,
        "name": attachment.name,
        "mime": attachment.mime,
        "size": attachment.size,
        "state": attachment.state,
        "file": _name(attachment) if attachment.file else "",
    }


def _template(template: Template) -> Row:
    return {
        "id": template.pk,
        "channel": template.channel_id,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "components": template.components,
    }


def _rules(workspace: Workspace) -> QuerySet[AssignmentRule]:
    return AssignmentRule.objects.prefetch_related("seats")


def _rule(rule: AssignmentRule) -> Row:
    """`turns` is how far ahead each is; `people` those of whom the rule says something."""
    return {
        "id": rule.pk,
        "channel": rule.channel_id,
        "funnel": rule.funnel_id,
        "policy": rule.policy,
        "capacity": rule.capacity,
        "team": rule.team_id,
        "sticky_days": rule.sticky_days,
        "away_minutes": rule.away_minutes,
        "turns": rule.turns,
        "people": [
            {
                "person": seat.membership_id,
                "takes_part": seat.takes_part,
                "weight": seat.weight,
                "capacity": seat.capacity,
            }
            for seat in rule.seats.all()
        ],
    }


def _decision(decision: AssignmentDecision) -> Row:
    return {
        "id": decision.pk,
        "lead": decision.lead_id,
        "rule": decision.rule_id,
        "policy": decision.policy,
        "trigger": decision.trigger,
        "reason": decision.reason,
        "chosen": decision.chosen_id,
        "eligible": decision.eligible,
        "skipped": decision.skipped,
        "created_at": decision.created_at,
    }


def _waiting(waiting: WaitingLead) -> Row:
    return {"lead": waiting.lead_id, "rule": waiting.rule_id, "since": waiting.since}


def _saved_view(view: SavedView) -> Row:
    """Without a person it is of all."""
    return {
        "id": view.pk,
        "person": view.membership_id,
        "name": view.name,
        "icon": view.icon,
        "query": view.query,
        "position": view.position,
        "created_at": view.created_at,
    }


def _grants(workspace: Workspace) -> QuerySet[ChannelUserObjectPermission]:
    return ChannelUserObjectPermission.objects.select_related("permission", "user")


def _grant(grant: ChannelUserObjectPermission) -> Row:
    return {
        "id": grant.pk,
        "person": grant.user.email,
        "grant": grant.permission.codename,
        "channel": grant.content_object_id,
    }


def _name(attachment: Attachment) -> str:
    """Unlike any other, whatever its sender called it."""
    ending = attachment.name.rpartition(".")[2] if "." in attachment.name else ""
    ending = ending if ending.isascii() and ending.isalnum() and len(ending) <= 8 else ""
    return f"{attachment.pk}.{ending}" if ending else str(attachment.pk)


def _files(workspace: Workspace, after: Any) -> tuple[list[tuple[str, str]], Any]:
    rows = Attachment.objects.exclude(file="").filter(pk__gt=after or 0).order_by("pk")[:BATCH]
    found = list(rows)
    return [(_name(row), str(row.file.name)) for row in found], found[-1].pk if found else after


def _remove_files(workspace: Workspace) -> int:
    rows = list(Attachment.objects.exclude(file="").order_by("pk")[:BATCH])
    for row in rows:
        default_storage.delete(str(row.file.name))
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(file="")
    return len(rows)


def _remove_apps(workspace: Workspace) -> int:
    """The workspace's own apps with their journals. Its channels, which go later, let go of them first."""
    apps = list(ProviderApp.objects.of_workspace(workspace.pk).values_list("pk", flat=True))
    if not apps:
        return 0
    raws = list(RawRequest.objects.filter(app__in=apps).values_list("pk", flat=True)[:BATCH])
    if raws:
        return RawRequest.objects.filter(pk__in=raws).delete()[0]
    Channel.objects.filter(app__in=apps).update(app=None)
    return ProviderApp.objects.filter(pk__in=apps).delete()[0]

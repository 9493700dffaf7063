"""What this floor and the ones below have of a workspace: sections of its export, and removers."""

from typing import Any

from django.db.models import QuerySet

from crm import live, mail, work
from crm.feed.models import ParkedRow
from crm.jobs.models import Job
from crm.jobs.results import delete_files
from crm.work.models import Item, Lane
from workspaces import portability
from workspaces.models import (
    AuditEntry,
    BusinessHours,
    Holiday,
    Invitation,
    Membership,
    Team,
    TeamUserObjectPermission,
    Workspace,
)
from workspaces.portability import Row

JOBS = 50  # whose files are deleted at once


def register() -> None:
    for section in (
        portability.table("people", _people, _person),
        portability.table("invitations", _invitations, _invitation),
        portability.table("teams", _teams, _team),
        portability.table("grants", _grants, _grant),
        portability.table("hours", _everything(BusinessHours), _hours),
        portability.table("holidays", _everything(Holiday), _holiday),
        portability.table("audit", _everything(AuditEntry), _audit),
        portability.table("tasks", _jobs, _job),
    ):
        portability.register_section(section)
    portability.register_files(portability.Files("pictures", _pictures))
    for remover in (
        portability.Remover("streams", 0, _end_streams),
        portability.Remover("job files", 0, _remove_jobs),
        portability.Remover("mails", 0, _remove_mails),
        portability.Remover("work", 0, _remove_work),
        portability.Remover("parked rows", 0, _remove_parked),
    ):
        portability.register_remover(remover)


def _everything(model: Any) -> Any:
    return lambda workspace: model.objects.all()


def _people(workspace: Workspace) -> QuerySet[Membership]:
    return Membership.objects.of_workspace(workspace)


def _person(person: Membership) -> Row:
    return {
        "id": person.pk,
        "name": person.user.name,
        "email": person.user.email,
        "language": person.user.language,
        "role": person.role,
        "tools": person.tools,
        "sees_unassigned": person.sees_unassigned,
        "sees_phones": person.sees_phones,
        "joined_at": person.joined_at,
        "deactivated_at": person.deactivated_at,
    }


def _invitations(workspace: Workspace) -> QuerySet[Invitation]:
    return Invitation.objects.of_workspace(workspace)


def _invitation(invitation: Invitation) -> Row:
    """Without its token."""
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "invited_by": invitation.invited_by_id,
        "created_at": invitation.created_at,
        "sent_at": invitation.sent_at,
        "expires_at": invitation.expires_at,
        "accepted_at": invitation.accepted_at,
        "accepted_by": invitation.accepted_by_id,
        "revoked_at": invitation.revoked_at,
    }


def _teams(workspace: Workspace) -> QuerySet[Team]:
    return Team.objects.prefetch_related("team_members")


def _team(team: Team) -> Row:
    people = sorted(seat.membership_id for seat in team.team_members.all())
    return {"id": team.pk, "name": team.name, "colour": team.colour, "people": people}


def _grants(workspace: Workspace) -> QuerySet[TeamUserObjectPermission]:
    return TeamUserObjectPermission.objects.select_related("permission", "user")


def _grant(grant: TeamUserObjectPermission) -> Row:
    return {
        "id": grant.pk,
        "person": grant.user.email,
        "grant": grant.permission.codename,
        "team": grant.content_object_id,
    }


def _hours(hours: BusinessHours) -> Row:
    return {"id": hours.pk, "weekday": hours.weekday, "opens": hours.opens, "closes": hours.closes}


def _holiday(holiday: Holiday) -> Row:
    return {"id": holiday.pk, "date": holiday.date, "name": holiday.name}


def _audit(entry: AuditEntry) -> Row:
    return {
        "id": entry.pk,
        "at": entry.created_at,
        "verb": entry.verb,
        "actor": entry.actor_name,
        "about": entry.membership_id,
        "target": entry.target,
        "changes": entry.changes,
        "origin": entry.origin,
        "ip": entry.ip,
        "user_agent": entry.user_agent,
    }


def _jobs(workspace: Workspace) -> QuerySet[Job]:
    return Job.objects.select_related("asker")


def _job(job: Job) -> Row:
    return {
        "id": job.pk,
        "kind": job.kind,
        "asked_by": job.asker.email,
        "state": job.state,
        "done": job.done,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def _pictures(workspace: Workspace, after: Any) -> tuple[list[tuple[str, str]], Any]:
    people = _people(workspace).filter(pk__gt=after or 0).exclude(user__avatar="").order_by("pk")
    found = list(people[: portability.PAGE])
    stored = [(one, str(one.user.avatar.name)) for one in found]
    names = [(f"people/{one.pk}.{name.rpartition('.')[2]}", name) for one, name in stored]
    return names, found[-1].pk if found else after


def _end_streams(workspace: Workspace) -> int:
    live.end(workspace_id=workspace.pk)
    return 0


def _remove_jobs(workspace: Workspace) -> int:
    """Their files first: a row without files does no harm, files without a row are never found again."""
    jobs = list(Job.objects.order_by("pk")[:JOBS])
    for job in jobs:
        delete_files(job)
    Job.objects.filter(pk__in=[job.pk for job in jobs]).delete()
    return len(jobs)


def _remove_mails(workspace: Workspace) -> int:
    return mail.forget_workspace(workspace.pk)


def _remove_work(workspace: Workspace) -> int:
    """What is under way as we look is left: the deletion ends only when that is over, too."""
    removed = work.forget_workspace(workspace.pk)
    lanes = Lane.objects.filter(key=f"workspace:{workspace.pk}")
    unused = lanes.exclude(pk__in=Item.objects.filter(lane__in=lanes).values("lane"))
    return removed + unused.delete()[0]


def _remove_parked(workspace: Workspace) -> int:
    return ParkedRow.objects.filter(workspace_id=workspace.pk).delete()[0]

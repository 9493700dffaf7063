"""People of a workspace: role, access, availability, leaving, coming back, ownership."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs, live
from crm.tenancy import scope
from workspaces import grants, leaving, presence
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Availability, Invitation, Membership, Role, Verb
from workspaces.permissions import WorkspacePermission, check, tools

SWITCHES = ("sees_unassigned", "sees_phones")


def check_manages(actor: Membership, person: Membership) -> None:
    """Raise unless `actor` may act on `person`: nobody acts on the owner or on themselves; only the owner on admins."""
    check(actor, WorkspacePermission.MANAGE_PEOPLE)
    if not actor.is_active:
        raise PermissionDenied("deactivated meanwhile")
    if person.workspace_id != actor.workspace_id:
        raise PermissionDenied("another workspace")
    if person.is_owner:
        raise Refused(_("The owner's access can't be changed. Hand the ownership over first."))
    if person.pk == actor.pk:
        raise Refused(_("You can't change your own access. Ask another admin."))
    if person.role == Role.ADMIN and not actor.is_owner:
        raise Refused(_("Only the owner can change an admin."))


def may_manage(actor: Membership, person: Membership) -> bool:
    try:
        check_manages(actor, person)
    except (PermissionDenied, Refused):
        return False
    return True


def check_sees(actor: Membership, person: Membership) -> None:
    """Raise unless `actor` may see people, or supervises a team of this person's. In the scope."""
    if actor.may(WorkspacePermission.SEE_PEOPLE):
        return
    supervised = actor.grants.ids("workspaces.supervise_team")
    if not supervised or not person.team_members.filter(team_id__in=supervised).exists():
        raise PermissionDenied("not a person of a team they supervise")


def check_gives_role(actor: Membership, role: str) -> None:
    if role == Role.OWNER:
        raise Refused(_("There is exactly one owner. Hand the ownership over instead."))
    if role == Role.ADMIN and not actor.is_owner:
        raise Refused(_("Only the owner can make someone an admin."))


def check_heir(heir: Membership, person: Membership) -> None:
    if heir.pk == person.pk or not heir.is_active or heir.workspace_id != person.workspace_id:
        raise Refused(_("Choose another active person of this workspace."))


@transaction.atomic
def change_role(person: Membership, *, by: Membership, role: str) -> None:
    """A change of role takes every grant and tool with it."""
    person, by = locked(person, by)
    check_manages(by, person)
    check_gives_role(by, role)
    if person.role == role:
        return
    before, person.role, person.tools = person.role, Role(role), []
    person.save(update_fields=["role", "tools"])
    with scope(person.workspace_id):
        grants.delete_all(person)
    _end_invitations(person)
    audit.record(
        person.workspace_id, verb=Verb.ROLE_CHANGED, by=by, about=person, changes={"role": [before, role]}
    )
    tell(person)
    live.end(user_id=person.user_id, workspace_id=person.workspace_id)


@transaction.atomic
def change_access(
    person: Membership,
    *,
    by: Membership,
    tools_held: list[str],
    switches: dict[str, bool],
    granted: dict[str, set[int]],
) -> None:
    """Set a seller's tools (values of grantable permissions), switches (see SWITCHES) and object grants, whole."""
    person, by = locked(person, by)
    check_manages(by, person)
    if not person.is_seller:
        raise Refused(_("Admins see and do everything; only a seller's access is set one by one."))
    known = {declared.permission.value for declared in tools()}
    values: dict[str, Any] = {"tools": sorted(known & set(tools_held))}
    values |= {name: bool(switches[name]) for name in SWITCHES if name in switches}
    changes = {
        name: [getattr(person, name), value]
        for name, value in values.items()
        if getattr(person, name) != value
    }
    for name, (_before, value) in changes.items():
        setattr(person, name, value)
    if changes:
        person.save(update_fields=list(changes))
    with scope(person.workspace_id):
        changes |= grants.replace(person, granted)
    if changes:
        audit.record(person.workspace_id, verb=Verb.ACCESS_CHANGED, by=by, about=person, changes=changes)
        tell(person)
        live.end(user_id=person.user_id, workspace_id=person.workspace_id)


@transaction.atomic
def set_availability(person: Membership, *, by: Membership, availability: str) -> None:
    """By oneself, or by an admin for someone who forgot."""
    if person.pk != by.pk:
        check(by, WorkspacePermission.MANAGE_PEOPLE)
    changed = (
        Membership.objects.active()
        .filter(pk=person.pk, workspace_id=by.workspace_id)
        .exclude(availability=availability)
        .update(availability=Availability(availability), availability_since=timezone.now())
    )
    if changed:
        person.availability = availability
        tell(person)
        if availability == Availability.ACTIVE:
            presence.arrived(person)


@transaction.atomic
def deactivate(person: Membership, *, by: Membership, successor: Membership | None) -> None:
    """They can't enter any more; what they were responsible for goes to `successor`, else to nobody."""
    person, by, *heirs = locked(person, by, *([successor] if successor else []))
    successor = heirs[0] if heirs else None
    check_manages(by, person)
    if not person.is_active:
        return
    if successor is not None:
        check_heir(successor, person)
    _end(person, by=by, successor=successor)


@transaction.atomic
def leave(person: Membership) -> None:
    """By the person themselves, who deletes their account: the owner takes over."""
    [person] = locked(person)
    if person.is_owner:
        raise Refused(_("The owner's access can't be changed. Hand the ownership over first."))
    if person.is_active:
        owner = Membership.objects.get(workspace_id=person.workspace_id, role=Role.OWNER)
        _end(person, by=person, successor=owner)


@transaction.atomic
def reactivate(person: Membership, *, by: Membership) -> None:
    """They may enter again, as before but without grants: those went when they left."""
    person, by = locked(person, by)
    check_manages(by, person)
    if person.is_active:
        return
    person.deactivated_at = person.deactivated_by = None
    person.save(update_fields=["deactivated_at", "deactivated_by"])
    audit.record(person.workspace_id, verb=Verb.PERSON_REACTIVATED, by=by, about=person)
    tell(person)


@transaction.atomic
def hand_ownership_over(*, by: Membership, to: Membership) -> None:
    """The owner becomes an admin, `to` the owner. Both rows are locked in the order of their ids."""
    owner, heir = locked(by, to)
    check(owner, WorkspacePermission.HAND_OWNERSHIP_OVER)
    check_heir(heir, owner)
    owner.role = Role.ADMIN
    owner.save(update_fields=["role"])
    heir.role, heir.tools = Role.OWNER, []
    heir.save(update_fields=["role", "tools"])
    with scope(by.workspace_id):
        grants.delete_all(heir)
    _end_invitations(owner)
    changes = {"owner": [str(owner.user), str(heir.user)]}
    audit.record(by.workspace_id, verb=Verb.OWNERSHIP_HANDED_OVER, by=by, about=heir, changes=changes)
    for row in (owner, heir):
        tell(row)
        live.end(user_id=row.user_id, workspace_id=row.workspace_id)


def _end(person: Membership, *, by: Membership, successor: Membership | None) -> None:
    person.deactivated_at = timezone.now()
    person.deactivated_by = by
    person.availability = Availability.AWAY
    person.follows_hours, person.turns_at = False, None
    person.tools = []
    person.save(
        update_fields=[
            "deactivated_at",
            "deactivated_by",
            "availability",
            "follows_hours",
            "turns_at",
            "tools",
        ]
    )
    with scope(person.workspace_id):
        moved = leaving.hand_over(person, successor)
        grants.delete_all(person)
        jobs.cancel_of(person.user_id)
    _end_invitations(person)
    heir = str(successor.user) if successor else None
    changes: dict[str, list[Any]] = {
        "handed over to": [None, heir],
        **{name: [None, n] for name, n in moved.items()},
    }
    audit.record(person.workspace_id, verb=Verb.PERSON_DEACTIVATED, by=by, about=person, changes=changes)
    tell(person)
    live.end(user_id=person.user_id, workspace_id=person.workspace_id)


def _end_invitations(person: Membership) -> None:
    """What they invited to and no longer could: it expires, till someone who may sends it again."""
    waiting = Invitation.objects.open().filter(invited_by=person, expires_at__gt=timezone.now())
    if person.is_active and not person.is_seller:
        waiting = waiting.filter(role=Role.ADMIN)
    waiting.update(expires_at=timezone.now())


def locked(*people: Membership) -> list[Membership]:
    """The rows as they are now, locked in the order of their ids, given back in the order asked for.

    NO KEY UPDATE: a row that only names one of them as its foreign key (`deactivated_by`) need not wait.
    """
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user", "workspace")
    found = {row.pk: row for row in rows.filter(pk__in=[one.pk for one in people]).order_by("pk")}
    return [found[one.pk] for one in people]


def tell(person: Membership) -> None:
    """Pages that show people, and the person's own, that something about them is different."""
    live.signal(f"workspace:{person.workspace_id}:people", "people", membership=person.pk)
    live.signal(f"user:{person.user_id}", "me", workspace=person.workspace_id)

"""Write rows of the audit log."""

from collections.abc import Mapping
from typing import Any

from crm import origin
from crm.tenancy import scope
from workspaces.models import AuditEntry, Membership, User, Verb, Workspace

Changes = Mapping[str, list[Any]]


def record(
    workspace: Workspace | int,
    *,
    verb: Verb,
    by: Membership | User | None,
    about: Membership | None = None,
    target: str = "",
    changes: Changes | None = None,
) -> AuditEntry:
    """One row, in the caller's transaction. `changes` is {field: [old, new]}; never pass a secret."""
    user = by.user if isinstance(by, Membership) else by
    where = origin.current()
    with scope(workspace):
        return AuditEntry.objects.create(
            verb=verb,
            actor=user,
            actor_name=str(user) if user else "Cauce",
            membership_id=about.pk if about else None,
            target=(target or (str(about.user) if about else ""))[:160],
            changes=dict(changes or {}),
            origin=where.kind,
            ip=where.ip,
            user_agent=where.user_agent,
        )


def record_for_person(
    user: User, *, verb: Verb, changes: Changes | None = None, by: User | None = None
) -> None:
    """What a person did with their account concerns every workspace they are active in: one row in each."""
    memberships = Membership.objects.active().filter(user=user).select_related("workspace")
    for membership in memberships:
        record(membership.workspace, verb=verb, by=by or user, about=membership, changes=changes)

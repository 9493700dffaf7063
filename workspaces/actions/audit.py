"""Write rows of the audit log."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from crm import feed, origin
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
    with scope(workspace):
        return AuditEntry.objects.create(
            **_who(by),
            verb=verb,
            membership_id=about.pk if about else None,
            target=(target or (str(about.user) if about else ""))[:160],
            changes=dict(changes or {}),
        )


def record_many(
    workspace: Workspace | int, *, verb: Verb, by: Membership | User | None, targets: Iterable[str]
) -> None:
    """One row for each target, in their order, by one statement."""
    who = _who(by)
    given = {
        **who,
        "workspace": getattr(workspace, "pk", workspace),
        "actor": who["actor"] and who["actor"].pk,
        "verb": verb.value,
        "targets": [target[:160] for target in targets],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_MANY, given)
    feed.announce(AuditEntry)


def _who(by: Membership | User | None) -> dict[str, Any]:
    user = by.user if isinstance(by, Membership) else by
    where = origin.current()
    return {
        "actor": user,
        "actor_name": str(user) if user else "Cauce",
        "origin": where.kind,
        "ip": where.ip,
        "user_agent": where.user_agent,
    }


def record_for_person(
    user: User, *, verb: Verb, changes: Changes | None = None, by: User | None = None
) -> None:
    """What a person did with their account concerns every workspace they are active in: one row in each."""
    memberships = Membership.objects.active().filter(user=user).select_related("workspace")
    for membership in memberships:
        record(membership.workspace, verb=verb, by=by or user, about=membership, changes=changes)


_INSERT_MANY = """
    INSERT INTO workspaces_auditentry
        (workspace_id, verb, actor_id, actor_name, target, changes, origin, ip, user_agent)
    SELECT %(workspace)s, %(verb)s, %(actor)s, %(actor_name)s, target, '{}', %(origin)s, %(ip)s::inet, %(user_agent)s
    FROM unnest(%(targets)s::text[]) WITH ORDINALITY AS given (target, place) ORDER BY place
"""

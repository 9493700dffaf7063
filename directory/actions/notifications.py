"""Notifications: made for a person, seen, withdrawn. No event: they are about events.

Whoever makes one is in the transaction of its cause, or a consumer in that of its cursor. What is to leave the house is
noted on the row (`push_due_at`) and swept, see `directory.notifications.pushing`.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from crm import live, notifications
from crm.notifications import Way
from crm.tenancy import current_workspace
from directory import visibility
from directory.models import Notification, NotificationSettings, Placement
from directory.models.notification import SEEN_KEPT, UNSEEN_KEPT
from directory.notifications import choosing
from directory.notifications.pushing import GATHER
from workspaces.models import Membership

SIGNAL = "notices"


def make(
    kind: str,
    *,
    to: Membership,
    cause: str,
    placement: Placement | None = None,
    by: int | None = None,
    facts: dict[str, Any] | None = None,
    latest: int = 0,
    again: bool = False,
) -> bool:
    """Tell `to`, a person of the open scope's workspace with their user. False where there is nothing new to tell, or
    where they may not know, or do not want to.

    cause: what it is about; one of a kind is told once, however often this is called. `again`: it happened once more,
    and what was seen is unseen again.
    by: the membership of who did it, if anybody did.
    latest: of a kind that gathers, the id of what is counted: a lower one was counted already.
    """
    the_kind = notifications.get(kind)
    if not to.is_active or not to.user.is_active or not the_kind.offered(to):
        return False
    if placement is not None and not visibility.sees(to, placement):
        return False
    chosen = choosing.settings_of(to)
    ways = choosing.ways(the_kind, to, chosen)
    if not ways:
        return False
    pushed = Way.PUSH in ways and choosing.may_push(to, chosen)
    values: dict[str, Any] = {
        "workspace": to.workspace_id,
        "membership": to.pk,
        "kind": kind,
        "lead": placement.pk if placement else None,
        "by": by,
        "cause": cause,
        "facts": json.dumps(facts or {}),
        "gathers": the_kind.gathers,
        "latest": latest,
        "in_page": Way.PAGE in ways,
        "in_mail": Way.MAIL in ways,
        "gather": GATHER if pushed else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GATHER if the_kind.gathers else _AGAIN if again else _ONCE, values)
        told = bool(cursor.rowcount)
    if told and Way.PAGE in ways:
        _tell(to)
    return told


def withdraw(kind: str, *, lead_id: int, cause: str) -> None:
    """It turned out otherwise: what nobody has seen yet is not to be seen any more."""
    rows = Notification.objects.filter(lead_id=lead_id, kind=kind, cause=cause, seen_at=None)
    for row in rows.select_related("membership__user"):
        row.delete()
        _tell(row.membership)


@transaction.atomic
def see(pk: int, *, by: Membership) -> None:
    """One of their own; another's is left as it is."""
    _see(Notification.objects.filter(pk=pk, membership=by), by)


@transaction.atomic
def see_all(*, by: Membership, up_to: Any = None) -> None:
    """All that the bell shows; `up_to`: what came since is not what they looked at."""
    rows = Notification.objects.filter(membership=by, in_page=True)
    _see(rows.filter(at__lte=up_to) if up_to is not None else rows, by)


def see_lead(lead_id: int, *, by: Membership) -> None:
    """They have read the lead's thread; in the caller's transaction."""
    _see(Notification.objects.filter(membership=by, lead_id=lead_id), by)


def forget_old() -> None:
    """In every workspace: what was seen a month ago, and what nobody has looked at for three."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM workspaces_workspace WHERE deletion_begun_at IS NULL ORDER BY id")
        for (workspace,) in cursor.fetchall():
            kept: list[Any] = [workspace, SEEN_KEPT, UNSEEN_KEPT]
            cursor.execute(_FORGET, kept)


def forget(person: Membership) -> int:
    """They leave the workspace: what they were told goes, and how they wanted to be told."""
    NotificationSettings.objects.filter(membership=person).delete()
    return Notification.objects.filter(membership=person).delete()[0]


@transaction.atomic
def choose(person: Membership, *, ways: dict[str, list[str]], **values: Any) -> NotificationSettings:
    """How they want to be told. `ways` of every kind that is offered to them; those that are always are added."""
    row = _locked(person)
    row.ways = choosing.cleaned(ways, person)
    for name, value in values.items():
        setattr(row, name, value)
    choosing.set_due(row, person, after=timezone.now())
    row.save()
    return row


@transaction.atomic
def mute_digest(person: Membership) -> None:
    """No more summaries, by the link in one of them."""
    row = _locked(person)
    row.digest, row.digest_due_at = "off", None
    row.save(update_fields=["digest", "digest_due_at"])


def _locked(person: Membership) -> NotificationSettings:
    row, _made = NotificationSettings.objects.select_for_update(of=("self",)).get_or_create(membership=person)
    return row


def _see(rows: Any, by: Membership) -> None:
    if rows.filter(seen_at=None).update(seen_at=Now(), push_due_at=None):
        _tell(by)


def _tell(person: Membership) -> None:
    live.signal(f"user:{person.user_id}", SIGNAL, workspace=person.workspace_id)


def people(ids: Iterable[int]) -> list[Membership]:
    """Active ones of the open scope's workspace, with their users; whatever else the ids name is nobody."""
    rows = Membership.objects.active().filter(workspace_id=current_workspace(), pk__in=list(ids))
    return list(rows.select_related("user", "workspace").filter(user__is_active=True).order_by("pk"))


_FORGET = """
DELETE FROM directory_notification
WHERE workspace_id = %s AND (seen_at < now() - %s::interval OR at < now() - %s::interval)
"""
_COLUMNS = """
INSERT INTO directory_notification AS n (workspace_id, membership_id, kind, lead_id, by_id, cause, facts, gathers,
    latest, count, in_page, in_mail, at, created_at, push_due_at)
"""
_VALUES = """
    %(workspace)s, %(membership)s, %(kind)s, %(lead)s::bigint, %(by)s::bigint, %(cause)s, %(facts)s::jsonb, %(gathers)s,
    %(latest)s, 1, %(in_page)s, %(in_mail)s, statement_timestamp(), statement_timestamp(),
    statement_timestamp() + %(gather)s::interval
"""
_BY_CAUSE = "ON CONFLICT (workspace_id, membership_id, kind, cause)"
_ONCE = f"{_COLUMNS} VALUES ({_VALUES}) {_BY_CAUSE} DO NOTHING"
_AGAIN = f"""{_COLUMNS} VALUES ({_VALUES}) {_BY_CAUSE} DO UPDATE SET facts = EXCLUDED.facts, at = EXCLUDED.at,
    seen_at = NULL, push_due_at = EXCLUDED.push_due_at, in_page = EXCLUDED.in_page, in_mail = EXCLUDED.in_mail"""
# What was counted once, on whichever row, is not counted again. Of one that was pushed, the next is a minute later.
_GATHER = f"""{_COLUMNS} SELECT {_VALUES} WHERE NOT EXISTS (
    SELECT FROM directory_notification WHERE workspace_id = %(workspace)s AND membership_id = %(membership)s
    AND lead_id = %(lead)s AND kind = %(kind)s AND latest >= %(latest)s)
ON CONFLICT (workspace_id, membership_id, kind, lead_id) WHERE gathers AND seen_at IS NULL
DO UPDATE SET count = n.count + 1, latest = EXCLUDED.latest, at = EXCLUDED.at,
    push_due_at = coalesce(n.push_due_at, greatest(EXCLUDED.push_due_at, n.pushed_at + interval '1 minute'))
WHERE n.latest < EXCLUDED.latest"""  # noqa: S608 (put together from constants)

"""What a leaver hands over: their leads, and those whose personal manager they are, to a successor or to nobody, in a
few statements however many they are."""

from django.db import connection

from crm import feed
from directory import listening
from directory.models import Event, Lead, Origin, Placement
from directory.verbs import Verb
from workspaces.models import Membership


def count(person: Membership) -> int:
    return Placement.objects.filter(assignee=person).count()


def hand_over(leaver: Membership, successor: Membership | None) -> int:
    """In the caller's transaction.

    1. The rows are locked in the order of their ids, as everyone who locks several does.
    2. They change hands, and each gets its event.
    3. Who sees them is told once, not once for each.
    """
    heir = successor.pk if successor else None
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [leaver.workspace_id, leaver.pk])
        cursor.execute(
            _HAND_OVER,
            [
                heir,
                leaver.workspace_id,
                leaver.pk,
                leaver.workspace_id,
                Verb.ASSIGNED.value,
                Origin.SYSTEM.value,
                leaver.pk,
                heir,
                leaver.pk,
            ],
        )
        moved = int(cursor.rowcount)
    if moved:
        feed.announce(Event)
        listening.tell_of_many(leaver.workspace_id, people=[leaver.pk, *([heir] if heir else [])])
    return moved


def count_managed(person: Membership) -> int:
    return Lead.objects.filter(manager=person).count()


def hand_managed_over(leaver: Membership, successor: Membership | None) -> int:
    """The same of whose personal manager they are."""
    heir = successor.pk if successor else None
    workspace = leaver.workspace_id
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_MANAGED, [workspace, leaver.pk])
        said = (workspace, Verb.MANAGED.value, Origin.SYSTEM.value, leaver.pk, heir, leaver.pk)
        cursor.execute(_HAND_MANAGED_OVER, (heir, workspace, leaver.pk, *said))
        moved = int(cursor.rowcount)
    if moved:
        feed.announce(Event)
        listening.tell_of_many(workspace, people=[leaver.pk, *([heir] if heir else [])])
    return moved


_LOCK = """
    SELECT count(*) FROM (
        SELECT lead_id FROM directory_placement WHERE workspace_id = %s AND assignee_id = %s
        ORDER BY lead_id FOR NO KEY UPDATE
    ) AS locked
"""
_HAND_OVER = """
    WITH moved AS (
        UPDATE directory_placement SET assignee_id = %s WHERE workspace_id = %s AND assignee_id = %s
        RETURNING lead_id
    )
    INSERT INTO directory_event (workspace_id, lead_id, verb, origin, changes, facts)
    SELECT %s, lead_id, %s, %s,
        jsonb_build_object('assignee_id', jsonb_build_array(%s::bigint, %s::bigint)),
        jsonb_build_object('left', %s::bigint)
    FROM moved
"""
_LOCK_MANAGED = """
    SELECT count(*) FROM (
        SELECT id FROM directory_lead WHERE workspace_id = %s AND manager_id = %s ORDER BY id FOR NO KEY UPDATE
    ) AS locked
"""
_HAND_MANAGED_OVER = """
    WITH moved AS (
        UPDATE directory_lead SET manager_id = %s WHERE workspace_id = %s AND manager_id = %s RETURNING id
    )
    INSERT INTO directory_event (workspace_id, lead_id, verb, origin, changes, facts)
    SELECT %s, id, %s, %s,
        jsonb_build_object('manager_id', jsonb_build_array(%s::bigint, %s::bigint)),
        jsonb_build_object('left', %s::bigint)
    FROM moved
"""

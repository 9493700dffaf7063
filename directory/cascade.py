"""Leads gone with all that cascades from them: by a statement for each table, whatever the number of rows.

Which tables those are is what Django knows of the models, so that a floor above forgets nothing. What other rows refer
to in turn (messages, say) is only looked for: a lead that has any of it goes by Django's own cascade.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import CASCADE
from django.db.models.deletion import get_candidate_relations_to_delete

from directory.models import Event, Lead


def remove(ids: Sequence[int], workspace: int) -> None:
    """In a transaction; the caller holds their placements, or they have none any more."""
    if not ids:
        return
    values: list[Any] = [workspace, list(ids)]
    deep: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(_UNCAUSE, values)
        for relation in _relations(Lead):
            table, column = relation.related_model._meta.db_table, relation.field.column
            theirs = f"FROM {table} WHERE workspace_id = %s AND {column} = ANY(%s::bigint[])"
            if _goes_alone(relation):
                cursor.execute(f"DELETE {theirs}", values)
            else:
                cursor.execute(f"SELECT {column} {theirs}", values)
                deep.update(pk for (pk,) in cursor.fetchall())
        gone = [pk for pk in ids if pk not in deep]
        cursor.execute(_DELETE, [workspace, gone])
    if deep:
        Lead.objects.filter(pk__in=deep).delete()


def _goes_alone(relation: Any) -> bool:
    """Nothing refers to it; to events, other events only."""
    model = relation.related_model
    return relation.on_delete is CASCADE and (model is Event or not _relations(model))


def _relations(model: Any) -> list[Any]:
    return list(get_candidate_relations_to_delete(model._meta))


_DELETE = "DELETE FROM directory_lead WHERE workspace_id = %s AND id = ANY(%s::bigint[])"
# Events of other leads that came of these.
_UNCAUSE = """
    UPDATE directory_event effect SET cause_id = NULL
    FROM directory_event gone
    WHERE gone.workspace_id = %s AND gone.lead_id = ANY(%s::bigint[])
        AND effect.workspace_id = gone.workspace_id AND effect.cause_id = gone.id AND effect.cause_id IS NOT NULL
"""

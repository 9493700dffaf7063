"""What leads hold in the workspace's own fields. The fields are made in `directory.actions.custom_fields`."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from directory import custom
from directory.actions import events, placements
from directory.actions.marks import ChangedMeanwhile, mark_of
from directory.actors import Actor
from directory.custom import Value
from directory.custom.forms import rows_of
from directory.models import CustomField, CustomValue, Lead
from directory.verbs import Verb

LONGEST_IN_EVENT = 200


@transaction.atomic
def set_values(
    lead: Lead,
    values: Mapping[CustomField, Value | None],
    *,
    by: Actor,
    seen: Mapping[CustomField, str] | None = None,
) -> None:
    """None takes it away; what is the same already is no change. Fields are of `custom.fields()`.

    `seen`: {field: mark_of_value what the person saw}. Where something else is stored meanwhile, ChangedMeanwhile.
    """
    placement = placements.locked(lead.pk, by=by)
    stored = custom.values([lead.pk], list(values)).get(lead.pk, {})
    for field, mark in (seen or {}).items():
        now = stored.get(field.pk)
        if mark and mark != mark_of_value(now) and now != values[field]:
            raise ChangedMeanwhile(field.name, str(custom.frozen(now) or ""))
    changed = {field: value for field, value in values.items() if stored.get(field.pk) != value}
    if not changed:
        return
    CustomValue.objects.filter(lead=lead, field__in=list(changed)).delete()
    CustomValue.objects.bulk_create(
        [row for field, value in changed.items() for row in rows_of(lead.pk, field, value)]
    )
    changes = {field.name: [_short(stored.get(field.pk)), _short(value)] for field, value in changed.items()}
    events.record(placement, by=by, verb=Verb.EDITED, changes=changes)


def mark_of_value(value: Value | None) -> str:
    """A short keyed sign of a stored value, for a form to say what its writer saw."""
    return mark_of(repr(custom.frozen(value)))


def _short(value: Value | None) -> Any:
    """As an event has it."""
    said = custom.frozen(value)
    return f"{said[:LONGEST_IN_EVENT]}…" if isinstance(said, str) and len(said) > LONGEST_IN_EVENT else said

"""Values of a workspace's own fields: of one value one stays, of several choices all do."""

from collections.abc import Sequence
from typing import Any

from directory import custom
from directory.merging.fields import GONE, KEPT, Choice, Choices, Source
from directory.models import CustomField, CustomKind, Lead, Merge
from workspaces.models import Membership

# The other's value stays where it was chosen.
BETTER = """gone.field_id IN (
    SELECT chosen::bigint FROM directory_merge m, jsonb_array_elements_text(m.before -> 'custom') AS chosen
    WHERE m.workspace_id = gone.workspace_id AND m.id = %(merge)s
)"""


def load(kept: Lead, gone: Lead, reader: Membership) -> list[Choice]:
    fields = custom.fields()
    held = custom.values([kept.pk, gone.pk], fields)
    ours, theirs = held.get(kept.pk, {}), held.get(gone.pk, {})
    return [
        Choice(
            key=field.name,
            label=field.label,
            kept=custom.shown(field, ours.get(field.pk), reader),
            gone=custom.shown(field, theirs.get(field.pk), reader),
            chosen=KEPT if field.pk in ours else GONE,
            is_same=ours.get(field.pk) == theirs.get(field.pk),
            is_united=field.kind == CustomKind.CHOICES,
        )
        for field in fields
        if field.pk in ours or field.pk in theirs
    ]


def apply(merge: Merge, choices: Choices) -> None:
    """Rows move as those of any table; here it is only said whose stays."""
    asked = [field for field in _fields() if choices.get(field.name) == GONE]
    merge.before["custom"] = [field.pk for field in asked if field.kind != CustomKind.CHOICES]


def undo(merge: Merge) -> Sequence[Any]:
    """Nothing to do beyond the rows. What somebody wrote since is a new row, and stays."""
    return ()


def _fields() -> list[CustomField]:
    return list(CustomField.objects.in_use())


SOURCE = Source("custom", load, apply, undo)

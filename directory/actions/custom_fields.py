"""A workspace's own fields: made, changed, put in order, deleted in settings."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import live
from directory import custom
from directory.custom import Value, removing
from directory.custom.cleaning import folded
from directory.models import CustomChoice, CustomField, CustomKind, CustomValue
from directory.models.custom import CHOSEN, MOST_CHOICES, MOST_FIELDS
from directory.permissions import DirectoryPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Colour, Membership, Verb
from workspaces.permissions import check

# What a kind may become while leads hold values of it: the rows stay as they are, and nothing is lost.
LOSSLESS: dict[str, frozenset[str]] = {
    CustomKind.PHONE: frozenset({CustomKind.TEXT}),
    CustomKind.EMAIL: frozenset({CustomKind.TEXT}),
    CustomKind.URL: frozenset({CustomKind.TEXT}),
    CustomKind.MONEY: frozenset({CustomKind.NUMBER}),
}


@transaction.atomic
def create(
    *, by: Membership, label: str, kind: str, is_required: bool = False, choices: Sequence[str] = ()
) -> CustomField:
    """The last one. `choices` are the labels of those that may be chosen, each another colour."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    existing = list(CustomField.objects.select_for_update(no_key=True).in_use())
    if len(existing) >= MOST_FIELDS:
        raise Refused(_("A workspace can have %(number)s fields.") % {"number": MOST_FIELDS})
    _check_label(label, existing)
    if len(choices) > MOST_CHOICES:
        raise Refused(_("A field can have %(number)s choices.") % {"number": MOST_CHOICES})
    if kind in CHOSEN and not choices:
        raise Refused(_("Write at least one choice."))
    field = CustomField(label=label, key=_free_key(label, existing), kind=CustomKind(kind))
    field.is_required, field.position = is_required, max((one.position for one in existing), default=0) + 1
    _saved(field)
    if kind in CHOSEN:
        colours = [colour for colour in Colour.values if colour != Colour.SLATE]
        CustomChoice.objects.bulk_create(
            CustomChoice(field=field, label=words, colour=colours[place % len(colours)], position=place)
            for place, words in enumerate(choices)
        )
    record(by, field, {"field": [None, label], "kind": [None, kind]})
    return field


@transaction.atomic
def change(
    field: CustomField, *, by: Membership, label: str, kind: str, is_required: bool, default: Value | None
) -> None:
    """Its key stays. Refused where leads hold values that the other kind could not."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    others = CustomField.objects.in_use().exclude(pk=field.pk)
    stored = CustomField.objects.select_for_update(no_key=True).in_use().get(pk=field.pk)
    _check_label(label, list(others))
    if kind != stored.kind and kind not in kinds_open_to(stored):
        raise Refused(
            _("Leads hold values of this field: it stays what it is. Delete it, or make another one.")
        )
    values = {
        "label": label,
        "kind": str(kind),
        "is_required": is_required,
        "default": custom.frozen(default),
    }
    changes = {
        name: [getattr(stored, name), value]
        for name, value in values.items()
        if getattr(stored, name) != value
    }
    if not changes:
        return
    for name, value in values.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(changes))
    record(by, stored, changes)


def kinds_open_to(field: CustomField) -> list[str]:
    """What it may be: its own kind, what loses nothing, and every kind that needs no choices while no lead holds
    anything."""
    if field.kind in CHOSEN:
        return [field.kind]
    if not CustomValue.objects.of_field(field).exists():
        return [kind for kind in CustomKind.values if kind not in CHOSEN]
    return [kind for kind in CustomKind.values if kind == field.kind or kind in LOSSLESS.get(field.kind, ())]


@transaction.atomic
def reorder(ids: Sequence[int], *, by: Membership) -> None:
    """Those named come in this order; those that are not named, made meanwhile, after them."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    rows = list(CustomField.objects.select_for_update(no_key=True).in_use().in_order())
    wanted = sorted(rows, key=lambda one: ids.index(one.pk) if one.pk in ids else len(ids))
    if wanted == rows:
        return
    for position, field in enumerate(wanted):
        field.position = position
    CustomField.objects.bulk_update(wanted, ["position"])
    before, after = (", ".join(one.label for one in order) for order in (rows, wanted))
    audit.record(
        by.workspace_id,
        verb=Verb.SETTINGS_CHANGED,
        by=by,
        target=_("Fields"),
        changes={"order": [before, after]},
    )
    live.signal(f"workspace:{by.workspace_id}", "fields")


@transaction.atomic
def delete(field: CustomField, *, by: Membership) -> None:
    """Nobody sees it any more. What leads hold in it goes at once where that is little, else as work, in batches."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    number = holders(field)
    if not CustomField.objects.in_use().filter(pk=field.pk).update(removed_at=timezone.now()):
        return
    record(by, field, {"field": [field.label, None], "leads": [number, 0]})
    removing.begin_with_field(field)


def holders(field: CustomField) -> int:
    """How many leads hold something in it."""
    return CustomValue.objects.of_field(field).values("lead").distinct().count()


def record(by: Membership, field: CustomField, changes: dict[str, list[Any]]) -> None:
    audit.record(by.workspace_id, verb=Verb.SETTINGS_CHANGED, by=by, target=field.label, changes=changes)
    live.signal(f"workspace:{by.workspace_id}", "fields")


def _check_label(label: str, others: Sequence[CustomField]) -> None:
    if folded(label) in {folded(one.label) for one in others}:
        raise Refused(_("There is a field named %(name)s already.") % {"name": label})


def _free_key(label: str, others: Sequence[CustomField]) -> str:
    """Of the label: "Talla preferida" is talla_preferida, and talla_preferida_2 where that is taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].strip("_") or "field"
    taken = {one.key for one in others}
    number = 2
    free = key
    while free in taken:
        free, number = f"{key}_{number}", number + 1
    return free


def _saved(field: CustomField) -> None:
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError:
        raise Refused(_("There is a field named %(name)s already.") % {"name": field.label}) from None

"""What may be chosen in a workspace's own field: made, renamed, coloured, put in order, deleted."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.actions.custom_fields import record
from directory.custom import removing
from directory.custom.cleaning import folded
from directory.models import CustomChoice, CustomField, CustomKind, CustomValue
from directory.models.custom import MOST_CHOICES
from directory.permissions import DirectoryPermission
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import check


@transaction.atomic
def create(field: CustomField, *, by: Membership, label: str, colour: str) -> CustomChoice:
    """The last one."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    others = _of(field)
    if len(others) >= MOST_CHOICES:
        raise Refused(_("A field can have %(number)s choices.") % {"number": MOST_CHOICES})
    _check_label(label, others)
    last = max((one.position for one in others), default=-1)
    choice = _saved(CustomChoice(field=field, label=label, colour=colour, position=last + 1))
    record(by, field, {"choice": [None, label]})
    return choice


@transaction.atomic
def change(choice: CustomChoice, *, by: Membership, label: str, colour: str) -> None:
    """Leads that have it have it still."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    others = _of(choice.field)
    stored = next((one for one in others if one.pk == choice.pk), None)
    if stored is None:
        raise CustomChoice.DoesNotExist
    _check_label(label, [one for one in others if one.pk != choice.pk])
    changes = {
        name: [getattr(stored, name), value]
        for name, value in (("label", label), ("colour", colour))
        if getattr(stored, name) != value
    }
    if changes:
        stored.label, stored.colour = label, colour
        _saved(stored)
        record(by, choice.field, changes)


@transaction.atomic
def reorder(field: CustomField, ids: Sequence[int], *, by: Membership) -> None:
    """Those named come in this order; those that are not named, made meanwhile, after them."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    rows = _of(field)
    wanted = sorted(rows, key=lambda one: ids.index(one.pk) if one.pk in ids else len(ids))
    if wanted == rows:
        return
    for position, choice in enumerate(wanted):
        choice.position = position
    CustomChoice.objects.bulk_update(wanted, ["position"])
    before, after = (", ".join(one.label for one in order) for order in (rows, wanted))
    record(by, field, {"order": [before, after]})


@transaction.atomic
def delete(choice: CustomChoice, *, by: Membership, home: CustomChoice | None) -> None:
    """Who has it gets `home`, another one of the field, or nothing; at once where they are few, else as work. Until
    then they keep it, but it can be chosen no more."""
    check(by, DirectoryPermission.MANAGE_FIELDS)
    field = CustomField.objects.select_for_update(no_key=True).in_use().get(pk=choice.field_id)
    choices = {one.pk: one for one in CustomChoice.objects.filter(field=field)}
    if choice.pk not in choices or choices[choice.pk].removed_at is not None:
        return
    if any(one.removed_at is not None and is_held(one) for one in choices.values()):
        raise Refused(_("Another choice is being deleted at this moment. Try again in a minute."))
    if sum(one.removed_at is None for one in choices.values()) == 1:
        raise Refused(_("A field keeps one choice at least. Delete the field instead."))
    if home is not None and (home.pk == choice.pk or home.pk not in choices):
        raise Refused(_("Choose another one of the choices."))
    CustomChoice.objects.filter(pk=choice.pk).update(removed_at=timezone.now())
    _change_default(field, choice.pk, home.pk if home else None)
    number = holders(choice)
    record(by, field, {"choice": [choice.label, home.label if home else None], "leads": [number, 0]})
    removing.begin_with_choice(choice, home)


def holders(choice: CustomChoice) -> int:
    return CustomValue.objects.filter(choice=choice).count()


def is_held(choice: CustomChoice) -> bool:
    return CustomValue.objects.filter(choice=choice).exists()


def _change_default(field: CustomField, gone: int, home: int | None) -> None:
    if field.kind == CustomKind.CHOICE and field.default == gone:
        field.default = home
    elif isinstance(field.default, list) and gone in field.default:
        kept = [home if one == gone else one for one in field.default]
        field.default = [one for one in dict.fromkeys(kept) if one is not None] or None
    else:
        return
    field.save(update_fields=["default"])


def _of(field: CustomField) -> list[CustomChoice]:
    """Those that may be chosen, in order, under the lock of their field."""
    CustomField.objects.select_for_update(no_key=True).in_use().get(pk=field.pk)
    return list(CustomChoice.objects.filter(field=field, removed_at=None).order_by("position", "id"))


def _check_label(label: str, others: Sequence[CustomChoice]) -> None:
    if folded(label) in {folded(one.label) for one in others}:
        raise Refused(_("There is a choice named %(name)s already.") % {"name": label})


def _saved(choice: CustomChoice) -> CustomChoice:
    try:
        with transaction.atomic():
            choice.save()
    except IntegrityError:
        raise Refused(_("There is a choice named %(name)s already.") % {"name": choice.label}) from None
    return choice

"""Orders by fields of a workspace's own: "custom.<key>". The index of a field's kind has its values in order; who holds
none comes last either way, by the last activity. Where several may be chosen there is no one value, and no order."""

from functools import partial

from django.db.models import F, FilteredRelation, OuterRef, Q

from crm.ui.runs import Run
from directory import custom
from directory.filtering import asked as by
from directory.filtering.own_fields import PREFIX
from directory.listing.sorting import Family, Sort
from directory.models import CustomField, CustomKind, CustomValue
from directory.models.custom import TEXTS
from directory.models.placement import PlacementQuerySet
from workspaces.models import Membership


def sort_of(field: CustomField) -> Sort | None:
    """Of texts any may be a telephone number."""
    if field.kind == CustomKind.CHOICES:
        return None
    is_text = field.kind in TEXTS
    return Sort(
        f"{PREFIX}{field.key}",
        field.label,
        "",
        rises=is_text or field.kind == CustomKind.CHOICE,
        runs=partial(_runs, field),
        ends_without=True,
        tells_phones=is_text,
    )


def _named(name: str, membership: Membership) -> Sort | None:
    key = name.removeprefix(PREFIX)
    field = next((one for one in custom.fields_for(membership) if one.key == key), None)
    return sort_of(field) if field else None


def _runs(field: CustomField, rises: bool) -> list[Run]:
    held = Q(held__text__gt="") if field.kind in TEXTS else Q(own__isnull=False)
    joined = partial(_with_value, field)
    if field.kind == CustomKind.CHOICE:  # as the field lists them; of each choice the newest leads first
        choices = tuple(one.pk for one in field.all_choices)
        each = ("own", choices if rises else choices[::-1])
        holding = Run(held, "pk", each=each, joined=joined)
    else:
        holding = Run(held, "own", ascending=rises, joined=joined, column=(CustomValue, field.column))
    values = CustomValue.objects.of_field(field).filter(lead_id=OuterRef("pk"))
    return [holding, Run(~by.has(values), "last_activity_at")]


def _with_value(field: CustomField, rows: PlacementQuerySet) -> PlacementQuerySet:
    """`own` is what it is sorted by. A field that is sorted by has one value."""
    held = FilteredRelation("lead__custom_values", condition=Q(lead__custom_values__field=field.pk))
    return rows.annotate(held=held, own=F(f"held__{'choice_id' if field.is_chosen else field.column}"))


FAMILY = Family(PREFIX, _named)

"""Tags and fields that were made on the way of an import: known by it, so that its undo takes them away again.

What somebody else uses by then stays: a tag that a lead wears, or that a segment or another import names; a field that
a lead holds something in, that a stage asks for, that is required or has a default, or that any of those names.
"""

import re
from collections import Counter

from django.db.models import Q

from directory import pipeline
from directory.actions import custom_fields
from directory.actions import tags as tag_actions
from directory.importing.planning import Plan
from directory.importing.targets import CUSTOM
from directory.models import CustomField, CustomValue, Import, LeadTag, ListSettings, Segment, Tag
from directory.models.importing import AT_WORK, OPEN_TO_CHANGE
from directory.permissions import DirectoryPermission

TAGS, FIELDS = "tags", "fields"


def note(one: Import, kind: str, pk: int) -> None:
    """In the transaction that makes it; who calls holds the import, or is its job."""
    one.made = {**one.made, kind: [*one.made.get(kind, ()), pk]}
    Import.objects.filter(pk=one.pk).update(made=one.made)


def take_away(plan: Plan) -> Counter[str]:
    """In a transaction, after the leads. How many went, and how many were left; what is gone already counts nowhere."""
    made = plan.one.made
    tags = list(Tag.objects.filter(pk__in=made.get(TAGS, ())))
    fields = list(CustomField.objects.in_use().filter(pk__in=made.get(FIELDS, ())))
    counts: Counter[str] = Counter()
    for tag in tags:
        if not plan.by.may(DirectoryPermission.MANAGE_TAGS) or _is_worn(tag, plan):
            counts["left_tags"] += 1
        else:
            tag_actions.delete(tag, by=plan.by)
            counts["tags"] += 1
    for field in fields:
        if not plan.by.may(DirectoryPermission.MANAGE_FIELDS) or _is_held(field, plan):
            counts["left_made_fields"] += 1
        else:
            custom_fields.delete(field, by=plan.by)
            counts["fields"] += 1
    return counts


def _is_worn(tag: Tag, plan: Plan) -> bool:
    return (
        LeadTag.objects.filter(tag=tag).exists()
        or any(tag.pk in one.options.get("tags", ()) for one in _others(plan))
        or _is_named(rf"(^|[\s(-])tag:(\S*,)?{tag.pk}(,|\s|\)|$)")
    )


def _is_held(field: CustomField, plan: Plan) -> bool:
    key = rf"custom\.{re.escape(field.key)}"
    return (
        field.is_required
        or field.default is not None
        or CustomValue.objects.of_field(field).exists()
        or any(f"{CUSTOM}{field.pk}" in one.mapping for one in _others(plan))
        or _is_named(rf"(^|[\s(-]){key}\y", in_order=rf"(^|\W){key}\y")
        or ListSettings.objects.filter(columns__contains=[f"custom.{field.key}"]).exists()
        or _is_asked(field, plan)
    )


def _others(plan: Plan) -> list[Import]:
    """Imports that are not over."""
    rows = Import.objects.filter(state__in=[*AT_WORK, *OPEN_TO_CHANGE]).exclude(pk=plan.one.pk)
    return list(rows.only("mapping", "options", "workspace"))


def _is_named(in_filter: str, *, in_order: str = "") -> bool:
    names = Q(filter__regex=in_filter)
    return Segment.objects.filter(names | Q(sort__regex=in_order) if in_order else names).exists()


def _is_asked(field: CustomField, plan: Plan) -> bool:
    funnels = pipeline.current()
    stages = [stage.pk for funnel in funnels.choices(plan.by) for stage in funnel.stages]
    return any(field.name in funnels.asks(stage)[1] for stage in stages)

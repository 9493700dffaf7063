"""What leads are described by: tags, reasons, fields of the workspace's own."""

from directory.models import CloseReason, Tag
from tests.access.rows import ADMINS, Row, World
from tests.directory import house

TAGS = "directory.manage_tags"
FIELDS = "directory.manage_fields"


def tag(world: World) -> dict[str, object]:
    return {"pk": Tag.objects.create(name="vip").pk}


def reason(world: World) -> dict[str, object]:
    return {"pk": CloseReason.objects.create(name="Price", outcome="lost").pk}


def own_field(world: World) -> dict[str, object]:
    return {"pk": house.field("text", "Size").pk}


def chosen_field(world: World) -> dict[str, object]:
    return {"field": house.field("choice", "Size", choices=["S", "M"]).pk}


def choice(world: World) -> dict[str, object]:
    field = house.field("choice", "Size", choices=["S", "M"])
    return {"field": field.pk, "pk": field.choice_list[0].pk}


ROWS = [
    Row("directory:tags", get=ADMINS, post=ADMINS, tool=TAGS),
    Row("directory:tag", get=ADMINS, post=ADMINS, target=tag, tool=TAGS),
    Row("directory:tag_removal", get=ADMINS, post=ADMINS, target=tag, tool=TAGS),
    Row("directory:reasons", get=ADMINS, post=ADMINS, tool=TAGS),
    Row("directory:reason_order", post=ADMINS, tool=TAGS),
    Row("directory:reason_rule", post=ADMINS, tool=TAGS),
    Row("directory:reason", get=ADMINS, post=ADMINS, target=reason, tool=TAGS),
    Row("directory:reason_removal", get=ADMINS, post=ADMINS, target=reason, tool=TAGS),
    Row("directory:fields", get=ADMINS, post=ADMINS, tool=FIELDS),
    Row("directory:field_order", post=ADMINS, tool=FIELDS),
    Row("directory:field", get=ADMINS, post=ADMINS, target=own_field, tool=FIELDS),
    Row("directory:field_removal", get=ADMINS, post=ADMINS, target=own_field, tool=FIELDS),
    Row("directory:field_choices", post=ADMINS, target=chosen_field, tool=FIELDS),
    Row("directory:field_choice_order", post=ADMINS, target=chosen_field, tool=FIELDS),
    Row("directory:field_choice", get=ADMINS, post=ADMINS, target=choice, tool=FIELDS),
    Row("directory:field_choice_removal", get=ADMINS, post=ADMINS, target=choice, tool=FIELDS),
]

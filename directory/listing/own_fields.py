"""Columns of fields of a workspace's own making: `custom.<key>`. All that are shown are read by one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from directory import columns, custom, naming
from directory.columns import Cell, Column, Family, Plain
from directory.filtering.own_fields import PREFIX
from directory.listing.own_orders import sort_of
from directory.models import CustomField, CustomKind, Placement
from workspaces.models import Membership

_CELLS = {CustomKind.NUMBER: Cell.NUMBER, CustomKind.MONEY: Cell.NUMBER, CustomKind.URL: Cell.LINK}


@dataclass(frozen=True)
class Held:
    """A value of a field, as one person may see it."""

    field: CustomField
    value: custom.Value
    reader: Membership

    def __str__(self) -> str:
        return custom.shown(self.field, self.value, self.reader)

    @property
    def plain(self) -> Plain:
        """Numbers and days as they are; what would be masked on the screen is masked here, too."""
        if isinstance(self.value, str) and not naming.sees_phones(self.reader):
            return str(self)
        return custom.plain(self.field, self.value)


def load() -> list[Column]:
    fields = {f"{PREFIX}{one.key}": one for one in custom.fields()}

    def batch(
        wanted: Sequence[Column], placements: Sequence[Placement], membership: Membership
    ) -> Mapping[str, Mapping[int, Any]]:
        asked = [fields[one.key] for one in wanted]
        held = custom.values([one.pk for one in placements], asked)
        found: dict[str, dict[int, Held]] = {one.key: {} for one in wanted}
        for lead, values in held.items():
            for one, field in zip(wanted, asked, strict=True):
                if field.pk in values:
                    found[one.key][lead] = Held(field, values[field.pk], membership)
        return found

    return [
        Column(
            key,
            field.label,
            columns.alone(key, batch),
            _CELLS.get(CustomKind(field.kind), Cell.TEXT),
            sort_of(field),
            plain=lambda held: held.plain,
            batch=batch,
            order=500 + place,
        )
        for place, (key, field) in enumerate(fields.items())
    ]


FAMILY = Family(PREFIX, load)

"""The workspace's own fields as a lead's card shows them: what stands in each, and what it may be."""

from dataclasses import dataclass

from directory import custom
from directory.actions.custom import mark_of_value
from directory.custom import Value
from directory.forms.custom import limit_of, mode_of, options_of
from directory.models import CustomField, CustomKind, Lead
from workspaces.models import Membership


@dataclass(frozen=True)
class Option:
    """`value` is what is sent; a choice's is its label."""

    value: str
    label: str
    colour: str
    is_chosen: bool


@dataclass(frozen=True)
class OwnField:
    """`text` is what stands there, as `custom.clean` reads it again; `mark` says what its reader saw of it."""

    field: CustomField
    value: Value | None
    text: str
    mark: str

    @property
    def control(self) -> str:
        """How it is edited: text, date, select or chips."""
        if self.field.kind == CustomKind.CHOICES:
            return "chips"
        if self.field.kind in (CustomKind.CHOICE, CustomKind.YES_NO):
            return "select"
        return "date" if self.field.kind == CustomKind.DATE else "text"

    @property
    def options(self) -> list[Option]:
        """With those that the lead still has while they are taken off everywhere."""
        if self.field.kind == CustomKind.YES_NO:
            return [Option(value, label, "", value == self.text) for value, label in options_of(self.field)]
        chosen = self.value if isinstance(self.value, tuple) else (self.value,)
        found = [
            Option(one.label, one.label, one.colour, one.pk in chosen)
            for one in self.field.all_choices
            if one.removed_at is None or one.pk in chosen
        ]
        return found if self.control == "chips" else [Option("", "—", "", self.value is None), *found]

    @property
    def colour(self) -> str:
        return next((one.colour for one in self.options if one.is_chosen), "")

    @property
    def mode(self) -> str:
        return mode_of(self.field)

    @property
    def limit(self) -> int:
        return limit_of(self.field)

    @property
    def href(self) -> str:
        """Where a link leads."""
        return str(self.value) if self.field.kind == CustomKind.URL and self.value else ""


def read(lead: Lead, reader: Membership) -> list[OwnField]:
    """One query, none where the workspace has no field. `lead` is of `Lead.objects.with_card()`."""
    fields = custom.fields_for(reader) if lead.has_fields else custom.no_fields_for(reader)
    held = custom.held_in(lead, fields)
    return [
        OwnField(
            field,
            held.get(field.pk),
            custom.typed(field, held.get(field.pk), reader),
            mark_of_value(held.get(field.pk)),
        )
        for field in fields
    ]

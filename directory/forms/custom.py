"""The control of a workspace's own field, wherever a form asks for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from directory import custom
from directory.custom import Value
from directory.models import CustomField, CustomKind
from directory.models.custom import LONGEST_TEXT
from workspaces.models import Membership

_LONGEST = {CustomKind.TEXT: LONGEST_TEXT, CustomKind.URL: 500, CustomKind.EMAIL: 254, CustomKind.PHONE: 60}
_MODES = {
    CustomKind.NUMBER: "decimal",
    CustomKind.MONEY: "decimal",
    CustomKind.PHONE: "tel",
    CustomKind.EMAIL: "email",
    CustomKind.URL: "url",
}


class ValueField(forms.Field):
    """Gives a value of the field's kind, or None. Choices go by their labels, as in a file."""

    def __init__(self, field: CustomField, membership: Membership, **kwargs: Any) -> None:
        self._field, self._membership = field, membership
        super().__init__(**{"label": field.label, "widget": widget_of(field), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """A value as its control shows it; what was typed and refused stays as it was typed."""
        if isinstance(value, tuple):
            names = {one.pk: one.label for one in self._field.all_choices}
            return [names.get(pk, "") for pk in value]
        return value if isinstance(value, str | list) else custom.typed(self._field, value, self._membership)

    def clean(self, value: Any) -> Value | None:
        text = "; ".join(value) if isinstance(value, list) else str(value or "")
        found = custom.clean(self._field, text, self._membership.workspace)
        if found is None and self.required:
            raise forms.ValidationError(str(self.error_messages["required"]), code="required")
        return found


def widget_of(field: CustomField) -> forms.Widget:
    kind = CustomKind(field.kind)
    if kind == CustomKind.CHOICES:
        return forms.CheckboxSelectMultiple(choices=options_of(field)[1:])
    if kind in (CustomKind.CHOICE, CustomKind.YES_NO):
        return forms.Select(choices=options_of(field))
    if kind == CustomKind.DATE:
        return forms.DateInput()
    attributes = {"autocomplete": "off", "maxlength": limit_of(field), "inputmode": mode_of(field)}
    return forms.TextInput(attrs=attributes)


def limit_of(field: CustomField) -> int:
    """Characters of what is typed."""
    return _LONGEST.get(CustomKind(field.kind), 40)


def mode_of(field: CustomField) -> str:
    """Which keys a phone offers."""
    return _MODES.get(CustomKind(field.kind), "text")


def options_of(field: CustomField) -> list[tuple[str, str]]:
    """What stands to choose from, nothing first."""
    if field.kind == CustomKind.YES_NO:
        return [("", "—"), ("1", _("Yes")), ("0", _("No"))]
    return [("", "—"), *((one.label, one.label) for one in field.choice_list)]

"""Forms of the settings of a workspace's own fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import custom
from directory.custom.cleaning import SEPARATORS, folded
from directory.forms.custom import ValueField
from directory.models import CustomChoice, CustomField, CustomKind
from workspaces.models import Colour, Membership
from workspaces.names import clean_name


class FieldForm(forms.Form):
    """A new field."""

    label = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CustomKind.choices)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One a line. Colours and order can be changed afterwards."),
    )
    is_required = forms.BooleanField(
        label=gettext_lazy("Required"),
        required=False,
        help_text=gettext_lazy(
            "Asked for when somebody makes a lead; it can be changed then, but not emptied."
        ),
    )

    def clean_label(self) -> str:
        return clean_name(self.cleaned_data["label"])

    def clean_choices(self) -> list[str]:
        """Each once."""
        found: dict[str, str] = {}
        for line in self.cleaned_data["choices"].splitlines():
            if line.strip():
                label = _clean_choice(line)
                found.setdefault(folded(label), label)
        return list(found.values())


class FieldChangeForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    is_required = FieldForm.base_fields["is_required"]

    def __init__(self, data: Any, *, field: CustomField, kinds: list[str], membership: Membership) -> None:
        initial = {"label": field.label, "kind": field.kind, "is_required": field.is_required}
        super().__init__(data, initial=initial)
        kind: Any = self.fields["kind"]
        kind.choices = [one for one in CustomKind.choices if one[0] in kinds]
        self.fields["default"] = ValueField(
            field,
            membership,
            label=_("Default"),
            required=False,
            initial=custom.thawed(field, field.default),
            help_text=_("What a lead made by hand begins with."),
        )
        self._was = field.kind

    def clean_label(self) -> str:
        return clean_name(self.cleaned_data["label"])

    def clean(self) -> dict[str, Any]:
        """Of another kind, what was the default means nothing."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind", self._was) != self._was:
            cleaned["default"] = None
            self.errors.pop("default", None)
        return cleaned


class ChoiceForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    colour = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=Colour.choices, widget=forms.RadioSelect, initial=Colour.TEAL
    )

    def clean_label(self) -> str:
        return _clean_choice(self.cleaned_data["label"])


class RehousingForm(forms.Form):
    """What those get that have a choice which goes."""

    home = forms.ModelChoiceField(
        label=gettext_lazy("Who has it gets"), queryset=CustomChoice.objects.none(), required=False
    )

    def __init__(self, data: Any, *, choice: CustomChoice) -> None:
        super().__init__(data)
        home: Any = self.fields["home"]
        others = CustomChoice.objects.filter(field=choice.field_id, removed_at=None).exclude(pk=choice.pk)
        home.queryset = others.order_by("position", "id")
        home.empty_label = _("Nothing")


def _clean_choice(text: str) -> str:
    label = clean_name(text)
    if len(label) > 80:
        raise forms.ValidationError(_("Write at most %(number)s characters.") % {"number": 80})
    if SEPARATORS.search(label):
        raise forms.ValidationError(_("Leave out ; and |: in files they stand between choices."))
    return label

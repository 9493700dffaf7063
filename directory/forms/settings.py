"""Forms of the settings of leads: tags, reasons."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.models import Colour
from workspaces.names import clean_name


class TagForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40)
    colour = forms.ChoiceField(
        label=_("Colour"), choices=Colour.choices, widget=forms.RadioSelect, initial=Colour.TEAL
    )

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class ReasonForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Of leads that are"),
        choices=[("lost", _("Lost")), ("won", _("Won"))],
        widget=forms.RadioSelect,
        initial="lost",
    )
    name = forms.CharField(label=_("Reason"), max_length=80)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class ReasonNameForm(forms.Form):
    name = forms.CharField(label=_("Reason"), max_length=80)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

"""Forms of the profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.accounts import zones
from workspaces.models import Theme, User
from workspaces.names import clean_name


class ProfileForm(forms.ModelForm[User]):
    """Validates; `actions.change_profile` writes."""

    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Type a city and choose. Empty: the zone of each workspace."),
    )

    class Meta:
        model = User
        fields = ("name", "language", "time_zone", "theme")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "language": forms.RadioSelect,
            "theme": forms.RadioSelect,
        }

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_time_zone(self) -> str:
        text = self.cleaned_data["time_zone"]
        if not text:
            return ""
        zone = zones.found(text)
        if zone is None:
            raise forms.ValidationError(_("There is no such zone. Type a city and choose from the list."))
        return zone


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)


class DeleteAccountForm(forms.Form):
    confirmation = forms.CharField(max_length=254)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip().lower() != self.user.email:
            raise forms.ValidationError(_("That is not your address."))
        return typed

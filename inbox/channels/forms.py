"""Fields and forms that channels of every kind have."""

from django import forms
from django.utils.translation import gettext_lazy as _

SECRET = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}, render_value=False)


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)

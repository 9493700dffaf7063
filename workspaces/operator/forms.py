"""Forms of the operator's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=160,
        help_text=_("The people of the workspace read it on the page they get instead, and admins by mail."),
    )

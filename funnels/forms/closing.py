"""Why a lead was won or lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import CloseReason


class ClosureForm(forms.Form):
    """One of the workspace's reasons, words of one's own, or both."""

    reason = forms.ModelChoiceField(
        label=_("Reason"), queryset=CloseReason.objects.none(), required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What happened"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, outcome: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.queryset = CloseReason.objects.by_name().filter(outcome=outcome)
        field.empty_label = _("No reason")

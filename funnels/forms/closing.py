"""Why a lead was won or lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.actions.reasons import check_reason, is_required
from directory.models import CloseReason
from workspaces.errors import Refused


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
        self._outcome = outcome
        field.queryset = CloseReason.objects.in_use().in_order().filter(outcome=outcome)
        field.empty_label = None if outcome and is_required(outcome) else _("No reason")

    def clean(self) -> dict[str, Any]:
        """What the action would refuse, said at the field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self._outcome and not self.errors:
            try:
                check_reason(self._outcome, cleaned["reason"], cleaned["words"])
            except Refused as refused:
                self.add_error("reason" if self.fields["reason"].queryset else "words", str(refused))  # type: ignore[attr-defined]
        return cleaned

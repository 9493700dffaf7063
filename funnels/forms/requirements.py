"""What a stage asks for, and the rules of a stage in Settings."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import required
from funnels.models import Stage
from workspaces.models import Membership

LONGEST = 365  # days in a stage


class RequirementsForm(forms.Form):
    """Exactly the fields that lack; each must hold something."""

    prefix = "asked"

    def __init__(self, data: Any = None, *, keys: Sequence[str], membership: Membership) -> None:
        super().__init__(data)
        for key in keys:
            found = required.find(key)
            if found is not None:
                self.fields[key] = found.field(membership)


class RulesForm(forms.Form):
    required = forms.MultipleChoiceField(
        label=_("Asks for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who moves a lead here is asked for what it has not."),
    )
    stale_days = forms.IntegerField(
        label=_("Stale after (days)"),
        required=False,
        min_value=1,
        max_value=LONGEST,
        help_text=_("A lead that stays longer is marked on the board. Empty: never."),
    )

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"required": stage.required, "stale_days": stage.stale_days}
        field: Any = self.fields["required"]
        field.choices = [(one.key, one.label) for one in required.fields()]

"""Forms of funnels and stages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.cleanness import whole_number
from funnels.models import Funnel, Stage
from funnels.trades import TRADES
from workspaces.models import Colour
from workspaces.names import clean_name

LONGEST = 60
INBOX = "0"
EMPTY = "empty"


class NamedForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=LONGEST)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        return clean_name(name) if name else ""


class NewFunnelForm(NamedForm):
    """Made for a trade, or empty. Without a name it is called what such a funnel usually is."""

    trade = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect, initial=TRADES[0].key)
    field_order = ("trade", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["trade"]
        field.choices = [*((trade.key, trade.label) for trade in TRADES), (EMPTY, _("Empty"))]
        self.fields["name"].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("trade") == EMPTY and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Give it a name."))
        return data


class FunnelForm(NamedForm):
    colour = forms.ChoiceField(label=_("Colour"), choices=Colour.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, funnel: Funnel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"name": funnel.name, "colour": funnel.colour}


class StageForm(NamedForm):
    """Of a new stage."""


class HomeForm(forms.Form):
    """Where the leads go of what is deleted: the Inbox, or a stage of a funnel in use."""

    home = forms.ChoiceField(label=_("Its leads go to"))

    def __init__(
        self, *args: Any, without: Stage | None = None, without_funnel: Funnel | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        funnels = Funnel.objects.in_use().in_order().with_stages()
        self.stages = {
            str(stage.pk): stage
            for funnel in funnels
            if funnel != without_funnel
            for stage in _with(funnel)
            if stage != without and stage.leaving_since is None
        }
        groups: dict[str, list[tuple[str, str]]] = {}
        for value, stage in self.stages.items():
            groups.setdefault(stage.funnel.name, []).append((value, stage.name))
        field: Any = self.fields["home"]
        field.choices = [(INBOX, _("Inbox")), *groups.items()]

    @property
    def stage(self) -> Stage | None:
        """The chosen one; None is the Inbox."""
        return self.stages.get(self.cleaned_data["home"])


def _with(funnel: Funnel) -> list[Stage]:
    stages = list(funnel.stages.all())
    for stage in stages:
        stage.funnel = funnel
    return stages


def ids_of(values: list[str]) -> list[int]:
    """The order that a list was given."""
    return [pk for value in values if (pk := whole_number(value)) is not None]

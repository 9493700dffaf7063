"""Forms of a workspace's settings."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.models import Holiday, Weekday, Workspace
from workspaces.names import clean_name

_AREAS = ("America/", "Europe/", "Africa/", "Asia/", "Atlantic/", "Australia/", "Indian/", "Pacific/")
TIME_ZONES = sorted(
    (zone for zone in available_timezones() if zone.startswith(_AREAS)),
    key=lambda zone: (_AREAS.index(zone.split("/")[0] + "/"), zone),
)
TIME_ZONE_CHOICES = [(zone, zone.replace("_", " ")) for zone in [*TIME_ZONES, "UTC"]]


class WorkspaceForm(forms.ModelForm[Workspace]):
    """Name, zone, language, currency: for creating and for changing."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=TIME_ZONE_CHOICES, initial="America/Mexico_City"
    )

    class Meta:
        model = Workspace
        fields = ("name", "time_zone", "language", "currency")
        labels = {"name": _("Name"), "language": _("Language"), "currency": _("Currency")}
        help_texts = {
            "name": _("What your team calls itself"),
            "language": _("Of what the workspace sends; each person chooses their own for the screens"),
        }

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class StretchForm(forms.Form):
    """One stretch of a weekday."""

    weekday = forms.TypedChoiceField(choices=Weekday.choices, coerce=int)
    opens = forms.TimeField(input_formats=["%H:%M", "%H:%M:%S"])
    closes = forms.TimeField(input_formats=["%H:%M", "%H:%M:%S"])


class WeekForm(forms.Form):
    """The week as repeated `opens-<day>` and `closes-<day>`; a day without any is closed.

    `stretches` after is_valid(): [(weekday, opens, closes)].
    """

    LIMIT = 6  # stretches of a day

    def __init__(
        self, data: Any = None, *, initial_stretches: list[tuple[int, Any, Any]] | None = None
    ) -> None:
        super().__init__(data)
        self.initial_stretches = initial_stretches or []
        self.stretches: list[tuple[int, Any, Any]] = []

    def clean(self) -> dict[str, Any]:
        for day in Weekday.values:
            opens, closes = self.data.getlist(f"opens-{day}"), self.data.getlist(f"closes-{day}")  # type: ignore[attr-defined]
            for start, end in list(zip(opens, closes, strict=False))[: self.LIMIT]:
                if start or end:
                    self._add(day, start, end)
        return self.cleaned_data

    def _add(self, day: int, start: str, end: str) -> None:
        stretch = StretchForm({"weekday": day, "opens": start, "closes": end})
        if stretch.is_valid():
            cleaned = stretch.cleaned_data
            self.stretches.append((day, cleaned["opens"], cleaned["closes"]))
        else:
            self.add_error(
                None, _("%(day)s: write both times, such as 09:00 and 18:00.") % {"day": Weekday(day).label}
            )

    def days(self) -> list[dict[str, Any]]:
        """What the page shows: each weekday with its stretches, as posted or as stored."""
        return [
            {"day": day, "label": Weekday(day).label, "stretches": self._shown(day)} for day in Weekday.values
        ]

    def _shown(self, day: int) -> list[tuple[str, str]]:
        if self.is_bound:
            data: Any = self.data
            return list(zip(data.getlist(f"opens-{day}"), data.getlist(f"closes-{day}"), strict=False))[
                : self.LIMIT
            ]
        return [(f"{o:%H:%M}", f"{c:%H:%M}") for weekday, o, c in self.initial_stretches if weekday == day]


class HolidayForm(forms.ModelForm[Holiday]):
    class Meta:
        model = Holiday
        fields = ("date", "name")
        labels = {"date": _("Date"), "name": _("Name")}
        widgets = {"date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

"""How a person wants to be told."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import notifications
from crm.notifications import Kind, Way
from directory.models import Digest, NotificationSettings
from directory.notifications import choosing
from workspaces.models import Membership

WAY_LABELS = {Way.PAGE: _("In the page"), Way.PUSH: _("Browser"), Way.MAIL: _("E-mail")}


@dataclass(frozen=True)
class Cell:
    way: Way
    is_on: bool
    is_fixed: bool


class NotificationSettingsForm(forms.ModelForm[NotificationSettings]):
    """Validates; `actions.notifications.choose` writes. The matrix is posted as `ways-<kind>`, once for each way."""

    digest_hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    class Meta:
        model = NotificationSettings
        fields = ("quiet", "shows_text", "toasts", "sounds", "digest", "digest_hour")
        widgets = {"digest": forms.RadioSelect}
        labels = {
            "quiet": _("Quiet outside business hours"),
            "shows_text": _("Show what was written"),
            "toasts": _("A line at the foot of the page"),
            "sounds": _("A sound"),
            "digest": _("How often"),
        }
        help_texts = {
            "quiet": _("No browser notifications outside your workspace's hours, by your own clock."),
            "shows_text": _("Otherwise a browser notification says who, not what."),
            "toasts": _("While you are at another place in Cauce."),
            "sounds": _("While a page of Cauce is in front."),
        }

    def __init__(self, data: Any = None, *, person: Membership, instance: NotificationSettings) -> None:
        super().__init__(data, instance=instance)
        self.person = person
        self.ways_before = instance.ways
        self.fields["digest"].choices = Digest.choices  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[Kind, list[Cell]]]:
        """The matrix as it stands, or as it was posted."""
        posted = self.posted_ways() if self.is_bound else None
        found = []
        for kind in notifications.offered(self.person):
            on = (
                set(posted[kind.key]) | kind.always
                if posted
                else choosing.ways(kind, self.person, self.instance)
            )
            found.append((kind, [Cell(way, way.value in on, way in kind.always) for way in Way]))
        return found

    def posted_ways(self) -> dict[str, list[str]]:
        data: Any = self.data
        return {kind.key: data.getlist(f"ways-{kind.key}") for kind in notifications.offered(self.person)}

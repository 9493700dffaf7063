"""The form that narrows the audit log."""

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from workspaces.audit_log.filters import Filters
from workspaces.models import Membership, Verb

LATEST = date(9998, 12, 30)  # the day after still exists


class AuditFilterForm(forms.Form):
    """Whatever in the address means nothing narrows nothing: `filters` is of the valid fields alone."""

    verb = forms.ChoiceField(label=_("What"), required=False)
    person = forms.ChoiceField(label=_("Who"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date", "max": "9998-12-30"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date", "max": "9998-12-30"})
    )

    def __init__(self, data: Any, *, people: list[Membership]) -> None:
        super().__init__(data)
        self._people = {str(one.pk): one for one in people}
        verbs = sorted(((str(value), str(label)) for value, label in Verb.choices), key=lambda one: one[1])
        names = [(key, str(one.user)) for key, one in self._people.items()]
        self.fields["verb"].choices = [("", _("Anything")), *verbs]  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", _("Anyone")), *names]  # type: ignore[attr-defined]

    @cached_property
    def filters(self) -> Filters:
        self.is_valid()
        given = self.cleaned_data
        person = self._people.get(given.get("person") or "")
        return Filters(
            verb=given.get("verb") or "",
            membership_id=person.pk if person else None,
            actor_id=person.user_id if person else None,
            since=_bounded(given.get("since")),
            until=_bounded(given.get("until")),
        )


def _bounded(day: date | None) -> date | None:
    return min(day, LATEST) if day and day.year > 1 else None

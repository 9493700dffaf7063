"""To one person, evenly to several, or to nobody."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.bulk import restoring, words
from directory.bulk.acts import Act, ActForm, Params
from directory.bulk.batch import At, Batch
from directory.forms.leads import assignable
from directory.verbs import Verb
from workspaces.errors import Refused
from workspaces.forms.people import PeopleChoice
from workspaces.models import Membership

MOST = 100  # people at once


class AssignForm(ActForm):
    how = forms.ChoiceField(
        label=gettext_lazy("To whom"),
        choices=[("people", gettext_lazy("To people")), ("nobody", gettext_lazy("To nobody"))],
        initial="people",
        widget=forms.RadioSelect,
    )
    people = PeopleChoice(
        label=gettext_lazy("People"),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose several to spread the leads evenly among them."),
    )

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        super().__init__(data)
        self.fields["people"].queryset = assignable(membership)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") == "people" and "people" not in self.errors:
            if not cleaned["people"]:
                self.add_error("people", _("Choose at least one person."))
            elif len(cleaned["people"]) > MOST:
                self.add_error("people", _("At most %(number)s people.") % {"number": MOST})
        return cleaned

    def params(self) -> Params:
        chosen = [] if self.cleaned_data["how"] == "nobody" else list(self.cleaned_data["people"])
        return {"people": [one.pk for one in chosen], "names": [str(one.user) for one in chosen[:3]]}


class Assign(Act):
    key, icon, order, in_bar = "assign", "user-round-check", 10, True
    shares_out = True
    label, running = gettext_lazy("Assign"), gettext_lazy("Assigning leads")

    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> ActForm:
        return AssignForm(data, membership=membership)

    def asked(self, leads: int) -> str:
        return words.counted(
            leads, ngettext("%(count)s lead will be assigned.", "%(count)s leads will be assigned.", leads)
        )

    def said(self, params: Params) -> str:
        people, names = params["people"], params["names"]
        if not people:
            return _("Assign to nobody")
        if len(people) == 1:
            return _("Assign to %(name)s") % {"name": names[0]}
        if len(people) <= len(names):
            return _("Spread among %(names)s") % {"names": ", ".join(names)}
        return _("Spread among %(number)s people") % {"number": len(people)}

    def check(self, params: Params, *, by: Membership) -> None:
        if len(self._active(params["people"], by)) < len(params["people"]):
            raise Refused(_("Somebody chosen is not active here any more. Choose again."))

    def perform(self, batch: Batch, params: Params) -> None:
        """Of several, who has a lead keeps it until they have their share; the rest goes to who has least of this act
        so far. So nobody ends with two more than another."""
        people: list[int] = params["people"]
        has = Counter({pk: batch.has[pk] for pk in people})
        values: dict[int, dict[str, Any]] = {}
        for row in batch.rows:
            to = _next(has, people, row, batch.act.total // len(people)) if people else None
            values[row.lead] = {"assignee_id": to}
            if to is not None:
                has[to] += 1
                batch.given[to] += 1
        batch.let_in()
        batch.write(values, verb=Verb.ASSIGNED)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        had = {pairs["assignee_id"][0] for pairs in before.values()} - {None}
        here = self._active(sorted(had), batch.act)
        restoring.take_back(
            batch,
            before,
            Verb.ASSIGNED,
            check=lambda row, values: (
                "" if values["assignee_id"] is None or values["assignee_id"] in here else words.PERSON_LEFT
            ),
        )

    def _active(self, ids: list[int], within: Any) -> set[int]:
        found = Membership.objects.active().filter(workspace_id=within.workspace_id, pk__in=ids)
        return set(found.values_list("pk", flat=True))


def _next(has: Counter[int], people: list[int], row: At, share: int) -> int:
    least = min(has.values())
    if row.assignee_id is not None and has.get(row.assignee_id, share) < max(share, least + 1):
        return row.assignee_id
    return next(pk for pk in people if has[pk] == least)

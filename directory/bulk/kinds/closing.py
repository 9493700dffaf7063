"""Won, lost, and open again."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.actions.reasons import check_reason, is_required
from directory.bulk import restoring, words
from directory.bulk.acts import Act, ActForm, Params
from directory.bulk.batch import Batch
from directory.models import CloseReason, Outcome
from directory.verbs import Verb
from workspaces.errors import Refused
from workspaces.models import Membership


class ReasonForm(ActForm):
    reason = forms.ModelChoiceField(
        label=gettext_lazy("Reason"),
        queryset=CloseReason.objects.none(),
        required=False,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, outcome: str) -> None:
        super().__init__(data)
        self._outcome = outcome
        field: Any = self.fields["reason"]
        field.queryset = CloseReason.objects.in_use().in_order().filter(outcome=outcome)
        field.empty_label = None if is_required(outcome) else _("No reason")
        if not field.queryset:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check_reason(self._outcome, cleaned["reason"], cleaned["words"])
            except Refused as refused:
                self.add_error("reason" if self.fields["reason"].queryset else "words", str(refused))  # type: ignore[attr-defined]
        return cleaned

    def params(self) -> Params:
        reason: CloseReason | None = self.cleaned_data["reason"]
        return {
            "reason": reason.pk if reason else None,
            "name": reason.name if reason else "",
            "words": self.cleaned_data["words"],
        }


class _Close(Act):
    outcome: Outcome
    verb: Verb

    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> ActForm:
        return ReasonForm(data, outcome=self.outcome.value)

    def said(self, params: Params) -> str:
        if params["name"]:
            return _("%(act)s: %(reason)s") % {"act": self.label, "reason": params["name"]}
        return str(self.label)

    def perform(self, batch: Batch, params: Params) -> None:
        """One that is closed so already keeps when that was."""
        values = {
            row.lead: {
                "outcome": self.outcome.value,
                "close_reason_id": params["reason"],
                "closed_at": row.closed_at if row.outcome == self.outcome else batch.now,
            }
            for row in batch.rows
        }
        facts = {"words": params["words"]} if params["words"] else {}
        batch.write(values, verb=self.verb, facts=facts)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        restoring.take_back(batch, before, _verb_of)


class Win(_Close):
    key, icon, order = "won", "trophy", 110
    label, running = gettext_lazy("Mark as won"), gettext_lazy("Marking leads as won")
    outcome, verb = Outcome.WON, Verb.WON

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext(
                "%(count)s lead will be marked as won.", "%(count)s leads will be marked as won.", leads
            ),
        )


class Lose(_Close):
    key, icon, order = "lost", "circle-x", 120
    label, running = gettext_lazy("Mark as lost"), gettext_lazy("Marking leads as lost")
    outcome, verb = Outcome.LOST, Verb.LOST

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext(
                "%(count)s lead will be marked as lost.", "%(count)s leads will be marked as lost.", leads
            ),
        )


class Reopen(Act):
    key, icon, order = "reopen", "rotate-ccw", 130
    label, running = gettext_lazy("Open again"), gettext_lazy("Opening leads again")

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext("%(count)s lead will be opened again.", "%(count)s leads will be opened again.", leads),
        )

    def perform(self, batch: Batch, params: Params) -> None:
        opened = {"outcome": Outcome.OPEN.value, "close_reason_id": None, "closed_at": None}
        batch.write({row.lead: opened for row in batch.rows}, verb=Verb.REOPENED)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        restoring.take_back(batch, before, _verb_of)


def _verb_of(values: Mapping[str, Any]) -> Verb:
    return {Outcome.WON: Verb.WON, Outcome.LOST: Verb.LOST}.get(values["outcome"], Verb.REOPENED)

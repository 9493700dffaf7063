"""One of the six statuses."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.bulk import restoring, words
from directory.bulk.acts import Act, ActForm, Params
from directory.bulk.batch import Batch
from directory.models import STATUS_MARKS, Status
from directory.verbs import Verb
from workspaces.models import Membership


class StatusForm(ActForm):
    status = forms.ChoiceField(label=gettext_lazy("Status"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (one.value, f"{STATUS_MARKS[one]} {one.label}") for one in Status
        ]

    def params(self) -> Params:
        return {"status": self.cleaned_data["status"]}


class SetStatus(Act):
    columns = ("status",)
    key, icon, order, in_bar = "status", "circle-dot", 40, True
    label, running = gettext_lazy("Change status"), gettext_lazy("Setting the status of leads")

    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> ActForm:
        return StatusForm(data)

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext("%(count)s lead will get the status.", "%(count)s leads will get the status.", leads),
        )

    def said(self, params: Params) -> str:
        return _("Set the status %(status)s") % {"status": Status(params["status"]).label}

    def perform(self, batch: Batch, params: Params) -> None:
        status = Status(params["status"]).value
        batch.write({row.lead: {"status": status} for row in batch.rows}, verb=Verb.STATUS_SET)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        restoring.take_back(batch, before, Verb.STATUS_SET)

"""A field of the workspace's own: set to one value, or emptied."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory import custom
from directory.actions.custom import LONGEST_IN_EVENT
from directory.bulk import words
from directory.bulk.acts import Act, ActForm, Params
from directory.bulk.batch import Batch
from directory.custom import Value
from directory.custom.forms import rows_of
from directory.forms.custom import ValueField
from directory.models import CustomField, CustomValue
from directory.verbs import Verb
from workspaces.errors import Refused
from workspaces.models import Membership


class FieldForm(ActForm):
    """The field first; then, asked again, its value."""

    field = forms.ChoiceField(
        label=gettext_lazy("Field"),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[("set", gettext_lazy("Set it")), ("empty", gettext_lazy("Empty it"))],
        initial="set",
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, membership: Membership, initial: Any = None) -> None:
        chosen = (data or initial or {}).get("field", "")
        super().__init__(data, initial={"how": "set", "field": chosen})
        self._membership = membership
        self._fields = {str(one.pk): one for one in custom.fields()}
        choice: Any = self.fields["field"]
        choice.choices = [(pk, one.label) for pk, one in self._fields.items()]
        self.chosen = self._fields.get(chosen) or next(iter(self._fields.values()), None)
        if self.chosen is not None:
            self.fields["value"] = ValueField(
                self.chosen, membership, label=gettext_lazy("Value"), required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.value: Value | None = None
        if cleaned.get("how") == "empty":
            self.errors.pop("value", None)  # whatever was typed
        elif not self.errors:
            self.value = cleaned.get("value")
            if self.value is None:
                self.add_error("value", _("Say what to write, or choose to empty it."))
        return cleaned

    def params(self) -> Params:
        assert self.chosen is not None
        shown = custom.shown(self.chosen, self.value, self._membership)
        return {
            "field": self.chosen.pk,
            "label": self.chosen.label,
            "value": custom.frozen(self.value),
            "shown": shown[:80],
        }


class SetField(Act):
    key, icon, order = "field", "square-pen", 107
    label, running = gettext_lazy("Set a field"), gettext_lazy("Setting a field of leads")

    def is_offered(self) -> bool:
        return bool(custom.fields())

    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> ActForm:
        return FieldForm(data, membership=membership, initial=initial)

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext(
                "The field will be set in %(count)s lead.", "The field will be set in %(count)s leads.", leads
            ),
        )

    def said(self, params: Params) -> str:
        if params["value"] is None:
            return _("Empty %(field)s") % {"field": params["label"]}
        return _("%(field)s: %(value)s") % {"field": params["label"], "value": params["shown"]}

    def check(self, params: Params, *, by: Membership) -> None:
        field = _field(params)
        if field is None or (params["value"] is not None and custom.thawed(field, params["value"]) is None):
            raise Refused(_("The field, or the choice, is deleted. Choose again."))
        if params["value"] is None and field.is_required:
            raise Refused(_("%(field)s is required: it can't be emptied.") % {"field": field.label})

    def perform(self, batch: Batch, params: Params) -> None:
        field = _field(params)
        assert field is not None
        value = custom.thawed(field, params["value"])
        held = _held(batch, field)
        differing = [row.lead for row in batch.rows if held.get(row.lead) != value]
        _write(batch, field, held, dict.fromkeys(differing, value))

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        field = _field(params)
        if field is None:
            batch.refused.update(dict.fromkeys((row.lead for row in batch.rows), words.FIELD_GONE))
            return
        held, wrote = _held(batch, field), custom.thawed(field, params["value"])
        values: dict[int, Value | None] = {}
        for row in batch.rows:
            was = custom.thawed(field, before[row.lead])
            if held.get(row.lead) != wrote:
                batch.refused[row.lead] = words.CHANGED
            elif was is None and before[row.lead] is not None:
                batch.refused[row.lead] = words.FIELD_GONE
            else:
                values[row.lead] = was
        _write(batch, field, held, values)


def _field(params: Params) -> CustomField | None:
    return next((one for one in custom.fields() if one.pk == params["field"]), None)


def _held(batch: Batch, field: CustomField) -> dict[int, Value]:
    found = custom.values([row.lead for row in batch.rows], [field])
    return {lead: values[field.pk] for lead, values in found.items()}


def _write(
    batch: Batch, field: CustomField, held: Mapping[int, Value], values: Mapping[int, Value | None]
) -> None:
    """The leads are locked, as is whoever writes their fields."""
    if not values:
        return
    CustomValue.objects.filter(lead_id__any=list(values), field=field).delete()
    CustomValue.objects.bulk_create(
        [row for lead, value in values.items() for row in rows_of(lead, field, value)]
    )
    batch.changed.update({lead: custom.frozen(held.get(lead)) for lead in values})
    told: list[tuple[int, dict[str, Any], dict[str, Any]]] = [
        (lead, {field.name: [_short(held.get(lead)), _short(value)]}, {}) for lead, value in values.items()
    ]
    batch.record(told, verb=Verb.EDITED)


def _short(value: Value | None) -> Any:
    """As an event has it, see directory.actions.custom."""
    said = custom.frozen(value)
    return f"{said[:LONGEST_IN_EVENT]}…" if isinstance(said, str) and len(said) > LONGEST_IN_EVENT else said

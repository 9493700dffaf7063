"""The fields of this floor that a stage may ask for."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import custom, required
from directory.actions import leads, placements, tags
from directory.actions.custom import set_values
from directory.forms.custom import ValueField
from directory.forms.leads import assignable, contact_point
from directory.models import ContactPoint, CustomField, Lead, LeadTag, Placement, Tag
from directory.required import Field
from workspaces.accounts import zones
from workspaces.errors import Refused
from workspaces.forms.people import PersonChoice
from workspaces.models import Membership


def register() -> None:
    for order, key, label, widget in (
        (10, "name", _("Name"), None),
        (11, "first_name", _("First name"), None),
        (12, "last_name", _("Last name"), None),
        (40, "city", _("City"), None),
        (42, "address", _("Address"), None),
        (44, "delivery_address", _("Delivery address"), None),
        (50, "notes", _("Notes"), forms.Textarea(attrs={"rows": 3})),
    ):
        required.register(Field(key, label, _text_holds(key), _text(key, label, widget), _write(key), order))
    phone, email = ContactPoint.Kind.PHONE, ContactPoint.Kind.EMAIL
    required.register(Field("phone", _("Phone"), _reached(phone), _point(_("Phone"), phone), _add, 20))
    required.register(Field("email", _("E-mail"), _reached(email), _point(_("E-mail"), email), _add, 30))
    zone = Field("time_zone", _("Time zone"), _text_holds("time_zone"), _zone, _write("time_zone"), 60)
    required.register(zone)
    required.register(Field("tag", _("Tag"), _tagged, _tag, _put_on, 70))
    required.register_source("custom.", _own_fields)
    required.register(Field("assignee", _("Assignee"), _assigned, _assignee, _assign, 900))


def _own_fields() -> list[Field]:
    """The workspace's own, each asked for by its control."""
    return [_own_field(field, 100 + place) for place, field in enumerate(custom.fields())]


def _own_field(field: CustomField, order: int) -> Field:
    return Field(
        field.name,
        field.label,
        lambda ids: custom.held(field, ids),
        lambda membership: ValueField(field, membership, initial=custom.thawed(field, field.default)),
        lambda lead, value, by: set_values(lead, {field: value}, by=by),
        order,
    )


def _text_holds(column: str) -> Callable[[Sequence[int]], set[int]]:
    def holds(ids: Sequence[int]) -> set[int]:
        return set(Lead.objects.filter(pk__in=ids).exclude(**{column: ""}).values_list("pk", flat=True))

    return holds


def _text(key: str, label: Any, widget: Any) -> Callable[[Membership], forms.Field]:
    longest = Lead._meta.get_field(key).max_length  # type: ignore[union-attr]
    return lambda membership: forms.CharField(label=label, max_length=longest, widget=widget)


def _write(key: str) -> Callable[[Lead, Any, Membership], None]:
    return lambda lead, value, by: leads.edit(lead, by=by, **{key: value})


def _zone(membership: Membership) -> forms.Field:
    choices = [("", "—"), *((name, name) for name in zones.names())]
    return forms.ChoiceField(
        label=_("Time zone"), choices=choices, initial=str(membership.workspace.time_zone)
    )


def _reached(kind: str) -> Callable[[Sequence[int]], set[int]]:
    def holds(ids: Sequence[int]) -> set[int]:
        points = ContactPoint.objects.filter(lead_id__in=ids, kind=kind)
        return set(points.values_list("lead_id", flat=True))

    return holds


def _point(label: Any, kind: str) -> Callable[[Membership], forms.Field]:
    return lambda membership: PointField(label=label, kind=kind, membership=membership, max_length=254)


class PointField(forms.CharField):
    """Gives an unsaved contact point of its kind."""

    def __init__(self, *, kind: str, membership: Membership, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._kind, self._membership = kind, membership

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = contact_point(text, self._membership.workspace)
        if found.kind != self._kind:
            raise forms.ValidationError(
                _("Write the one that is asked for: a phone number, or an e-mail address.")
            )
        return found


def _add(lead: Lead, point: ContactPoint, by: Membership) -> None:
    """Each lead gets a row of its own."""
    copied = ContactPoint(kind=point.kind, raw=point.raw, value=point.value, match_key=point.match_key)
    leads.add_contact_point(lead, copied, by=by)


def _tagged(ids: Sequence[int]) -> set[int]:
    return set(LeadTag.objects.filter(lead_id__in=ids).values_list("lead_id", flat=True))


def _tag(membership: Membership) -> forms.Field:
    return forms.ModelChoiceField(label=_("Tag"), queryset=Tag.objects.by_name(), empty_label="—")


def _put_on(lead: Lead, tag: Tag, by: Membership) -> None:
    tags.put_on(lead, tag, by=by)


def _assigned(ids: Sequence[int]) -> set[int]:
    rows = Placement.objects.filter(pk__in=ids, assignee__isnull=False)
    return set(rows.values_list("pk", flat=True))


def _assignee(membership: Membership) -> forms.Field:
    return PersonChoice(
        label=_("Assignee"), queryset=assignable(membership), initial=membership.pk, empty_label="—"
    )


def _assign(lead: Lead, to: Membership, by: Membership) -> None:
    if to.workspace_id != by.workspace_id:
        raise Refused("another workspace")
    placements.assign(lead.pk, by=by, to=to)

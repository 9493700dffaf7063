"""Forms about one lead: made by hand, edited field by field."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cleanness import whole_number
from crm.ui import money
from directory import custom, phones, pipeline
from directory.actions import leads
from directory.actions.reasons import check_reason, is_required
from directory.custom import Value
from directory.custom.cleaning import clean_link
from directory.forms.custom import ValueField
from directory.models import CloseReason, ContactPoint, CustomField, Lead, Outcome, Tag
from directory.models.profile import LONGEST_LINK
from workspaces.accounts import zones
from workspaces.errors import Refused
from workspaces.forms.people import PersonChoice
from workspaces.models import Membership, Workspace
from workspaces.names import clean_name

LONGEST_POINT = 254


def contact_point(text: str, workspace: Workspace) -> ContactPoint:
    """Unsaved: an e-mail address where there is an @, else a phone. ValidationError where it is neither."""
    text = text.strip()
    if "@" in text:
        EmailValidator(gettext_lazy("That is not an e-mail address. Write it like ana@example.com."))(text)
        return leads.email(text)
    try:
        return leads.phone(text, region=phones.region_of(workspace.currency, workspace.time_zone))
    except Refused as refused:
        raise forms.ValidationError(str(refused)) from None


class FieldForm(forms.Form):
    """One text of a lead: `value`, and `seen`, the mark of what its writer saw (marks.mark_of)."""

    value = forms.CharField(required=False)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column: Any = Lead._meta.get_field(field)
        self._field = field
        self.fields["value"] = forms.CharField(
            required=False, max_length=column.max_length, label=column.verbose_name, strip=True
        )

    def clean_value(self) -> str:
        value = self.cleaned_data["value"]
        if self._field == "notes":
            return str(value).replace("\r\n", "\n")
        if self._field == "time_zone" and value:
            zone = zones.found(value)
            if zone is None:
                raise forms.ValidationError(_("Choose one of the list: America/Bogota, or only its city."))
            return zone
        return clean_name(value) if value else ""


class ValueForm(forms.Form):
    """What a lead may be worth, as it is written anywhere: "12,500.50", "12.500,50", "$ 12 500"; and `seen`, the mark
    of what its writer saw (marks.mark_of_amount)."""

    value = forms.CharField(required=False)
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def clean_value(self) -> Decimal | None:
        try:
            amount = money.read(self.cleaned_data["value"])
        except money.NoAmount:
            raise forms.ValidationError(_("That is no amount. Write it like 12,500.50.")) from None
        if amount is not None and amount >= 10**12:
            raise forms.ValidationError(_("That is more than fits here."))
        return amount


class ContactPointForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Phone or e-mail"),
        max_length=LONGEST_POINT,
        error_messages={"required": gettext_lazy("Write a phone number or an e-mail address.")},
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._workspace = workspace

    def clean_text(self) -> ContactPoint:
        return contact_point(self.cleaned_data["text"], self._workspace)


class LinkForm(forms.Form):
    """A link; without a scheme it is https."""

    url = forms.CharField(
        label=gettext_lazy("Link"),
        max_length=LONGEST_LINK,
        error_messages={"required": gettext_lazy("Write a link.")},
    )

    def clean_url(self) -> str:
        return clean_link(self.cleaned_data["url"], LONGEST_LINK)


class TagNameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Tag"), max_length=40)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class ClosureForm(forms.Form):
    """Won or lost, and why."""

    outcome = forms.ChoiceField(
        choices=[("won", gettext_lazy("Won")), ("lost", gettext_lazy("Lost"))], widget=forms.HiddenInput
    )
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
        super().__init__(data, initial={"outcome": outcome})
        field: Any = self.fields["reason"]
        field.queryset = CloseReason.objects.in_use().filter(outcome=outcome).in_order()
        self.is_required = is_required(outcome)
        field.empty_label = None if self.is_required else gettext_lazy("No reason")

    def clean(self) -> dict[str, Any]:
        """What the action would refuse, said at the field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check_reason(cleaned["outcome"], cleaned["reason"], cleaned["words"])
            except Refused as refused:
                self.add_error("reason" if self.fields["reason"].queryset else "words", str(refused))  # type: ignore[attr-defined]
        return cleaned


class LeadForm(forms.Form):
    """A lead made by hand. `despite` says that what looks like a duplicate was seen, `then` what follows: "write"."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=LONGEST_POINT,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    stage = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    assignee = PersonChoice(
        label=gettext_lazy("Assignee"), queryset=Membership.objects.none(), required=False
    )
    tags = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tags"),
        queryset=Tag.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    despite = forms.BooleanField(required=False, widget=forms.HiddenInput)
    then = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._membership = membership
        stage: Any = self.fields["stage"]
        stage.choices = [
            ("", _("Inbox")),
            *(
                (funnel.name, [(str(one.pk), one.name) for one in funnel.stages])
                for funnel in pipeline.current().choices(membership)
            ),
        ]
        assignee: Any = self.fields["assignee"]
        assignee.queryset = assignable(membership)
        assignee.empty_label = _("Unassigned")
        if membership.is_seller:
            assignee.initial = membership.pk
        tags: Any = self.fields["tags"]
        tags.queryset = Tag.objects.by_name()
        self._own = custom.fields_for(membership)
        asked = self._asked()
        for one in self._own:
            if one.is_required or one.name in asked:
                default = custom.thawed(one, one.default)
                self.fields[one.name] = ValueField(one, membership, initial=default)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        return clean_name(name) if name else ""

    def clean_phone(self) -> ContactPoint | None:
        text = self.cleaned_data["phone"]
        if "@" in text:
            raise forms.ValidationError(_("That is an e-mail address: its field is the next one."))
        return contact_point(text, self._membership.workspace) if text else None

    def clean_email(self) -> ContactPoint | None:
        text = self.cleaned_data["email"]
        if text and "@" not in text:
            raise forms.ValidationError(_("That is not an e-mail address. Write it like ana@example.com."))
        return contact_point(text, self._membership.workspace) if text else None

    def clean_stage(self) -> int | None:
        value = self.cleaned_data["stage"]
        return int(value) if value else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        named = any(cleaned.get(key) for key in ("name", "phone", "email"))
        if not named and not self.errors:
            self.add_error("name", _("Write a name, a phone number or an e-mail address."))
        if not cleaned.get("assignee") and self._would_lose(cleaned.get("stage")):
            cleaned["assignee"] = self._membership
        return cleaned

    def _would_lose(self, stage: int | None) -> bool:
        """Whether a seller would not see what they make if it were nobody's."""
        return self._membership.is_seller and (stage is None or not self._membership.sees_unassigned)

    def _asked(self) -> Collection[str]:
        """What the stage asks for that was chosen."""
        stage = whole_number(str(self.data.get("stage", ""))) if self.is_bound and self._own else None
        return pipeline.current().asks(stage)[1] if stage is not None else ()

    @property
    def own(self) -> list[forms.BoundField]:
        """Of the workspace's own fields, those that are required, or asked for by the stage: the others begin with
        their default."""
        return [self[one.name] for one in self._own if one.name in self.fields]

    @property
    def values(self) -> dict[CustomField, Value]:
        given = {
            one: self.cleaned_data[one.name] if one.name in self.fields else custom.thawed(one, one.default)
            for one in self._own
        }
        return {field: value for field, value in given.items() if value is not None}

    @property
    def points(self) -> list[ContactPoint]:
        return [self.cleaned_data[key] for key in ("phone", "email") if self.cleaned_data.get(key)]


def assignable(membership: Membership) -> QuerySet[Membership]:
    """Whom a lead may be given to: everyone active."""
    return Membership.objects.of_workspace(membership.workspace).active().by_name()


def outcome_of(text: str) -> str:
    """Won where nothing else is meant."""
    return Outcome.LOST.value if text == Outcome.LOST else Outcome.WON.value

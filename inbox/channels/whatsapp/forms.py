"""Forms of the connect screen and of a channel's page. What only Meta knows is checked by the views."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import phones
from inbox.channels.forms import SECRET
from inbox.channels.whatsapp.templating import parts, problem
from inbox.models import Channel, ProviderApp, Template

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class NumberField(forms.RegexField):
    """One of Meta's ids."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            regex=r"^\d{5,25}$",
            strip=True,
            error_messages={"invalid": _("It is a number of about 15 digits.")},
            widget=forms.TextInput(attrs=DIGITS),
            **kwargs,
        )


class AppForm(forms.Form):
    app_id = NumberField(label=_("App ID"))
    app_secret = forms.CharField(label=_("App secret"), min_length=16, max_length=128, widget=SECRET)


class KnownAppForm(forms.Form):
    """An app whose secret we have."""

    app = forms.ModelChoiceField(queryset=ProviderApp.objects.none())

    def __init__(self, *args: Any, apps: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["app"]
        field.queryset = apps


class TokenForm(forms.Form):
    token = forms.CharField(label=_("Token"), min_length=20, max_length=1000, widget=SECRET)

    def clean_token(self) -> str:
        return "".join(self.cleaned_data["token"].split())


class AccountForm(forms.Form):
    account = NumberField(label=_("WhatsApp Business Account ID"))


class NumberForm(forms.Form):
    number = forms.ChoiceField(label=_("Number"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, ids: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [(one, one) for one in ids]  # type: ignore[attr-defined]


class SecretsForm(forms.Form):
    """What is left empty stays as it is."""

    token = forms.CharField(
        label=_("New token"), min_length=20, max_length=1000, required=False, widget=SECRET
    )
    app_secret = forms.CharField(
        label=_("New app secret"), min_length=16, max_length=128, required=False, widget=SECRET
    )

    def __init__(self, *args: Any, own_app: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not own_app:
            del self.fields["app_secret"]

    def clean_token(self) -> str:
        return "".join(self.cleaned_data["token"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Paste the new token or the new app secret."))
        return cleaned


class TemplateChoice(forms.ModelChoiceField[Template]):
    def label_from_instance(self, obj: Template) -> str:
        return f"{obj.name} ({obj.language})"


class TestForm(forms.Form):
    """A template to a phone."""

    phone = forms.CharField(
        label=_("Your phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    template = TemplateChoice(label=_("Template"), queryset=Template.objects.none())

    def __init__(self, *args: Any, channel: Channel, region: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region = region
        usable = Template.objects.usable().filter(channel=channel).by_name()
        fitting = [one.pk for one in usable[:250] if not problem(one) and not parts(one).header_media]
        field: Any = self.fields["template"]
        field.queryset = usable.filter(pk__in=fitting)
        field.empty_label = None
        self.has_choices = bool(fitting)

    def clean_phone(self) -> str:
        found = phones.parse(self.cleaned_data["phone"], self._region)
        if found is None:
            raise forms.ValidationError(_("That is no phone number. Begin with + and the country."))
        return found.e164

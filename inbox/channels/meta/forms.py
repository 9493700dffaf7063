"""Forms of the connect screens and of a channel's page. What only Meta knows is checked by the views."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.channels.forms import SECRET
from inbox.channels.whatsapp.forms import AppForm, KnownAppForm, NumberField, TokenForm

__all__ = ["AppForm", "ExtensionForm", "KnownAppForm", "OwnLoginForm", "PageForm", "TokenForm"]


class PageForm(forms.Form):
    page = forms.ChoiceField(label=_("Page"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, names: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page"].choices = [(one, one) for one in names]  # type: ignore[attr-defined]


class OwnLoginForm(TokenForm):
    """Instagram's own login: the app's id and secret there are others than at Facebook."""

    app_id = NumberField(label=_("Instagram app ID"))
    app_secret = forms.CharField(
        label=_("Instagram app secret"), min_length=16, max_length=128, widget=SECRET
    )
    field_order = ("app_id", "app_secret", "token")


class ExtensionForm(forms.Form):
    extended = forms.BooleanField(required=False)

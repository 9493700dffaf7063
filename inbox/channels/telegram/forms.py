"""Forms of the connect screen and of a channel's page. What only Telegram knows is checked by the views."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.channels.forms import SECRET


class TokenForm(forms.Form):
    token = forms.CharField(label=_("The bot's token"), max_length=200, widget=SECRET)

    def clean_token(self) -> str:
        return "".join(self.cleaned_data["token"].split())


class ConnectForm(TokenForm):
    """take_over: the admin has read that somebody else gets the bot's messages now."""

    take_over = forms.BooleanField(label=_("Connect it here all the same"), required=False)

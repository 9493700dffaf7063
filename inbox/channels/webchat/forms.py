"""What an admin chooses for a widget."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.channels.webchat.widget import Widget
from inbox.models import Channel

MOST_ORIGINS = 20
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?|\[[0-9a-f:]+\]")


class WidgetForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As your team sees it"))
    team = forms.CharField(label=_("Who answers"), max_length=80, help_text=_("As the visitor reads it"))
    colour = forms.RegexField(
        label=_("Colour"),
        regex="^#[0-9a-f]{6}$",
        widget=forms.TextInput(attrs={"type": "color"}),
        error_messages={"invalid": _("Choose a colour.")},
    )
    greeting_es = forms.CharField(
        label=_("Greeting in Spanish"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    greeting_en = forms.CharField(
        label=_("Greeting in English"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ask = forms.MultipleChoiceField(
        label=_("Ask before the first message"),
        choices=[("name", _("Name")), ("email", _("E-mail")), ("phone", _("Phone"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "What visitors say of themselves is kept, and not believed: it never joins them to another lead."
        ),
    )
    origins = forms.CharField(
        label=_("Sites that may show it"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "https://www.example.com", "spellcheck": "false"}
        ),
        help_text=_("One a line, with https:// and without a path. A single * means every site."),
    )
    must_verify = forms.BooleanField(
        label=_("Only take signed identities"),
        required=False,
        help_text=_("Whoever your site names must be signed by your server; an unsigned name is refused."),
    )

    def __init__(self, data: Any = None, *, channel: Channel) -> None:
        widget = Widget.of(channel)
        start = {
            "name": channel.name,
            "team": widget.team or channel.name,
            "colour": widget.paint,
            "greeting_es": widget.greeting.get("es", ""),
            "greeting_en": widget.greeting.get("en", ""),
            "ask": list(widget.ask),
            "origins": "\n".join(widget.origins),
            "must_verify": widget.must_verify,
        }
        super().__init__(data, initial=start)

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()

    def clean_origins(self) -> tuple[str, ...]:
        lines = [line.strip() for line in self.cleaned_data["origins"].split("\n")]
        found = tuple(dict.fromkeys(_origin(line) for line in lines if line))
        if len(found) > MOST_ORIGINS:
            raise forms.ValidationError(gettext("At most %(number)s sites.") % {"number": MOST_ORIGINS})
        return found

    def widget(self) -> Widget:
        """After is_valid()."""
        cleaned = self.cleaned_data
        return Widget(
            team=cleaned["team"],
            colour=cleaned["colour"],
            greeting={language: cleaned[f"greeting_{language}"].strip() for language in ("es", "en")},
            origins=cleaned["origins"],
            ask=tuple(cleaned["ask"]),
            must_verify=cleaned["must_verify"],
        )


def _origin(line: str) -> str:
    """Scheme, host and port as a browser writes them. A trailing slash is forgiven, a path is not."""
    if line == "*":
        return line
    try:
        parts = urlsplit(line.rstrip("/").lower())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        host, parts, port = "", urlsplit(""), None
    host = f"[{host}]" if ":" in host else host
    bad = parts.path or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in ("https", "http") or bad or not _HOST.fullmatch(host):
        raise forms.ValidationError(
            gettext("“%(line)s” is no address of a site. Write it like https://www.example.com.")
            % {"line": line[:80]}
        )
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")

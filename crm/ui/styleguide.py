"""What the style guide shows: made-up people and forms, in every state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from crm.ui.avatars import COLOURS
from crm.ui.keyset import Page

NAMES = (
    "Marta Ruiz",
    "José Luis Fernández de Córdoba y Álvarez de Toledo, sucursal Guadalajara",
    "🦊 Zorro",
    "👩🏽‍🚀",
    "ليلى الحسن",
    "Łukasz Żółć",
    "Q",
)
TOKENS = (
    *(
        "ground",
        "surface",
        "raised",
        "lifted",
        "sunken",
        "line",
        "line-strong",
        "line-control",
        "ink",
        "ink-2",
        "ink-3",
    ),
    *(
        "accent",
        "accent-soft",
        "accent-line",
        "success-soft",
        "warning-soft",
        "danger-soft",
        "info-soft",
        "danger-fill",
    ),
)


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Name", max_length=80, help_text="As your customers will read it.")
    email = forms.EmailField(label="E-mail")
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput, help_text="10 characters or more."
    )
    site = forms.URLField(label="Site", required=False, assume_scheme="https")
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    zone = forms.ChoiceField(
        label="Time zone",
        choices=[
            ("", "Choose one"),
            ("America", [("mx", "Mexico City"), ("bo", "Bogotá")]),
            ("Europe", [("ma", "Madrid")]),
        ],
    )
    channels = forms.MultipleChoiceField(
        label="Channels",
        choices=[("wa", "WhatsApp"), ("ig", "Instagram"), ("tg", "Telegram"), ("em", "E-mail")],
        required=False,
    )
    days = forms.MultipleChoiceField(
        label="Open on",
        choices=[("mo", "Monday"), ("tu", "Tuesday"), ("we", "Wednesday")],
        widget=forms.CheckboxSelectMultiple,
    )
    role = forms.ChoiceField(
        label="Role",
        choices=[("admin", "Admin"), ("seller", "Seller")],
        widget=forms.RadioSelect,
        initial="seller",
    )
    plan = forms.ChoiceField(
        label="View",
        choices=[("board", "Board"), ("list", "List")],
        widget=forms.RadioSelect,
        initial="board",
    )
    kind = forms.ChoiceField(
        label="Trade",
        choices=[("shop", "Shop"), ("clinic", "Clinic")],
        widget=forms.RadioSelect,
        initial="shop",
    )
    colour = forms.ChoiceField(
        label="Colour", choices=[(c, c) for c in COLOURS], widget=forms.RadioSelect, initial="teal"
    )
    agree = forms.BooleanField(label="Tell me when somebody answers")
    loud = forms.BooleanField(
        label="Sound", required=False, initial=True, help_text="Only while this page is open."
    )
    picture = forms.FileField(label="Picture", required=False)
    day = forms.DateField(label="Day", required=False, initial=dt.date(2026, 7, 23), widget=forms.DateInput)
    hour = forms.TimeField(label="Hour", required=False, initial=dt.time(9, 30), widget=forms.TimeInput)
    amount = forms.DecimalField(label="Amount", required=False, initial="1250.00")
    locked = forms.CharField(label="Workspace ID", disabled=True, required=False, initial="7k2m9q4xwt")


def samples(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    failing = SampleForm(
        {
            "name": "",
            "email": "marta@",
            "zone": "xx",
            "note": "شكرا",
            "role": "king",
            "plan": "board",
            "kind": "shop",
            "colour": "red",
        },
        auto_id="bad_%s",
    )
    failing.add_error(None, "This workspace has no free seat. Deactivate a person, or ask the owner.")
    return {
        "form": SampleForm(),
        "failing": failing,
        "names": NAMES,
        "tokens": TOKENS,
        "colours": COLOURS,
        "people": [{"name": name, "seed": index, "src": ""} for index, name in enumerate(NAMES)],
        "moments": [
            now - dt.timedelta(**ago) for ago in ({"seconds": 20}, {"minutes": 2}, {"hours": 3}, {"days": 9})
        ],
        "page": Page(rows=[], next="next", previous=""),
        "blank": request.GET.get("frame") == "bare",
    }

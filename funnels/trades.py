"""Funnels to begin with: the usual stages of a trade, in the words of the workspace's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.models import Colour

Text = str | Promise


@dataclass(frozen=True)
class Trade:
    """`name` is what the funnel is called; `stages` are (name, colour)."""

    key: str
    label: Text
    icon: str
    name: Text
    stages: Sequence[tuple[Text, Colour]]


TRADES = (
    Trade(
        "retail",
        _("Shop"),
        "shopping-bag",
        _("Shop sales"),
        (
            (_("Interested"), Colour.SKY),
            (_("Quoted"), Colour.VIOLET),
            (_("To be paid"), Colour.AMBER),
            (_("Shipped"), Colour.TEAL),
        ),
    ),
    Trade(
        "wholesale",
        _("Wholesale"),
        "package",
        _("Wholesale"),
        (
            (_("Contacted"), Colour.SKY),
            (_("Quotation sent"), Colour.VIOLET),
            (_("Negotiation"), Colour.AMBER),
            (_("First order"), Colour.TEAL),
            (_("Repeats"), Colour.GREEN),
        ),
    ),
    Trade(
        "services",
        _("Services"),
        "wrench",
        _("Services"),
        (
            (_("Contacted"), Colour.SKY),
            (_("Diagnosis"), Colour.BLUE),
            (_("Proposal sent"), Colour.VIOLET),
            (_("Negotiation"), Colour.AMBER),
            (_("Scheduled"), Colour.TEAL),
        ),
    ),
    Trade(
        "education",
        _("Courses and schools"),
        "graduation-cap",
        _("Enrolment"),
        (
            (_("Asked for information"), Colour.SKY),
            (_("Talk booked"), Colour.BLUE),
            (_("Trial class"), Colour.VIOLET),
            (_("Application"), Colour.AMBER),
            (_("To be paid"), Colour.ORANGE),
        ),
    ),
    Trade(
        "real_estate",
        _("Real estate"),
        "building-2",
        _("Property sales"),
        (
            (_("Contacted"), Colour.SKY),
            (_("Qualified"), Colour.BLUE),
            (_("Visit booked"), Colour.VIOLET),
            (_("Offer"), Colour.AMBER),
            (_("Papers and credit"), Colour.ORANGE),
        ),
    ),
    Trade(
        "health",
        _("Health and beauty"),
        "heart-pulse",
        _("Appointments"),
        (
            (_("Asked for information"), Colour.SKY),
            (_("Appointment booked"), Colour.VIOLET),
            (_("Came"), Colour.TEAL),
            (_("Treatment"), Colour.GREEN),
        ),
    ),
)


def find(key: str) -> Trade | None:
    return next((trade for trade in TRADES if trade.key == key), None)

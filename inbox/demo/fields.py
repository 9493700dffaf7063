"""Fields of the shop's own, and what it knows of its customers by them; who they are, and whose."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from directory import networks
from directory.actions.leads import PARTS
from directory.custom import fields
from directory.custom.forms import rows_of
from directory.models import CustomChoice, CustomField, CustomValue, Lead, SocialProfile
from workspaces.models import Membership

FIELDS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("Talla preferida", "talla_preferida", "choice", {"CH": "sky", "M": "teal", "G": "blue", "XG": "violet"}),
    ("Presupuesto", "presupuesto", "money", {}),
    ("Fecha de cumpleaños", "fecha_de_cumpleanos", "date", {}),
    (
        "Le interesa",
        "le_interesa",
        "choices",
        {"Toallas": "sky", "Blancos": "slate", "Batas": "rose", "Bordado": "amber", "Hotelería": "green"},
    ),
    ("Piezas al mes", "piezas_al_mes", "number", {}),
    ("Pide factura", "pide_factura", "yes_no", {}),
    ("Sitio web", "sitio_web", "url", {}),
)
BUDGETS = (800, 1_500, 2_400, 3_800, 6_500, 12_000, 18_500, 45_000)
STREETS = (
    "Av. Juárez",
    "Calle 5 de Mayo",
    "Av. Insurgentes Sur",
    "Calle Hidalgo",
    "Blvd. Atlixco",
    "Calle Madero",
)
KNOWN = 0.6  # of the leads, those of whom something is known


def tell(people: dict[str, Membership], today: date) -> None:
    chance = random.Random(23)  # noqa: S311 (the same demo for everyone)
    made = _fields()
    known = [lead for lead in Lead.objects.order_by("pk") if chance.random() < KNOWN]
    rows: list[CustomValue] = []
    links: list[SocialProfile] = []
    managers = [one for one in people.values() if not one.is_seller]
    for lead in known:
        for field in made:
            if chance.random() < 0.7:
                rows += rows_of(lead.pk, field, _value(field, chance, today))
        _who(lead, chance, managers)
        if chance.random() < 0.25:
            handle = "".join(one for one in lead.name.lower() if one.isascii() and one.isalpha())[:20]
            url = f"https://instagram.com/{handle or 'casacauce'}"
            links.append(SocialProfile(lead=lead, network=networks.network_of(url), url=url))
    Lead.objects.bulk_update(known, [*PARTS, "address", "time_zone", "manager"], batch_size=500)
    CustomValue.objects.bulk_create(rows, batch_size=500)
    SocialProfile.objects.bulk_create(links)


def _fields() -> list[CustomField]:
    for position, (label, key, kind, choices) in enumerate(FIELDS):
        field = CustomField.objects.create(label=label, key=key, kind=kind, position=position)
        for place, (words, colour) in enumerate(choices.items()):
            CustomChoice.objects.create(field=field, label=words, colour=colour, position=place)
    return fields()


def _value(field: CustomField, chance: random.Random, today: date) -> Any:
    chosen = [one.pk for one in field.choice_list]
    values: dict[str, Any] = {
        "choice": lambda: chance.choice(chosen),
        "choices": lambda: tuple(pk for pk in chosen if chance.random() < 0.4) or None,
        "money": lambda: Decimal(chance.choice(BUDGETS)),
        "date": lambda: today - timedelta(days=chance.randrange(22 * 365, 60 * 365)),
        "number": lambda: Decimal(chance.choice((6, 12, 24, 48, 60, 120, 300))),
        "yes_no": lambda: chance.random() < 0.5,
        "url": lambda: "https://example.com/tienda" if chance.random() < 0.2 else None,
    }
    return values[field.kind]()


def _who(lead: Lead, chance: random.Random, managers: list[Membership]) -> None:
    words = lead.name.split()
    if len(words) == 2 and all(word.isalpha() for word in words):
        lead.first_name, lead.last_name = words[0][:50], words[1][:50]
    if chance.random() < 0.4:
        lead.address = f"{chance.choice(STREETS)} {chance.randrange(10, 900)}, Col. Centro"
        lead.time_zone = chance.choice(("America/Mexico_City", "America/Tijuana", "America/Cancun"))
    if managers and chance.random() < 0.2:
        lead.manager = chance.choice(managers)

"""Building the chapter: funnels, grants, tags, three channels, some hundreds of leads with what was said, and what the
shop knows of them by fields of its own.

The rows are written as the actions would have left them, all at once and dated: told through the actions, a month of
conversations would take minutes.
"""

import random
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils import timezone

from directory.models import CloseReason, Tag
from directory.visibility import WORK_FUNNEL, WRITE_CHANNEL
from funnels.models import Funnel, FunnelUserObjectPermission, Stage
from inbox.channels.endpoints import callback_of
from inbox.channels.telegram.setup import is_telegram
from inbox.channels.webchat.widget import Widget, new_secret
from inbox.channels.whatsapp.setup import is_meta
from inbox.demo import fields, pages, phones
from inbox.demo.telling import Telling
from inbox.models import Channel, ChannelUserObjectPermission, ProviderApp, Template
from inbox.simulator.telegram import defaults as bots
from inbox.simulator.whatsapp import defaults
from workspaces.models import Membership, Workspace

LEADS = 340
BY_TELEGRAM = 16  # of them more
FUNNELS: dict[str, tuple[tuple[str, str], ...]] = {
    "Mayoreo": (
        ("Contactado", "sky"),
        ("Cotización enviada", "violet"),
        ("Negociación", "amber"),
        ("Pedido", "green"),
    ),
    "Tienda": (("Interesado", "sky"), ("Cotizado", "violet"), ("Por pagar", "amber"), ("Enviado", "green")),
}
TAGS = {
    "anuncio": "fuchsia",
    "bordado": "violet",
    "factura": "slate",
    "hotelería": "teal",
    "mayorista": "blue",
    "posventa": "orange",
    "spa": "lime",
    "tienda": "rose",
    "vip": "amber",
}
REASONS = {
    "won": ("Precio y calidad", "Recomendación", "Entrega rápida"),
    "lost": ("Precio", "Fuera de zona", "No contestó", "Compró en otro lado"),
}


def tell(workspace: Workspace) -> None:
    """Unless the workspace has a funnel or a channel already: then it is somebody's."""
    if Funnel.objects.exists() or Channel.objects.exists():
        return
    chance = random.Random(11)  # noqa: S311 (the same demo for everyone)
    people = {
        person.user.email.split("@")[0]: person
        for person in Membership.objects.of_workspace(workspace).active()
    }
    stages = _funnels(people)
    channels = _channels(people)
    tags = {name: Tag.objects.create(name=name, colour=colour) for name, colour in TAGS.items()}
    reasons = {
        (outcome, name): CloseReason.objects.create(outcome=outcome, name=name)
        for outcome, names in REASONS.items()
        for name in names
    }
    telling = Telling(workspace, chance, people, stages, channels, tags, reasons)
    for number in range(LEADS):
        telling.add(number)
    by_page = pages.channels(channels[0].app)
    sellers = [one for one in people.values() if one.is_seller]
    for channel in by_page:
        _grant(ChannelUserObjectPermission, WRITE_CHANNEL, channel, sellers)
    pages.tell(telling, by_page)
    for number in range(LEADS, LEADS + BY_TELEGRAM):
        telling.add(number, by_telegram=True)
    telling.write()
    fields.tell(people, timezone.localdate())
    if not (is_meta() or is_telegram()):
        phones.write(telling, settings.VAR_DIR / "simulator")
        pages.write_phones(telling, by_page, settings.VAR_DIR / "simulator")


def _funnels(people: dict[str, Membership]) -> dict[tuple[str, int], Stage]:
    stages: dict[tuple[str, int], Stage] = {}
    sellers = {"Mayoreo": ("diego", "valeria", "emilio"), "Tienda": ("jorge", "camila", "daniela", "diego")}
    for position, (name, columns) in enumerate(FUNNELS.items()):
        funnel = Funnel.objects.create(name=name, position=position, is_main=position == 0)
        for index, (label, colour) in enumerate(columns):
            stages[name, index] = Stage.objects.create(
                funnel=funnel, name=label, colour=colour, position=index
            )
        _grant(FunnelUserObjectPermission, WORK_FUNNEL, funnel, [people[one] for one in sellers[name]])
    return stages


def _channels(people: dict[str, Membership]) -> list[Channel]:
    """WhatsApp and a bot at the simulator, and the chat of the shop's site."""
    app, _made = ProviderApp.objects.get_or_create(
        public_id=defaults.APP_PUBLIC_ID,
        defaults={
            "provider": "meta",
            "name": defaults.APP_NAME,
            "verified_at": timezone.now(),
            "secrets": {
                "app_id": defaults.APP_ID,
                "app_secret": defaults.APP_SECRET,
                "verify_token": defaults.VERIFY_TOKEN,
            },
        },
    )
    whatsapp = Channel.objects.create(
        kind="whatsapp",
        name="WhatsApp Ventas",
        external_id=defaults.PHONE_NUMBER_ID,
        account_id=defaults.WABA_ID,
        app=app,
        settings={
            "number": {
                "display": defaults.DISPLAY_PHONE_NUMBER,
                "name": defaults.VERIFIED_NAME,
                "name_status": "APPROVED",
                "quality": "GREEN",
                "limit": "TIER_2K",
            },
            "subscribed_at": timezone.now().isoformat(),
        },
        secrets={"token": defaults.ACCESS_TOKEN},
        last_event_at=timezone.now() - timedelta(minutes=2),
    )
    site = Channel.objects.create(
        kind="webchat",
        name="Chat del sitio",
        external_id="democasacauce",
        settings=Widget(
            team="Casa Cauce", colour="#0f7c86", greeting={"es": "Hola 👋 ¿En qué te ayudamos?"}
        ).stored(),
        secrets={"identity": new_secret()},
    )
    sellers = [one for one in people.values() if one.is_seller]
    bot = _bot(people)
    for channel in (whatsapp, site, bot):
        _grant(ChannelUserObjectPermission, WRITE_CHANNEL, channel, sellers)
    Template.objects.bulk_create([Template(channel=whatsapp, **row) for row in _templates()])
    return [whatsapp, site, bot]


def _bot(people: dict[str, Membership]) -> Channel:
    """The simulator's bot. An app of the workspace's own: a bot is one workspace's."""
    owner = next(iter(people.values())).workspace
    app, _made = ProviderApp.objects.get_or_create(
        public_id=bots.APP_PUBLIC_ID,
        defaults={
            "provider": "telegram",
            "owner": owner,
            "name": f"@{bots.BOT_USERNAME}",
            "secrets": {"bot_id": str(bots.BOT_ID), "secret": bots.SECRET},
        },
    )
    bot: Channel = Channel.objects.create(
        kind="telegram",
        name="Telegram Casa Cauce",
        external_id=str(bots.BOT_ID),
        app=app,
        settings={
            "bot": {"id": str(bots.BOT_ID), "name": bots.BOT_NAME, "username": bots.BOT_USERNAME},
            "webhook": {"url": callback_of(app), "pending": 0, "last_error": "", "last_error_at": ""},
        },
        secrets={"token": bots.BOT_TOKEN},
        last_event_at=timezone.now() - timedelta(minutes=9),
    )
    return bot


def _templates() -> list[dict[str, Any]]:
    """Until they are synced for the first time: those that the simulator has."""
    bodies = {
        "seguimiento_cotizacion": "Hola {{1}}, ¿pudo revisar la cotización que le enviamos? Con gusto la ajustamos.",
        "pedido_en_camino": "Hola {{1}}, su pedido {{2}} ya va en camino. Gracias por su compra.",
    }
    return [
        {
            "external_id": f"demo-{name}",
            "name": name,
            "language": "es_MX",
            "category": "UTILITY",
            "status": "APPROVED",
            "components": [
                {
                    "type": "BODY",
                    "text": text,
                    "example": {"body_text": [["Marta", "A-2041"][: text.count("{{")]]},
                }
            ],
        }
        for name, text in bodies.items()
    ]


def _grant(model: Any, code: str, target: Any, people: list[Membership]) -> None:
    app, codename = code.split(".")
    permission = Permission.objects.get(content_type__app_label=app, codename=codename)
    model.objects.bulk_create(
        [model(user_id=person.user_id, permission=permission, content_object=target) for person in people]
    )

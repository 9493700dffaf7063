"""What stands there when the simulator first opens: templates, and a person to begin with."""

from typing import Any

from inbox.simulator import people
from inbox.simulator.whatsapp.handle import Handle

# The keywords of `Simulator.add_template`.
TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "name": "seguimiento_cotizacion",
        "body": "Hola {{1}}, ¿pudo revisar la cotización que le enviamos? Con gusto la ajustamos.",
        "example": ["Marta"],
    },
    {
        "name": "pedido_en_camino",
        "body": "Hola {{1}}, su pedido {{2}} ya va en camino. Gracias por su compra.",
        "example": ["Marta", "A-2041"],
    },
    {
        "name": "confirmar_entrega",
        "header": "Entrega programada",
        "body": "Hola {{1}}, entregamos su pedido el {{2}}. ¿Habrá alguien para recibirlo?",
        "example": ["Marta", "martes 24 de 10 a 14 h"],
        "footer": "Casa Cauce",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Sí, ahí estaremos"},
            {"type": "QUICK_REPLY", "text": "Mejor otro día"},
        ],
    },
    {
        "name": "novedades_temporada",
        "category": "MARKETING",
        "body": "Hola {{1}}, ya llegó la nueva temporada. Le apartamos lo que guste hasta el domingo.",
        "example": ["Marta"],
        "footer": "Responda BAJA para no recibir promociones",
        "buttons": [{"type": "URL", "text": "Ver el catálogo", "url": "https://casacauce.example/catalogo"}],
    },
)


def furnish(simulator: Handle) -> None:
    """Only what is missing."""
    has = {template.name for template in simulator.world.templates.values()}
    for template in TEMPLATES:
        if template["name"] not in has:
            simulator.add_template(**template)
    if not simulator.world.customers:
        simulator.provider.add_customer(**people.somebody())

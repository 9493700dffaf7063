"""What a line of a script says: kind, text and data of its message."""

from typing import Any

from inbox.models import MessageKind

PLACE = {
    "latitude": 19.4194,
    "longitude": -99.1617,
    "name": "Casa Cauce",
    "address": "Colima 210, Roma Norte",
}


def content(what: str) -> tuple[MessageKind, str, dict[str, Any]]:
    """(kind, text, data) of a script's line."""
    mark, _space, _rest = what.partition(" ")
    if mark == "*ad":
        referral = {
            "source_type": "ad",
            "source_url": "https://anuncios.ejemplo/casa-cauce",
            "headline": "Sábanas de hotel en tu casa",
            "body": "20 % en tu primera compra",
        }
        return MessageKind.TEXT, "Hola, quiero más información", {"referral": referral}
    if mark == "*location":
        return MessageKind.LOCATION, "", PLACE
    kinds = {"*image": MessageKind.IMAGE, "*voice": MessageKind.VOICE, "*document": MessageKind.DOCUMENT}
    if mark in kinds:
        return kinds[mark], "", {}
    return MessageKind.TEXT, what, {}

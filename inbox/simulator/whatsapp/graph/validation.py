"""Is a message one that the provider takes: which fields, how long, in which shape.

Each check raises the provider's error: 100 (top level), 131008 (missing), 131009 (not valid), 131051 (type).
"""

from collections.abc import Callable
from typing import Any

from inbox.simulator.whatsapp.errors import GraphError, invalid, missing

Body = dict[str, Any]
TEXT = 4096
CAPTION = 1024
OPAQUE = 512
MEDIA = ("image", "video", "audio", "document", "sticker")


def check_envelope(body: Body) -> None:
    """What every message has. One of `to` (wins) and `recipient` says for whom."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if body.get("recipient_type", "individual") != "individual":
        raise GraphError(100, message="(#100) Param recipient_type must be one of {individual}")
    if not body.get("to") and not body.get("recipient"):
        raise GraphError(100, message="(#100) The parameter to is required.")
    if not isinstance(body.get("to", ""), str) or not isinstance(body.get("recipient", ""), str):
        raise GraphError(100, message="(#100) Param to must be a string")
    if len(str(body.get("biz_opaque_callback_data", "")).encode()) > OPAQUE:
        raise GraphError(
            100, message="(#100) Param biz_opaque_callback_data must be at most 512 characters long."
        )
    context = body.get("context")
    if context is not None and not (isinstance(context, dict) and isinstance(context.get("message_id"), str)):
        raise invalid("context.message_id must be the ID of a message")


def check_content(body: Body) -> tuple[str, Any]:
    """The type and what stands under it."""
    type_ = body.get("type", "text")
    check = CHECKS.get(type_)
    if check is None:
        raise GraphError(131051, f"Unsupported message type: {str(type_)[:60]}")
    content = body.get(type_)
    if type_ == "contacts":
        if not isinstance(content, list) or not content:
            raise missing("contacts")
    elif not isinstance(content, dict):
        raise missing(type_)
    check(content)
    return type_, content


def _text(content: Body) -> None:
    body = content.get("body")
    if not isinstance(body, str) or not body:
        raise GraphError(100, message="(#100) The parameter text['body'] is required.")
    if _length(body) > TEXT:
        raise GraphError(100, message="(#100) Param text['body'] must be at most 4096 characters long.")


def _media(content: Body) -> None:
    if bool(content.get("id")) == bool(content.get("link")):
        raise invalid("Media: exactly one of id and link is needed.")
    if _length(content.get("caption") or "") > CAPTION:
        raise invalid(f"Media caption length invalid. Max length: {CAPTION}")


def _uncaptioned(content: Body) -> None:
    _media(content)
    if "caption" in content:
        raise GraphError(100, message='(#100) Unexpected key "caption" on param "audio".')


def _location(content: Body) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        if name not in content:
            raise missing(f"location.{name}")
        try:
            value = float(content[name])
        except (TypeError, ValueError):
            raise invalid(f"location.{name} must be a number") from None
        if abs(value) > most:
            raise invalid(f"location.{name} is out of range")


def _contacts(content: list[Any]) -> None:
    for card in content:
        name = card.get("name") if isinstance(card, dict) else None
        if not isinstance(name, dict) or not name.get("formatted_name"):
            raise missing("contacts[].name.formatted_name")
        if not any(name.get(part) for part in ("first_name", "last_name", "middle_name", "suffix", "prefix")):
            raise invalid("contacts[].name: at least one part beside formatted_name is needed.")


def _reaction(content: Body) -> None:
    if not isinstance(content.get("message_id"), str):
        raise missing("reaction.message_id")
    if not isinstance(content.get("emoji", ""), str):
        raise invalid("reaction.emoji must be an emoji or empty")


def _interactive(content: Body) -> None:
    kind = content.get("type")
    body = (content.get("body") or {}).get("text")
    if not isinstance(body, str) or not body:
        raise missing("interactive.body.text")
    _bounded("Interactive body text", body, TEXT if kind == "list" else CAPTION)
    if footer := (content.get("footer") or {}).get("text"):
        _bounded("Footer text", footer, 60)
    header = content.get("header") or {}
    if header.get("type") == "text":
        _bounded("Header text", header.get("text"), 60)
    action = content.get("action")
    if not isinstance(action, dict):
        raise missing("interactive.action")
    check = {
        "button": _buttons,
        "list": _list,
        "cta_url": _cta,
        "flow": _any,
        "location_request_message": _any,
    }
    if kind not in check:
        raise invalid(f"Interactive type {str(kind)[:40]!r} is not supported")
    check[kind](action)


def _buttons(action: Body) -> None:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    replies = [one.get("reply") or {} for one in buttons]
    for reply in replies:
        _bounded("Button title", reply.get("title"), 20)
        _bounded("Button ID", reply.get("id"), 256)
    _distinct("Button IDs", [reply["id"] for reply in replies])
    _distinct("Button titles", [reply["title"] for reply in replies])


def _list(action: Body) -> None:
    _bounded("List button", action.get("button"), 20)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        raise invalid("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10")
    rows: list[Body] = []
    for section in sections:
        if len(sections) > 1 or section.get("title"):
            _bounded("Section title", section.get("title"), 24)
        rows += section.get("rows") or []
    if not 1 <= len(rows) <= 10:
        raise invalid("Total row count exceed max allowed count: 10" if rows else "A list needs a row")
    for row in rows:
        _bounded("Row title", row.get("title"), 24)
        _bounded("Row ID", row.get("id"), 200)
        if row.get("description"):
            _bounded("Row description", row["description"], 72)
    _distinct("Row IDs", [row["id"] for row in rows])


def _cta(action: Body) -> None:
    parameters = action.get("parameters") or {}
    _bounded("Button text", parameters.get("display_text"), 20)
    if not str(parameters.get("url", "")).startswith(("https://", "http://")):
        raise invalid("The URL of a button must be absolute")


def _template(content: Body) -> None:
    if not isinstance(content.get("name"), str) or not content["name"]:
        raise missing("template.name")
    if not isinstance((content.get("language") or {}).get("code"), str):
        raise missing("template.language.code")
    if not isinstance(content.get("components", []), list):
        raise invalid("template.components must be a list")


def _any(action: Body) -> None:
    """Nothing is asked of it."""


def _bounded(what: str, value: object, most: int) -> None:
    if not isinstance(value, str) or not 1 <= _length(value) <= most:
        raise invalid(f"{what} length invalid. Min length: 1, Max length: {most}")


def _distinct(what: str, values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise invalid(f"{what} must be distinct")


def _length(text: str) -> int:
    """Characters as the provider counts them."""
    return len(text)


CHECKS: dict[str, Callable[[Any], None]] = {
    "text": _text,
    "image": _media,
    "video": _media,
    "document": _media,
    "audio": _uncaptioned,
    "sticker": _uncaptioned,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "template": _template,
}

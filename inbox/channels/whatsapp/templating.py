"""Templates: what has to be filled in, and what is sent when it is.

    slots(template)                       → [Slot("body.1", …), Slot("button.0", …)]
    fill(template, {"body.1": "Ana"})     → Filled(text, data): of a message of kind "template"

`data` is {"template": {"name", "language", "components", "header_media", "buttons"}}; where `header_media` names a
kind of file, the message carries it as its attachment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inbox.channels.reading import mapping, sequence, text
from inbox.channels.whatsapp.payloads import Unsendable
from inbox.models import Template

SLOT = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
MEDIA = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
PLAIN_BUTTONS = {"QUICK_REPLY", "PHONE_NUMBER", "URL", "FLOW", "VOICE_CALL"}
VALUE = 1024  # characters of one value


@dataclass(frozen=True, slots=True)
class Slot:
    """key: "header.<name>", "body.<name>" or "button.<index>". name: as in the template, 1, 2, … or a word."""

    key: str
    name: str
    example: str = ""
    label: str = ""  # of the button it belongs to


@dataclass(frozen=True, slots=True)
class Filled:
    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """A template taken apart; texts still have their slots."""

    header: str = ""
    header_media: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[dict[str, Any], ...] = ()
    odd: tuple[str, ...] = ()  # what we cannot fill


def parts(template: Template) -> Parts:
    """Of any components, also of kinds that came after us."""
    found: dict[str, Any] = {"odd": []}
    for one in sequence(template.components):
        component = mapping(one)
        kind = text(component.get("type"), 40).upper()
        if kind == "HEADER":
            _header(component, found)
        elif kind in ("BODY", "FOOTER"):
            found[kind.lower()] = text(component.get("text"), 4096)
        elif kind == "BUTTONS":
            buttons = [mapping(button) for button in sequence(component.get("buttons"))[:10]]
            found["buttons"] = tuple(buttons)
            kinds = {text(button.get("type"), 40).upper() for button in buttons}
            found["odd"] += sorted(kinds - PLAIN_BUTTONS)
        else:
            found["odd"].append(kind or "?")
    return Parts(**{**found, "odd": tuple(found["odd"])})


def problem(template: Template) -> str:
    """Why the template cannot be sent from here; empty where it can."""
    odd = parts(template).odd
    if template.category == "AUTHENTICATION":
        return _("One-time codes are not sent by people.")
    return (
        _("It has parts that are not sent from here: {odd}.").format(odd=", ".join(odd).lower())
        if odd
        else ""
    )


def slots(template: Template) -> list[Slot]:
    """What has to be filled in, in the order in which it is read."""
    taken = parts(template)
    examples = _examples(template)
    found = [
        Slot(f"{where}.{name}", name, examples.get(f"{where}.{name}", ""))
        for where, written in (("header", taken.header), ("body", taken.body))
        for name in dict.fromkeys(SLOT.findall(written))
    ]
    for index, button in enumerate(taken.buttons):
        if SLOT.search(text(button.get("url"), 2000)):
            example = text(next(iter(sequence(button.get("example"))), ""), 200)
            found.append(Slot(f"button.{index}", "url", example, text(button.get("text"), 80)))
    return found


def fill(template: Template, values: Mapping[str, str]) -> Filled:
    """Raises Unsendable where a value is missing, or where the template cannot be sent from here."""
    if why := problem(template):
        raise Unsendable(why)
    given = {slot.key: _value(slot, values) for slot in slots(template)}
    taken = parts(template)
    named = template.parameter_format.upper() == "NAMED"
    components: list[dict[str, Any]] = []
    if taken.header_media:
        components.append(
            {"type": "header", "parameters": []}
        )  # completed with the file's id when it is sent
    for where, written in (("header", taken.header), ("body", taken.body)):
        names = list(dict.fromkeys(SLOT.findall(written)))
        if names:
            parameters = [_parameter(name, given[f"{where}.{name}"], named) for name in _ordered(names)]
            components.append({"type": where, "parameters": parameters})
    components += _buttons(taken, given)
    shown = [_shown("header", taken.header, given), _shown("body", taken.body, given), taken.footer]
    data = {
        "name": template.name,
        "language": template.language,
        "components": components,
        "header_media": taken.header_media,
        "buttons": [text(button.get("text"), 80) for button in taken.buttons],
    }
    return Filled("\n\n".join(filter(None, shown)), {"template": data})


def with_media(components: list[dict[str, Any]], kind: str, media: dict[str, Any]) -> list[dict[str, Any]]:
    """The components with the file in their header."""
    header = {"type": "header", "parameters": [{"type": kind, kind: media}]}
    return [header, *(one for one in components if one.get("type") != "header")]


def _header(component: dict[str, Any], found: dict[str, Any]) -> None:
    form = text(component.get("format"), 40).upper() or "TEXT"
    if form == "TEXT":
        found["header"] = text(component.get("text"), 1024)
    elif form in MEDIA:
        found["header_media"] = MEDIA[form]
    else:
        found["odd"].append(form)


def _buttons(taken: Parts, given: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for index, button in enumerate(taken.buttons):
        kind = text(button.get("type"), 40).upper()
        value = given.get(f"button.{index}")
        if value is not None:
            parameter: dict[str, Any] = {"type": "text", "text": value}
        elif kind == "FLOW":
            parameter = {"type": "action", "action": {}}
        else:
            continue
        found.append(
            {"type": "button", "sub_type": kind.lower(), "index": str(index), "parameters": [parameter]}
        )
    return found


def _parameter(name: str, value: str, named: bool) -> dict[str, Any]:
    return {"type": "text", **({"parameter_name": name} if named else {}), "text": value}


def _ordered(names: list[str]) -> list[str]:
    """Numbered ones by number: WhatsApp counts them, wherever in the text they stand."""
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else names


def _value(slot: Slot, values: Mapping[str, str]) -> str:
    """One line: WhatsApp refuses line breaks, tabs and long gaps in values."""
    value = " ".join(values.get(slot.key, "").split())
    if not value:
        raise Unsendable(_("Fill in {name}.").format(name="{{" + slot.name + "}}"))
    if len(value) > VALUE:
        raise Unsendable(_("A value is longer than {limit} characters.").format(limit=VALUE))
    return value


def _shown(where: str, written: str, given: Mapping[str, str]) -> str:
    return SLOT.sub(lambda match: given.get(f"{where}.{match[1]}", match[0]), written)


def _examples(template: Template) -> dict[str, str]:
    """The examples the template was approved with, by slot."""
    found: dict[str, str] = {}
    for one in sequence(template.components):
        where = text(mapping(one).get("type"), 40).lower()
        example = mapping(mapping(one).get("example"))
        rows = sequence(example.get(f"{where}_text"))
        numbered = sequence(rows[0]) if rows and isinstance(rows[0], list) else rows
        for number, value in enumerate(numbered, start=1):
            found[f"{where}.{number}"] = text(value, 200)
        for given in sequence(example.get(f"{where}_text_named_params")):
            param = mapping(given)
            found[f"{where}.{text(param.get('param_name'), 60)}"] = text(param.get("example"), 200)
    return found

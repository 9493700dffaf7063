"""Templates as the composer offers them: which there are, what has to be filled in, what is sent then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from inbox.channels.whatsapp import templating
from inbox.channels.whatsapp.payloads import Unsendable
from inbox.channels.whatsapp.templating import Slot
from inbox.models import Channel, MessageKind, Template
from workspaces.errors import Refused

MOST = 200
SHOWN = 110  # characters of a template in the list


@dataclass(frozen=True)
class Choice:
    template: Template
    words: str


@dataclass(frozen=True)
class Blank:
    """A template to be filled in. `preview` has a `<span data-slot>` for each value."""

    template: Template
    slots: list[Slot]
    preview: Markup
    footer: str
    header_media: str
    buttons: list[str]


def choices(channel: Channel) -> list[Choice]:
    """Those that can be sent from here, by name. One query."""
    usable = Template.objects.usable().filter(channel=channel).by_name()[:MOST]
    return [
        Choice(one, " ".join(templating.parts(one).body.split())[:SHOWN])
        for one in usable
        if not templating.problem(one)
    ]


def blank(template: Template) -> Blank:
    taken = templating.parts(template)
    shown = [_preview("header", taken.header), _preview("body", taken.body)]
    return Blank(
        template=template,
        slots=templating.slots(template),
        preview=Markup("\n\n").join(part for part in shown if part),
        footer=taken.footer,
        header_media=taken.header_media,
        buttons=[str(button.get("text", "")) for button in taken.buttons],
    )


def filled(template: Template, posted: Mapping[str, str]) -> dict[str, Any]:
    """Kind, text and data of the message; values are posted as "slot.body.1". Raises Refused."""
    values = {slot.key: posted.get(f"slot.{slot.key}", "") for slot in templating.slots(template)}
    try:
        made = templating.fill(template, values)
    except Unsendable as unsendable:
        raise Refused(str(unsendable)) from unsendable
    return {"kind": MessageKind.TEMPLATE, "text": made.text, "data": made.data}


def _preview(where: str, written: str) -> Markup:
    parts, end = [], 0
    for match in templating.SLOT.finditer(written):
        span = Markup('<span class="slot" data-slot="{}">{}</span>')
        parts += [escape(written[end : match.start()]), span.format(f"{where}.{match[1]}", match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(written[end:])])

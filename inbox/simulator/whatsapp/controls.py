"""What the control API has for WhatsApp alone, after /control/apps/whatsapp/.

POST templates/<id>     {event}: APPROVED, REJECTED, PAUSED, DISABLED, …
POST callback           {url, verify_token, app_id?}: as if set in Meta's dashboard
POST token              {valid, app_id?}
"""

from typing import TYPE_CHECKING

from inbox.simulator.web import NoSuchThing, Payload
from inbox.simulator.whatsapp.graph import templates

if TYPE_CHECKING:
    from inbox.simulator.provider import Control
    from inbox.simulator.whatsapp.provider import Provider


def decide_template(provider: "Provider", body: Payload, template_id: str) -> None:
    template = provider.world.templates.get(template_id)
    if template is None:
        raise NoSuchThing(template_id)
    templates.decide(provider, template, str(body["event"]))


def set_callback(provider: "Provider", body: Payload) -> Payload:
    wrong = provider.connect(body["url"], body["verify_token"], app_id=body.get("app_id"))
    return {"verified": not wrong, "error": wrong}


def set_token(provider: "Provider", body: Payload) -> None:
    app_id = body.get("app_id") or next(iter(provider.world.apps))
    provider.world.apps[app_id].token_valid = bool(body["valid"])
    provider.changed()


ROUTES: "list[Control]" = [
    ("POST", r"templates/(?P<template_id>\d+)", decide_template),
    ("POST", r"callback", set_callback),
    ("POST", r"token", set_token),
]

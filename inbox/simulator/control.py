"""The control API: what the page asks for, and tests in another process. JSON in, JSON out.

GET  /control/state                                all there is to show
GET  /control/media/<id>                           a file, without a token
GET  /control/events                               server-sent events (in `server`)
POST /control/customers                            {name?, phone?, username?, hides_phone?} (nothing: someone at random)
POST /control/customers/<id>                       {phone_on?, reads?, name?, on_whatsapp?, stopped_marketing?, …}
POST /control/customers/<id>/<act>                 text, image, … of `phone.Phone`, with its arguments
POST /control/customers/<id>/upload                {number, type, name, mime_type, content (base64), caption?}
POST /control/open                                 {number, customer, open}
POST /control/faults, DELETE /control/faults[/id]  a `misbehaviour.Fault`
POST /control/mischief                             {kind, times?}: see `mischief`
POST /control/templates/<id>                       {event}: APPROVED, REJECTED, PAUSED, DISABLED, …
POST /control/callback                             {url, verify_token, app_id?}: as if set in Meta's dashboard
POST /control/token                                {valid, app_id?}
"""

import base64
import inspect
import re
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from inbox.simulator import defaults, mischief, people
from inbox.simulator.graph import media, templates
from inbox.simulator.misbehaviour import Fault
from inbox.simulator.payloads import Payload
from inbox.simulator.phone import Phone
from inbox.simulator.provider import Provider
from inbox.simulator.web import Answer, Request, as_json
from inbox.simulator.world import Customer, Message, now

ACTS = (
    "text", "image", "voice", "video", "document", "sticker", "location", "contact", "order", "poll", "click_ad",
    "tap", "react", "edit", "revoke", "change_number", "close_window",
)  # fmt: skip
CHANGEABLE = ("name", "phone_on", "reads", "on_whatsapp", "stopped_marketing", "hides_phone", "has_user_id")
SHOWN = 120


class NoSuchThing(Exception):
    """What the address names."""


def answer(provider: Provider, request: Request) -> Answer:
    path = request.path.removeprefix("/control/").strip("/")
    for method, pattern, handler in ROUTES:
        if method == request.method and (found := re.fullmatch(pattern, path)):
            body = request.json() if request.method == "POST" and request.body else {}
            said = handler(provider, body, **found.groupdict())
            return said if isinstance(said, Answer) else as_json(said if said is not None else {})
    raise NoSuchThing(f"{request.method} {request.path}")


# What one pastes in Cauce to connect a channel. They open nothing but this simulator.
VALUES = {
    "app": defaults.APP_ID,
    "secret": defaults.APP_SECRET,
    "token": defaults.ACCESS_TOKEN,
    "account": defaults.WABA_ID,
}


def state(provider: Provider, body: Payload) -> Payload:
    world = provider.world
    with world.lock:
        return {
            "now": now(),
            "numbers": [asdict(one) for one in world.numbers.values()],
            "customers": [asdict(one) for one in world.customers.values()],
            "conversations": [
                {**asdict(talk), "messages": [asdict(one) for one in talk.messages[-SHOWN:]]}
                for talk in world.conversations.values()
            ],
            "templates": [asdict(one) for one in world.templates.values()],
            "faults": provider.faults.listed(),
            "link": provider.link(),
            "values": VALUES,
        }


def add_customer(provider: Provider, body: Payload) -> Payload:
    given: Payload = {
        name: body[name] for name in ("name", "phone", "username", "hides_phone") if name in body
    }
    if not given.get("name"):
        given = {**people.somebody(hides_phone=bool(body.get("hides_phone"))), **given}
    given.setdefault("phone", None)
    return asdict(provider.add_customer(**given))


def change_customer(provider: Provider, body: Payload, customer_id: str) -> Payload:
    customer = _customer(provider, customer_id)
    for name in CHANGEABLE:
        if name in body and name != "phone_on":
            setattr(customer, name, body[name])
    if "phone_on" in body:
        provider.phone_on(customer, bool(body["phone_on"]))
    provider.changed("customer", customer=asdict(customer))
    return asdict(customer)


def act(provider: Provider, body: Payload, customer_id: str, act: str) -> Payload:
    """One thing the customer does; the message it made, if it made one."""
    if act not in ACTS:
        raise NoSuchThing(act)
    do: Callable[..., Any] = getattr(Phone(provider, _customer(provider, customer_id)), act)
    arguments = dict(body)
    if "message" in inspect.signature(do).parameters:
        arguments["message"] = _message(provider, str(body.get("message")))
    made = do(**arguments)
    return asdict(made) if isinstance(made, Message) else {}


def upload(provider: Provider, body: Payload, customer_id: str) -> Payload:
    """A file that a person chose. Where its type says nothing better, it is a document."""
    phone = Phone(provider, _customer(provider, customer_id))
    content = base64.b64decode(body["content"], validate=True)
    mime_type = str(body.get("mime_type") or "application/octet-stream")
    type_ = body.get("type") or media.kind_of(mime_type) or "document"
    more: Payload = {"filename": body.get("name")} if type_ == "document" else {}
    if type_ != "audio":
        more["caption"] = body.get("caption") or None
    return asdict(
        phone.file(type_, content, mime_type, number=body["number"], reply_to=body.get("reply_to"), **more)
    )


def open_chat(provider: Provider, body: Payload) -> None:
    provider.open_chat(body["number"], _customer(provider, body["customer"]), is_open=bool(body["open"]))


def play(provider: Provider, body: Payload) -> None:
    provider.play(_message(provider, body["message"]))


def add_fault(provider: Provider, body: Payload) -> list[Payload]:
    names = {each.name for each in fields(Fault)} - {"id", "met"}
    provider.faults.add(Fault(**{name: value for name, value in body.items() if name in names}))
    return _faults(provider)


def clear_faults(provider: Provider, body: Payload, fault_id: str | None = None) -> list[Payload]:
    provider.faults.clear(int(fault_id) if fault_id else None)
    return _faults(provider)


def _faults(provider: Provider) -> list[Payload]:
    listed = provider.faults.listed()
    provider.changed("faults", faults=listed)
    return listed


def do_mischief(provider: Provider, body: Payload) -> None:
    mischief.do(provider, body["kind"], times=int(body.get("times", 1)), customer_id=body.get("customer"))


def decide_template(provider: Provider, body: Payload, template_id: str) -> None:
    template = provider.world.templates.get(template_id)
    if template is None:
        raise NoSuchThing(template_id)
    templates.decide(provider, template, str(body["event"]))


def set_callback(provider: Provider, body: Payload) -> Payload:
    wrong = provider.connect(body["url"], body["verify_token"], app_id=body.get("app_id"))
    return {"verified": not wrong, "error": wrong}


def set_token(provider: Provider, body: Payload) -> None:
    app_id = body.get("app_id") or next(iter(provider.world.apps))
    provider.world.apps[app_id].token_valid = bool(body["valid"])
    provider.changed()


def file(provider: Provider, body: Payload, media_id: str) -> Answer:
    """For the page. The name of a type decides nothing in the browser: it is shown by `img`, `audio`, or downloaded."""
    kept = provider.world.media.get(media_id)
    if kept is None:
        raise NoSuchThing(media_id)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "max-age=3600"}
    if media.kind_of(kept.mime_type) in (None, "document"):
        headers["Content-Disposition"] = "attachment"
    return Answer(provider.store.read(media_id), content_type=kept.mime_type, headers=headers)


def _customer(provider: Provider, customer_id: str) -> Customer:
    if customer_id not in provider.world.customers:
        raise NoSuchThing(customer_id)
    return provider.world.customers[customer_id]


def _message(provider: Provider, message_id: str) -> Message:
    if message_id not in provider.world.messages:
        raise NoSuchThing(message_id)
    return provider.world.messages[message_id]


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", r"state", state),
    ("GET", r"media/(?P<media_id>\d+)", file),
    ("POST", r"customers", add_customer),
    ("POST", r"customers/(?P<customer_id>c\d+)", change_customer),
    ("POST", r"customers/(?P<customer_id>c\d+)/upload", upload),
    ("POST", r"customers/(?P<customer_id>c\d+)/(?P<act>[a-z_]+)", act),
    ("POST", r"open", open_chat),
    ("POST", r"play", play),
    ("POST", r"faults", add_fault),
    ("DELETE", r"faults(?:/(?P<fault_id>\d+))?", clear_faults),
    ("POST", r"mischief", do_mischief),
    ("POST", r"templates/(?P<template_id>\d+)", decide_template),
    ("POST", r"callback", set_callback),
    ("POST", r"token", set_token),
]

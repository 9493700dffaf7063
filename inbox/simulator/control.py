"""The control API: what the page asks for, and tests in another process. JSON in, JSON out.

GET  /control/state                                all there is to show
GET  /control/media/<id>                           a file, without a token
GET  /control/events                               server-sent events (in `server`)
POST /control/customers                            {app?, name?, phone?, username?, …} (nothing: someone at random)
POST /control/customers/<id>                       {phone_on?, reads?, name?, …}: the switches of their app
POST /control/customers/<id>/<act>                 text, image, … of their app's `Phone`, with its arguments
POST /control/customers/<id>/upload                {line, type, name, mime_type, content (base64), caption?}
POST /control/open                                 {line, customer, open}
POST /control/play                                 {customer, message}
POST /control/faults, DELETE /control/faults[/id]  a `misbehaviour.Fault`, with `app`
POST /control/mischief                             {app, kind, times?, customer?}
*    /control/apps/<app>/…                         what one provider alone has: its `controls`
"""

import base64
import inspect
import re
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from inbox.simulator.misbehaviour import Fault
from inbox.simulator.provider import Provider
from inbox.simulator.web import Answer, NoSuchThing, Payload, Request, as_json
from inbox.simulator.world import Customer, Message, now

if TYPE_CHECKING:
    from inbox.simulator.simulator import Simulator

SHOWN = 120


def answer(simulator: "Simulator", request: Request) -> Answer:
    path = request.path.removeprefix("/control/").strip("/")
    body = request.json() if request.method == "POST" and request.body else {}
    for method, pattern, handler in ROUTES:
        if method == request.method and (found := re.fullmatch(pattern, path)):
            return _said(handler(simulator, body, **found.groupdict()))
    if own := re.fullmatch(r"apps/(?P<app>\w+)/(?P<rest>.+)", path):
        provider = simulator.named(own["app"])
        for method, pattern, handler in provider.controls:
            if method == request.method and (found := re.fullmatch(pattern, own["rest"])):
                return _said(handler(provider, body, **found.groupdict()))
    raise NoSuchThing(f"{request.method} {request.path}")


def _said(said: Any) -> Answer:
    return said if isinstance(said, Answer) else as_json(said if said is not None else {})


def state(simulator: "Simulator", body: Payload) -> Payload:
    found: Payload = {
        "now": now(),
        "apps": [],
        "lines": [],
        "customers": [],
        "conversations": [],
        "faults": [],
    }
    for provider in simulator.providers:
        with provider.world.lock:
            found["apps"].append({**provider.face(), "key": provider.key, "link": provider.link()})
            found["lines"] += [{**one, "app": provider.key} for one in provider.lines()]
            found["customers"] += [provider.described(one) for one in provider.world.customers.values()]
            found["conversations"] += [
                {**asdict(talk), "messages": [asdict(one) for one in talk.messages[-SHOWN:]]}
                for talk in provider.world.conversations.values()
            ]
            found["faults"] += provider.listed_faults()
    return found


def add_customer(simulator: "Simulator", body: Payload) -> Payload:
    provider = simulator.named(body.pop("app", None) or simulator.providers[0].key)
    return provider.described(provider.somebody(body))


def change_customer(simulator: "Simulator", body: Payload, customer_id: str) -> Payload:
    provider, customer = _customer(simulator, customer_id)
    for name in ("name", "reads", *provider.face()["switches"]):
        if name in body and name != "phone_on":
            setattr(customer, name, body[name])
    if "phone_on" in body:
        provider.phone_on(customer, bool(body["phone_on"]))
    provider.tell_of(customer)
    return provider.described(customer)


def act(simulator: "Simulator", body: Payload, customer_id: str, act: str) -> Payload:
    """One thing the customer does; the message it made, if it made one."""
    provider, customer = _customer(simulator, customer_id)
    phone = provider.phone(customer)
    if act not in phone.acts:
        raise NoSuchThing(act)
    do: Callable[..., Any] = getattr(phone, act)
    arguments = dict(body)
    if "message" in inspect.signature(do).parameters:
        arguments["message"] = _message(provider, str(body.get("message")))
    made = do(**arguments)
    return asdict(made) if isinstance(made, Message) else {}


def upload(simulator: "Simulator", body: Payload, customer_id: str) -> Payload:
    """A file that a person chose. Where its type says nothing better, it is a document."""
    provider, customer = _customer(simulator, customer_id)
    content = base64.b64decode(body["content"], validate=True)
    mime_type = str(body.get("mime_type") or "application/octet-stream")
    made = provider.phone(customer).upload(
        content,
        mime_type,
        type=body.get("type"),
        name=body.get("name"),
        caption=body.get("caption") or None,
        line=body["line"],
        reply_to=body.get("reply_to"),
    )
    return asdict(made)


def open_chat(simulator: "Simulator", body: Payload) -> None:
    provider, customer = _customer(simulator, body["customer"])
    provider.open_chat(body["line"], customer, is_open=bool(body["open"]))


def play(simulator: "Simulator", body: Payload) -> None:
    provider, _ = _customer(simulator, body["customer"])
    provider.play(_message(provider, body["message"]))


def add_fault(simulator: "Simulator", body: Payload) -> list[Payload]:
    provider = simulator.named(body.get("app") or simulator.providers[0].key)
    names = {each.name for each in fields(Fault)} - {"id", "met"}
    fault = Fault(**{name: value for name, value in body.items() if name in names})
    provider.faults.add(fault, provider.areas)
    return _faults(simulator)


def clear_faults(simulator: "Simulator", body: Payload, fault_id: str | None = None) -> list[Payload]:
    for provider in simulator.providers:
        provider.faults.clear(int(fault_id) if fault_id else None)
    return _faults(simulator)


def _faults(simulator: "Simulator") -> list[Payload]:
    listed = [one for provider in simulator.providers for one in provider.listed_faults()]
    simulator.site.hub.publish("faults", faults=listed)
    return listed


def do_mischief(simulator: "Simulator", body: Payload) -> None:
    provider = simulator.named(body.get("app") or simulator.providers[0].key)
    provider.mischief(body["kind"], times=int(body.get("times", 1)), customer_id=body.get("customer"))


def file(simulator: "Simulator", body: Payload, media_id: str) -> Answer:
    """For the page. The name of a type decides nothing in the browser: it is shown by `img`, `audio`, or downloaded."""
    for provider in simulator.providers:
        if (kept := provider.world.media.get(media_id)) is not None:
            headers = {
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "max-age=3600",
            }
            if kept.mime_type.partition("/")[0] not in ("image", "audio", "video"):
                headers["Content-Disposition"] = "attachment"
            return Answer(provider.store.read(media_id), content_type=kept.mime_type, headers=headers)
    raise NoSuchThing(media_id)


def _customer(simulator: "Simulator", customer_id: str) -> tuple[Provider, Customer]:
    for provider in simulator.providers:
        if customer_id in provider.world.customers:
            return provider, provider.world.customers[customer_id]
    raise NoSuchThing(customer_id)


def _message(provider: Provider, message_id: str) -> Message:
    if message_id not in provider.world.messages:
        raise NoSuchThing(message_id)
    return provider.world.messages[message_id]


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", r"state", state),
    ("GET", r"media/(?P<media_id>\d+)", file),
    ("POST", r"customers", add_customer),
    ("POST", r"customers/(?P<customer_id>[a-z]+\d+)", change_customer),
    ("POST", r"customers/(?P<customer_id>[a-z]+\d+)/upload", upload),
    ("POST", r"customers/(?P<customer_id>[a-z]+\d+)/(?P<act>[a-z_]+)", act),
    ("POST", r"open", open_chat),
    ("POST", r"play", play),
    ("POST", r"faults", add_fault),
    ("DELETE", r"faults(?:/(?P<fault_id>\d+))?", clear_faults),
    ("POST", r"mischief", do_mischief),
]

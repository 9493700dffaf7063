"""The Graph API: which call is whose, and who may make it."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.simulator.web import Answer, BadBody, Request, as_json
from inbox.simulator.whatsapp.errors import GraphError
from inbox.simulator.whatsapp.graph import access, accounts, media, messages, templates

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider

Handler = Callable[..., Any]

# (method, path after the version, handler, area of faults); the first that fits answers.
ROUTES: list[tuple[str, str, Handler, str]] = [
    ("POST", r"(?P<number_id>\d+)/messages", messages.send, "messages"),
    ("POST", r"(?P<number_id>\d+)/media", media.upload, "media"),
    ("POST", r"(?P<number_id>\d+)/register", accounts.register, "graph"),
    ("POST", r"(?P<number_id>\d+)/deregister", accounts.deregister, "graph"),
    ("GET", r"(?P<waba_id>\d+)/phone_numbers", accounts.phone_numbers, "graph"),
    ("GET", r"(?P<waba_id>\d+)/message_templates", templates.listed, "templates"),
    ("POST", r"(?P<waba_id>\d+)/message_templates", templates.create, "templates"),
    ("DELETE", r"(?P<waba_id>\d+)/message_templates", templates.delete, "templates"),
    ("GET", r"(?P<waba_id>\d+)/subscribed_apps", accounts.subscribed_apps, "graph"),
    ("POST", r"(?P<waba_id>\d+)/subscribed_apps", accounts.subscribe, "graph"),
    ("DELETE", r"(?P<waba_id>\d+)/subscribed_apps", accounts.unsubscribe, "graph"),
    ("GET", r"debug_token", access.debug_token, "graph"),
    ("GET", r"me", access.me, "graph"),
    ("GET", r"app", access.app, "graph"),
    ("GET", r"(?P<app_id>\d+|app)/subscriptions", access.subscriptions, "graph"),
    ("POST", r"(?P<app_id>\d+|app)/subscriptions", access.subscribe, "graph"),
    ("POST", r"(?P<app_id>\d+|app)/uploads", media.begin_upload, "media"),
    ("POST", r"(?P<upload_id>upload:[\w-]+)", media.take_upload, "media"),
    ("GET", r"(?P<object_id>\d+)", accounts.read, "graph"),
    ("POST", r"(?P<object_id>\d+)", accounts.write, "graph"),
    ("DELETE", r"(?P<object_id>\d+)", accounts.remove, "graph"),
]
COMPILED = [(method, re.compile(pattern), handler, area) for method, pattern, handler, area in ROUTES]
VERSION = re.compile(r"^/(?:v\d+\.\d+/)?")


def area_of(provider: "Provider", method: str, path: str) -> tuple[str, str | None]:
    """For the faults: what kind of call this is, and of which number."""
    if path.startswith("/attachments/"):
        return "download", None
    rest = VERSION.sub("", path, count=1).strip("/")
    for verb, pattern, _, area in COMPILED:
        if verb == method and (found := pattern.fullmatch(rest)):
            number_id = found.groupdict().get("number_id")
            return "media" if rest in provider.world.media else area, number_id
    return "graph", None


def answer(provider: "Provider", request: Request) -> Answer:
    """Do what is asked; an error is an answer too."""
    rest = VERSION.sub("", request.path, count=1).strip("/")
    try:
        for method, pattern, handler, _ in COMPILED:
            if method == request.method and (found := pattern.fullmatch(rest)):
                said = handler(provider, request, **found.groupdict())
                return said if isinstance(said, Answer) else as_json(said)
        raise GraphError(
            2500 if not rest else 100,
            message=f"Unknown path components: /{rest}"[:300],
            type="OAuthException",
            status=400,
        )
    except BadBody as error:
        refusal = GraphError(100, message=f"(#100) {error}")
        return as_json(refusal.body(), refusal.status)
    except GraphError as error:
        return as_json(error.body(), error.status)

"""The Graph API of pages and accounts: who may ask for what, and the Send API, which refuses what Meta refuses."""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx

from inbox.simulator.meta.phone import new_mid
from inbox.simulator.meta.world import SIXTY_DAYS, App, Customer, Page
from inbox.simulator.web import Answer, BadBody, Payload, Request, as_json
from inbox.simulator.whatsapp.errors import GraphError, no_such_object
from inbox.simulator.world import Message, now

if TYPE_CHECKING:
    from inbox.simulator.meta.provider import Provider

OUTSIDE = "This message is sent outside of allowed window."
WEEK = 7 * 86400
KINDS = {"image": "image", "audio": "audio", "video": "video", "file": "document"}
DAY = 86400


def answer(provider: "Provider", request: Request) -> Answer:
    """Do what is asked; an error is an answer too."""
    rest = rest_of(request.path)
    if rest.startswith("cdn/"):
        return provider.download(rest.removeprefix("cdn/"))
    try:
        for method, pattern, handler, _area in COMPILED:
            if method == request.method and (found := pattern.fullmatch(rest)):
                return as_json(handler(provider, request, **found.groupdict()))
        raise GraphError(100, message=f"Unknown path components: /{rest}"[:300], status=400)
    except BadBody as error:
        refusal = GraphError(100, message=f"(#100) {error}")
    except GraphError as error:
        refusal = error
    return as_json(refusal.body(), refusal.status)


def area_of(method: str, path: str) -> str:
    rest = rest_of(path)
    if rest.startswith("cdn/"):
        return "download"
    for verb, pattern, _handler, area in COMPILED:
        if verb == method and pattern.fullmatch(rest):
            return area
    return "graph"


def rest_of(path: str) -> str:
    """Without the API and its version."""
    return re.sub(r"^/(?:meta|instagram)/(?:v\d+\.\d+/)?", "", path).strip("/")


# Who asks


def app_of(provider: "Provider", request: Request) -> App:
    """Whose token this is: an app's own, a person's or a page's. Raises GraphError."""
    token = request.token() or request.query.get("access_token", "")
    world = provider.graph
    for app in world.apps.values():
        if token == f"{app.id}|{app.secret}":
            return app
        if token and token == app.token:
            return _good(app, request, token)
    if page := world.page_by(token):
        return _good(world.apps[page.app_id], request, token)
    raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")


def page_of(provider: "Provider", request: Request, name: str = "me") -> tuple[App, Page]:
    """The page or account that the token speaks for. Raises GraphError."""
    app = app_of(provider, request)
    page = provider.graph.page_by(request.token() or "")
    if page is None or name not in ("me", page.id, page.instagram):
        raise no_such_object(name)
    return app, page


def _good(app: App, request: Request, token: str) -> App:
    if not app.token_valid:
        raise GraphError(190, message="Error validating access token: Session has expired.", subcode=463)
    if (proof := request.query.get("appsecret_proof")) is not None:
        wanted = hmac.new(app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof, wanted):
            raise GraphError(100, message="Invalid appsecret_proof provided in the API argument")
    return app


# Connecting


def debug_token(provider: "Provider", request: Request) -> Payload:
    app_of(provider, request)
    token = request.query.get("input_token", "")
    page = provider.graph.page_by(token)
    app = provider.graph.apps.get(page.app_id) if page else _app_by(provider, token)
    if app is None:
        return {
            "data": {"is_valid": False, "scopes": [], "error": {"code": 190, "message": "Invalid token."}}
        }
    about = {"app_id": app.id, "application": app.name, "is_valid": app.token_valid, "scopes": app.scopes}
    kind = {"type": "PAGE", "profile_id": page.id} if page else {"type": "USER"}
    return {"data": {**about, **kind, "expires_at": app.ends_at}}


def _app_by(provider: "Provider", token: str) -> App | None:
    return next((app for app in provider.graph.apps.values() if token and app.token == token), None)


def app(provider: "Provider", request: Request) -> Payload:
    found = app_of(provider, request)
    return {"id": found.id, "name": found.name}


def approved(provider: "Provider", request: Request, name: str) -> Payload:
    found = app_of(provider, request)
    return {"data": [{"permission": one, "status": "live"} for one in found.approved]}


def me(provider: "Provider", request: Request) -> Payload:
    _app, page = page_of(provider, request)
    return described(page)


def described(page: Page) -> Payload:
    if page.own:
        return {"id": f"1{page.id[1:]}", "user_id": page.id, "username": page.username, "name": page.name}
    linked = {"id": page.instagram, "username": page.username, "name": page.name}
    return {
        "id": page.id,
        "name": page.name,
        **({"instagram_business_account": linked} if page.instagram else {}),
    }


def my_pages(provider: "Provider", request: Request) -> Payload:
    found = app_of(provider, request)
    if provider.graph.page_by(request.token() or ""):
        raise GraphError(100, message="(#100) Tried accessing nonexisting field (accounts)")
    pages = [page for page in provider.graph.pages.values() if page.app_id == found.id and not page.own]
    return {"data": [{**described(page), "access_token": page.token} for page in pages]}


def refresh(provider: "Provider", request: Request) -> Payload:
    """Of Instagram's own login: a token that is a day old, for another that lives sixty days."""
    if request.query.get("grant_type") != "ig_refresh_token":
        raise GraphError(100, message="Invalid grant_type")
    _app, page = page_of(provider, request)
    if now() - page.token_at < DAY:
        raise GraphError(100, message="Token must be at least 24 hours old to be refreshed")
    with provider.graph.lock:
        page.token, page.token_at = f"{page.token.partition('.')[0]}.{round(now())}", now()
    return {"access_token": page.token, "token_type": "bearer", "expires_in": SIXTY_DAYS}


def subscriptions(provider: "Provider", request: Request, name: str) -> Payload:
    found = app_of(provider, request)
    return {"data": [{"object": one, "callback_url": url[0]} for one, url in found.callbacks.items()]}


def subscribe(provider: "Provider", request: Request, name: str) -> Payload:
    found, asked = app_of(provider, request), request.json()
    url, token = str(asked.get("callback_url", "")), str(asked.get("verify_token", ""))
    if wrong := provider.webhooks.verify(url, token):
        raise GraphError(
            2200, message=f"(#2200) Callback verification failed with the following errors: {wrong}"
        )
    with provider.graph.lock:
        found.callbacks[str(asked.get("object"))] = [url, token]
    return {"success": True}


def subscribed(provider: "Provider", request: Request, name: str) -> Payload:
    _app, page = page_of(provider, request, name)
    return {"data": [{"id": one, "subscribed_fields": fields} for one, fields in page.subscribed.items()]}


def subscribe_page(provider: "Provider", request: Request, name: str) -> Payload:
    found, page = page_of(provider, request, name)
    fields = request.query.get("subscribed_fields", "")
    if not fields:
        raise GraphError(100, message="(#100) The parameter subscribed_fields is required.")
    with provider.graph.lock:
        page.subscribed[found.id] = fields.split(",")
    provider.changed("link", app=provider.key, link=provider.link())
    return {"success": True}


def unsubscribe_page(provider: "Provider", request: Request, name: str) -> Payload:
    found, page = page_of(provider, request, name)
    with provider.graph.lock:
        page.subscribed.pop(found.id, None)
    return {"success": True}


def profile(provider: "Provider", request: Request, name: str) -> Payload:
    """Of a person, who must not have blocked the page, and must let it be told."""
    _found, _page = page_of(provider, request)
    customer = provider.customer_by(name)
    if customer is None:
        raise no_such_object(name)
    if customer.blocked or not customer.tells_profile:
        raise GraphError(230, message="(#230) User consent is required to access user profile")
    first, _space, last = customer.name.partition(" ")
    if provider.key == "instagram":
        return {"name": customer.name, "username": customer.username or "", "id": name}
    return {"first_name": first, "last_name": last, "id": name}


# Sending


def send(provider: "Provider", request: Request, name: str) -> Payload:
    found, page = page_of(provider, request, name)
    body = request.json()
    customer = provider.customer_by(str((body.get("recipient") or {}).get("id", "")))
    if customer is None:
        raise GraphError(100, message="(#100) No matching user found", subcode=2018001)
    line_id = provider.line_of(page)
    if action := body.get("sender_action"):
        return _act(provider, customer, line_id, str(action))
    if page.restricted:
        raise GraphError(10, message="(#10) This page is temporarily restricted.", subcode=1893063)
    if customer.blocked:
        raise GraphError(551, message="(#551) This person isn't available right now.", subcode=1545041)
    _check_window(provider, found, customer, line_id, body)
    type_, shown = _content(provider, body.get("message"))
    message = Message(
        new_mid(), line_id, customer.id, "business", type_, shown, now(), "accepted",
        callback_data=body["message"].get("metadata"),
    )  # fmt: skip
    with provider.world.lock:
        provider.world.add_message(message)
    provider.on_accepted(message, body["message"], fail=request.fail_code)
    return {"recipient_id": customer.user_id, "message_id": message.id}


def _act(provider: "Provider", customer: Customer, line_id: str, action: str) -> Payload:
    if action not in ("typing_on", "typing_off", "mark_seen"):
        raise GraphError(
            100, message="(#100) Param sender_action must be one of {typing_on, typing_off, mark_seen}"
        )
    provider.on_action(customer, line_id, action)
    return {"recipient_id": customer.user_id}


def _check_window(provider: "Provider", found: App, customer: Customer, line_id: str, body: Payload) -> None:
    kind, tag = body.get("messaging_type"), body.get("tag")
    last = provider.world.conversation(line_id, customer.id).last_inbound
    since = now() - last if last else None
    if kind == "MESSAGE_TAG":
        if tag != "HUMAN_AGENT":
            raise GraphError(100, message="(#100) This tag is no longer supported.", subcode=1893061)
        if "human_agent" not in found.approved:
            raise GraphError(100, message="(#100) Invalid message tag.", subcode=1893061)
        is_open = since is not None and since < WEEK
    elif kind == "RESPONSE":
        is_open = since is not None and since < DAY
    else:
        raise GraphError(100, message="(#100) The parameter messaging_type is required.")
    if not is_open and not (last is None and provider.trusting):
        raise GraphError(10, message=f"(#10) {OUTSIDE}", subcode=2018278)


def _content(provider: "Provider", message: Any) -> tuple[str, Payload]:
    """What the page shows of it. Raises GraphError."""
    if not isinstance(message, dict):
        raise GraphError(100, message="(#100) The parameter message is required.")
    text = message.get("text")
    if text is not None:
        if not isinstance(text, str) or not text:
            raise GraphError(
                100, message="(#100) Param message[text] must be a non-empty UTF-8 encoded string."
            )
        if provider.is_too_long(text):
            raise GraphError(
                100, message="(#100) Length of param message[text] must be less than or equal to the limit"
            )
        replies = message.get("quick_replies") or []
        if not replies:
            return "text", {"body": text}
        return "interactive", _choices(text, replies)
    attachment = message.get("attachment")
    if not isinstance(attachment, dict) or attachment.get("type") not in KINDS:
        raise GraphError(
            100, message="(#100) Param message[attachment][type] must be one of image, audio, video, file"
        )
    url = str((attachment.get("payload") or {}).get("url", ""))
    return KINDS[attachment["type"]], _fetched(provider, url, attachment["type"])


def _choices(text: str, replies: list[Payload]) -> Payload:
    if len(replies) > 13 or any(len(one.get("title", "")) > 20 or not one.get("title") for one in replies):
        raise GraphError(
            100, message="(#100) Param message[quick_replies] has too many, or titles that are too long."
        )
    buttons = [{"type": "reply", "reply": {"id": one["payload"], "title": one["title"]}} for one in replies]
    return {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}


def _fetched(provider: "Provider", url: str, kind: str) -> Payload:
    """Meta fetches what it is to send, before it answers."""
    try:
        got = httpx.get(url, timeout=10, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise GraphError(
            100, message=f"(#100) Failed to fetch the file from the url: {error}", subcode=2018008
        ) from None
    mime_type = got.headers.get("content-type", "").partition(";")[0]
    if got.status_code != 200 or (kind != "file" and mime_type.partition("/")[0] != kind):
        raise GraphError(100, message="(#100) Failed to fetch the file from the url", subcode=2018008)
    name = url.rpartition("/")[2]
    media = provider.store.keep(got.content, mime_type, filename=name)
    return {"id": media.id, "mime_type": mime_type, "filename": name}


Handler = Callable[..., Any]
ROUTES: list[tuple[str, str, Handler, str]] = [
    ("POST", r"(?P<name>\d+|me)/messages", send, "messages"),
    ("GET", r"debug_token", debug_token, "graph"),
    ("GET", r"app", app, "graph"),
    ("GET", r"me", me, "graph"),
    ("GET", r"me/accounts", my_pages, "graph"),
    ("GET", r"refresh_access_token", refresh, "graph"),
    ("GET", r"(?P<name>\d+)/permissions", approved, "graph"),
    ("GET", r"(?P<name>\d+)/subscriptions", subscriptions, "graph"),
    ("POST", r"(?P<name>\d+)/subscriptions", subscribe, "graph"),
    ("GET", r"(?P<name>\d+)/subscribed_apps", subscribed, "graph"),
    ("POST", r"(?P<name>\d+)/subscribed_apps", subscribe_page, "graph"),
    ("DELETE", r"(?P<name>\d+)/subscribed_apps", unsubscribe_page, "graph"),
    ("GET", r"(?P<name>\d+)", profile, "profile"),
]
COMPILED = [(method, re.compile(pattern), handler, area) for method, pattern, handler, area in ROUTES]

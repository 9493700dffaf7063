"""Tokens and apps: who may ask, and the calls by which a connect screen checks what was typed into it."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from inbox.simulator.web import Payload, Request
from inbox.simulator.whatsapp.errors import GraphError, no_such_object
from inbox.simulator.whatsapp.world import Account, App, Number

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider

SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging", "public_profile"]


def bearer(provider: "Provider", request: Request) -> App:
    """The app whose system user's token this is; a wrong `appsecret_proof` refuses. Raises GraphError."""
    app, is_app_token = _identify(provider, request)
    if is_app_token:
        raise GraphError(200, message="(#200) You do not have the necessary permissions for this call.")
    return app


def own_app(provider: "Provider", request: Request, app_id: str) -> App:
    """The app, asked for with its app token ("id|secret") or its system user's."""
    app, _ = _identify(provider, request)
    if app_id not in ("app", app.id):
        raise no_such_object(app_id)
    return app


def _identify(provider: "Provider", request: Request) -> tuple[App, bool]:
    token = request.token()
    if not token:
        raise GraphError(104, message="An access token is required to request this resource.")
    app, is_app_token = find(provider, token)
    if app is None:
        raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")
    if not (app.token_valid or is_app_token):
        raise GraphError(
            190,
            message="Error validating access token: Session has expired on Sunday, 22-Nov-26 10:00:00 PST.",
            subcode=463,
        )
    if (proof := request.query.get("appsecret_proof")) is not None:
        wanted = hmac.new(app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof.encode(), wanted.encode()):
            raise GraphError(100, message="Invalid appsecret_proof provided in the API argument")
    return app, is_app_token


def find(provider: "Provider", token: str) -> tuple[App | None, bool]:
    """Whose token it is, and whether it is the app's own ("id|secret")."""
    with provider.world.lock:
        for app in provider.world.apps.values():
            if hmac.compare_digest(token.encode(), app.token.encode()):
                return app, False
            if hmac.compare_digest(token.encode(), f"{app.id}|{app.secret}".encode()):
                return app, True
    return None, False


def number_of(
    provider: "Provider", request: Request, number_id: str, verb: str = "post"
) -> tuple[App, Number]:
    app = bearer(provider, request)
    number = provider.world.numbers.get(number_id)
    if number is None or number.waba_id not in app.wabas:
        raise no_such_object(number_id, verb)
    return app, number


def account_of(
    provider: "Provider", request: Request, waba_id: str, verb: str = "get"
) -> tuple[App, Account]:
    app = bearer(provider, request)
    account = provider.world.accounts.get(waba_id)
    if account is None or waba_id not in app.wabas:
        raise no_such_object(waba_id, verb)
    return app, account


def debug_token(provider: "Provider", request: Request) -> Payload:
    _identify(provider, request)
    asked, is_app_token = find(provider, request.query.get("input_token", ""))
    if asked is None:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    about: Payload = {
        "app_id": asked.id,
        "type": "APP" if is_app_token else "SYSTEM_USER",
        "application": asked.name,
        "is_valid": asked.token_valid or is_app_token,
    }
    if not is_app_token:
        about |= {
            "data_access_expires_at": 0,
            "expires_at": 0,
            "issued_at": 1790000000,
            "scopes": SCOPES,
            "granular_scopes": [{"scope": scope, "target_ids": asked.wabas} for scope in SCOPES[:2]],
            "user_id": f"1{asked.id[1:]}",
        }
        if not asked.token_valid:
            about["error"] = {"code": 190, "message": "The session has expired.", "subcode": 463}
    return {"data": about}


def me(provider: "Provider", request: Request) -> Payload:
    app = bearer(provider, request)
    return {"id": f"1{app.id[1:]}", "name": f"{app.name} (system user)"}


def app(provider: "Provider", request: Request) -> Payload:
    mine, _ = _identify(provider, request)
    return described(mine)


def described(mine: App) -> Payload:
    return {"category": "Business", "link": "https://www.facebook.com/games/?app_id=" + mine.id, "name": mine.name, "id": mine.id}  # fmt: skip # noqa: E501


def subscriptions(provider: "Provider", request: Request, app_id: str) -> Payload:
    mine = own_app(provider, request, app_id)
    if not mine.callback_url:
        return {"data": []}
    fields = [{"name": name, "version": "v26.0"} for name in ("messages", "message_template_status_update")]
    one = {
        "object": "whatsapp_business_account",
        "callback_url": mine.callback_url,
        "active": True,
        "fields": fields,
    }
    return {"data": [one]}


def subscribe(provider: "Provider", request: Request, app_id: str) -> Payload:
    """The app's own callback. Only with the app's token, and only after the handshake."""
    mine, is_app_token = _identify(provider, request)
    if not is_app_token:
        raise GraphError(15, message="(#15) This method must be called with an app access_token.")
    if app_id not in ("app", mine.id):
        raise no_such_object(app_id, "post")
    asked = request.json()
    if asked.get("object") != "whatsapp_business_account":
        raise GraphError(100, message="(#100) Param object must be whatsapp_business_account")
    url, token = checked_callback(provider, asked.get("callback_url"), asked.get("verify_token"))
    with provider.world.lock:
        mine.callback_url, mine.verify_token = url, token
    provider.changed()
    return {"success": True}


def checked_callback(provider: "Provider", url: object, token: object) -> tuple[str, str]:
    """Both, once the receiver echoed the challenge. Raises GraphError 2200, as Meta does."""
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise GraphError(100, message="(#100) Param callback_url must be a valid URL")
    if not isinstance(token, str) or not token:
        raise GraphError(100, message="(#100) The parameter verify_token is required.")
    if wrong := provider.webhooks.verify(url, token):
        raise GraphError(
            2200, message=f"(#2200) Callback verification failed with the following errors: {wrong}"
        )
    return url, token

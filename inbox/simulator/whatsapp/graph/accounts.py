"""Accounts and numbers: what a connect screen reads, where webhooks go, registering a number; and objects by id."""

from typing import TYPE_CHECKING

from inbox.simulator.web import Answer, Payload, Request
from inbox.simulator.whatsapp.errors import GraphError, invalid, missing, no_such_object
from inbox.simulator.whatsapp.graph import media, templates
from inbox.simulator.whatsapp.graph.access import account_of, bearer, checked_callback, described, number_of
from inbox.simulator.whatsapp.world import Account, App, Number

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider

NUMBER_FIELDS = (
    "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput"
)


def phone_numbers(provider: "Provider", request: Request, waba_id: str) -> Payload:
    _, account = account_of(provider, request, waba_id)
    numbers = [one for one in provider.world.numbers.values() if one.waba_id == account.id]
    fields = request.query.get("fields", NUMBER_FIELDS)
    data = [_number(provider, one, fields) for one in numbers]
    cursors = {"before": "QVFIUb", "after": "QVFIUa"}
    return {"data": data, **({"paging": {"cursors": cursors}} if data else {})}


def subscribed_apps(provider: "Provider", request: Request, waba_id: str) -> Payload:
    _, account = account_of(provider, request, waba_id)
    data = []
    for app_id, override in account.subscribed.items():
        about = described(provider.world.apps[app_id])
        one: Payload = {"whatsapp_business_api_data": {key: about[key] for key in ("link", "name", "id")}}
        if override:
            one["override_callback_uri"] = override[0]
        data.append(one)
    return {"data": data}


def subscribe(provider: "Provider", request: Request, waba_id: str) -> Payload:
    """Without a body: to the app's callback. With `override_callback_uri` and `verify_token`: there, once verified."""
    app, account = account_of(provider, request, waba_id, "post")
    asked = request.json()
    override: list[str] = []
    if asked.get("override_callback_uri"):
        override = [*checked_callback(provider, asked["override_callback_uri"], asked.get("verify_token"))]
    with provider.world.lock:
        account.subscribed[app.id] = override
    provider.changed()
    return {"success": True}


def unsubscribe(provider: "Provider", request: Request, waba_id: str) -> Payload:
    app, account = account_of(provider, request, waba_id, "delete")
    with provider.world.lock:
        account.subscribed.pop(app.id, None)
    provider.changed()
    return {"success": True}


def register(provider: "Provider", request: Request, number_id: str) -> Payload:
    _, number = number_of(provider, request, number_id)
    asked = request.json()
    if asked.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    pin = asked.get("pin")
    if not (isinstance(pin, str) and len(pin) == 6 and pin.isdigit()):
        raise missing("pin") if pin is None else invalid("pin must be 6 digits")
    number.registered = True
    provider.changed()
    return {"success": True}


def deregister(provider: "Provider", request: Request, number_id: str) -> Payload:
    _, number = number_of(provider, request, number_id)
    number.registered = False
    provider.changed()
    return {"success": True}


# Objects by their id


def read(provider: "Provider", request: Request, object_id: str) -> Payload | Answer:
    app = bearer(provider, request)
    world = provider.world
    number = world.numbers.get(object_id)
    if number and number.waba_id in app.wabas:
        return _number(provider, number, request.query.get("fields", NUMBER_FIELDS))
    account = world.accounts.get(object_id)
    if account and account.id in app.wabas:
        return _account(
            account, request.query.get("fields", "id,name,timezone_id,message_template_namespace")
        )
    if template := world.templates.get(object_id):
        return templates.described(template)
    if object_id in world.media:
        return media.described(provider, object_id)
    if object_id == app.id:
        return described(app)
    raise no_such_object(object_id)


def write(provider: "Provider", request: Request, object_id: str) -> Payload:
    app = bearer(provider, request)
    if object_id in provider.world.templates:
        return templates.edit(provider, request, object_id)
    number = provider.world.numbers.get(object_id)
    if number is None or number.waba_id not in app.wabas:
        raise no_such_object(object_id, "post")
    return _configure(provider, request, number)


def remove(provider: "Provider", request: Request, object_id: str) -> Payload:
    bearer(provider, request)
    if object_id not in provider.world.media:
        raise no_such_object(object_id, "delete")
    provider.store.forget(object_id)
    return {"success": True}


def _configure(provider: "Provider", request: Request, number: Number) -> Payload:
    """`webhook_configuration`: the number's own callback; an empty address takes it back."""
    wanted = request.json().get("webhook_configuration")
    if not isinstance(wanted, dict):
        raise GraphError(100, message="(#100) Nothing of this number can be changed with these parameters")
    callback: list[str] = []
    if wanted.get("override_callback_uri"):
        callback = [*checked_callback(provider, wanted["override_callback_uri"], wanted.get("verify_token"))]
    with provider.world.lock:
        number.callback = callback
    provider.changed()
    return {"success": True}


def _number(provider: "Provider", number: Number, fields: str) -> Payload:
    account = provider.world.accounts[number.waba_id]
    has = {
        "verified_name": number.verified_name,
        "code_verification_status": "VERIFIED",
        "display_phone_number": number.display,
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API" if number.registered else "NOT_APPLICABLE",
        "throughput": {"level": "STANDARD"},
        "status": "CONNECTED" if number.registered else "PENDING",
        "account_mode": "LIVE",
        "name_status": "APPROVED",
        "is_official_business_account": False,
        "is_pin_enabled": number.registered,
        "messaging_limit_tier": "TIER_2K",
        "webhook_configuration": _configuration(provider, number, account),
    }
    return {**_chosen(has, fields), "id": number.id}


def _configuration(provider: "Provider", number: Number, account: Account) -> Payload:
    apps: list[App] = [provider.world.apps[app_id] for app_id in account.subscribed]
    found: Payload = {}
    if number.callback:
        found["phone_number"] = number.callback[0]
    for app in apps:
        if override := account.subscribed[app.id]:
            found["whatsapp_business_account"] = override[0]
        if app.callback_url:
            found["application"] = app.callback_url
    return found


def _account(account: Account, fields: str) -> Payload:
    has = {
        "name": account.name,
        "timezone_id": "92",
        "message_template_namespace": "ca0ce000_0000_4000_8000_000000000000",
        "currency": "MXN",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "country": "MX",
        "ownership_type": "SELF",
    }
    return {**_chosen(has, fields), "id": account.id}


def _chosen(has: Payload, fields: str) -> Payload:
    """Those of `fields` that exist; the Graph API refuses the others."""
    wanted = [name.split("{")[0].strip() for name in fields.split(",") if name.strip()]
    for name in wanted:
        if name != "id" and name not in has:
            raise GraphError(100, message=f"(#100) Tried accessing nonexisting field ({name[:60]})")
    return {name: has[name] for name in wanted if name in has}

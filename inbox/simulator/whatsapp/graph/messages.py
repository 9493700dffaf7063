"""Sending: from the request to a bubble on the customer's phone, and the statuses that follow."""

from typing import TYPE_CHECKING, Any

from inbox.simulator.web import Payload, Request
from inbox.simulator.whatsapp.errors import WINDOW_CLOSED, GraphError, invalid
from inbox.simulator.whatsapp.graph import templates
from inbox.simulator.whatsapp.graph.access import number_of
from inbox.simulator.whatsapp.graph.validation import MEDIA, check_content, check_envelope
from inbox.simulator.whatsapp.payloads import new_wamid
from inbox.simulator.whatsapp.world import Customer, Number, Template, bare
from inbox.simulator.world import Conversation, Message, now

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider

SHORTEST_PHONE = 7


def send(provider: "Provider", request: Request, number_id: str) -> Payload:
    _, number = number_of(provider, request, number_id)
    body = request.json()
    if not number.registered:
        raise GraphError(133010, "The business phone number is not registered.")
    if body.get("status") is not None:
        return _mark_read(provider, number, body)
    check_envelope(body)
    type_, content = check_content(body)
    provider.check_rate(number)
    with provider.world.lock:
        customer = _recipient(provider, number, body)
        talk = provider.world.conversation(number.id, customer.id)
        template = _template(provider, number, content) if type_ == "template" else None
        if template is not None:
            content = templates.filled(template, content.get("components") or [])
            if template.category == "AUTHENTICATION" and not body.get("to"):
                raise GraphError(131062, "Authentication templates need a phone number.")
        elif provider.window_answers and not talk.window_open(now()):
            raise GraphError(131047, WINDOW_CLOSED)
        message = _accepted(provider, talk, type_, content, body, template)
    provider.on_accepted(message, fail=request.fail_code)
    contact = {"input": body.get("to") or body["recipient"]}
    contact |= {"wa_id": bare_wa_id(customer)} if body.get("to") else {"user_id": customer.user_id}
    return {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": message.id, "message_status": "accepted"}],
    }


def _recipient(provider: "Provider", number: Number, body: Payload) -> Customer:
    """Someone unknown becomes a customer: to the provider every number may have a phone behind it."""
    to, user_id = body.get("to"), body.get("recipient")
    if not to:
        customer = provider.world.customer_by(user_id=user_id)
        if customer is None:
            raise GraphError(131009, "Param recipient is not a business-scoped user ID of this business.")
        return customer
    digits = "".join(sign for sign in to if sign.isdigit())
    if len(digits) < SHORTEST_PHONE or not set(to) <= set("+0123456789 -().") or "+" in to[1:]:
        raise invalid("Recipient phone number is not valid")
    if bare(digits) == bare(number.display):
        raise GraphError(131021, "Recipient phone number is the business's own.")
    customer = provider.world.customer_by(phone=digits)
    if customer is None:
        customer = provider.add_customer(provider.world.book.get(bare(digits), f"+{digits}"), phone=digits)
        if provider.trusting:
            provider.world.conversation(number.id, customer.id).last_inbound = now()
    return customer


def _template(provider: "Provider", number: Number, content: Payload) -> Template:
    name, language = content["name"], content["language"]["code"]
    for one in provider.world.templates.values():
        if (one.waba_id, one.name, one.language) == (number.waba_id, name, language):
            if one.status in ("PAUSED", "DISABLED"):
                raise GraphError(132015 if one.status == "PAUSED" else 132016, f"template name ({name})")
            if one.status == "APPROVED":
                return one
    raise GraphError(132001, f"template name ({name}) does not exist in {language}")


def _accepted(
    provider: "Provider",
    talk: Conversation,
    type_: str,
    content: Any,
    body: Payload,
    template: Template | None,
) -> Message:
    media = content.get(type_) if type_ == "template" else content
    if type_ in MEDIA and (media_id := media.get("id")) and media_id not in provider.world.media:
        raise invalid(f"Media with ID {str(media_id)[:40]} does not exist")
    if type_ == "reaction" and content["message_id"] not in provider.world.messages and not provider.trusting:
        raise invalid("reaction.message_id is no message of this conversation")
    message = Message(
        new_wamid(bare_wa_id(provider.world.customers[talk.customer_id])),
        talk.line_id,
        talk.customer_id,
        "business",
        type_,
        content,
        now(),
        "accepted",
        reply_to=(body.get("context") or {}).get("message_id"),
        callback_data=body.get("biz_opaque_callback_data"),
        pricing=_pricing(talk, template),
    )
    provider.world.add_message(message)
    return message


def _pricing(talk: Conversation, template: Template | None) -> Payload:
    moment = now()
    category = template.category.lower() if template else "service"
    if talk.entry_point and moment - talk.entry_point < 72 * 3600:
        kind = "free_entry_point"
    elif talk.window_open(moment) and category in ("service", "utility"):
        kind = "free_customer_service"
    else:
        kind = "regular"
    return {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}


def _mark_read(provider: "Provider", number: Number, body: Payload) -> Payload:
    """Blue ticks on the phone, and the dots of typing where they are asked for."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if body["status"] != "read":
        raise GraphError(100, message="(#100) Param status must be one of {read}")
    message = provider.world.messages.get(str(body.get("message_id")))
    if message is None and provider.trusting:
        return {"success": True}
    if message is None or message.line_id != number.id or message.origin != "customer":
        raise invalid("Message ID is not a message that this number received")
    typing = body.get("typing_indicator")
    if typing is not None and (not isinstance(typing, dict) or typing.get("type") != "text"):
        raise invalid("typing_indicator.type must be text")
    provider.on_read(message, typing=typing is not None)
    return {"success": True}


def bare_wa_id(customer: Customer) -> str:
    return customer.phone or customer.user_id

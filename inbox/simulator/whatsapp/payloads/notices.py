"""What is no customer's message: statuses, system notices, echoes of the phone app, news of account and templates."""

# ruff: noqa: A002 (type and id are the protocol's words)

import time
from collections.abc import Mapping, Sequence
from typing import Any

from inbox.simulator.web import Payload
from inbox.simulator.whatsapp.payloads.envelope import (
    ANA,
    NUMBER,
    Receiver,
    Sender,
    change,
    given,
    messages_change,
    new_wamid,
    seconds,
)
from inbox.simulator.whatsapp.payloads.inbound import message

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


def status(
    message_id: str,
    value: str = "sent",
    *,
    to: Sender = ANA,
    number: Receiver = NUMBER,
    at: float | None = None,
    error: tuple[int, str, str] | None = None,
    callback_data: str | None = None,
    pricing: Mapping[str, Any] | None = None,
) -> Payload:
    """sent, delivered, read, played or failed. `error`: (code, title, details), for failed.

    As the provider does, a failed one has no contacts, nor a BSUID where a phone number was written to.
    """
    failed = value == "failed"
    one = {
        "id": message_id,
        "status": value,
        "timestamp": seconds(at),
        **given(
            recipient_id=to.phone,
            recipient_user_id=None if failed and to.phone else to.user_id,
            recipient_parent_user_id=None if failed and to.phone else to.parent_user_id,
            biz_opaque_callback_data=callback_data,
            pricing=dict(pricing) if pricing else None,
        ),
    }
    if error:
        code, title, details = error
        one["errors"] = [
            {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": HREF}
        ]
    people: dict[str, list[Payload]] = {} if failed else {"contacts": [to.contact()]}
    return messages_change(number, statuses=[one], **people)


def _system(sender: Sender, number: Receiver, at: float | None, content: Payload) -> Payload:
    body = message("system", content, sender=sender, number=number, at=at)
    del body["entry"][0]["changes"][0]["value"]["contacts"]
    return body


def changed_number(
    new_phone: str, *, sender: Sender = ANA, number: Receiver = NUMBER, at: float | None = None
) -> Payload:
    said = f"User {sender.name} changed from {sender.phone} to {new_phone}"
    return _system(sender, number, at, {"body": said, "wa_id": new_phone, "type": "user_changed_number"})


def changed_user_id(
    new_user_id: str,
    *,
    sender: Sender = ANA,
    new_phone: str | None = None,
    new_parent_user_id: str | None = None,
    number: Receiver = NUMBER,
    at: float | None = None,
) -> Payload:
    """A new BSUID, since the phone number changed."""
    content = {
        "body": f"User {sender.name} changed from {sender.user_id} to {new_user_id}",
        **given(wa_id=new_phone, previous_user_id=sender.user_id),
        "user_id": new_user_id,
        **given(previous_parent_user_id=sender.parent_user_id, parent_user_id=new_parent_user_id),
        "type": "user_changed_user_id",
    }
    return _system(sender, number, at, content)


def identity_changed(*, sender: Sender = ANA, number: Receiver = NUMBER, at: float | None = None) -> Payload:
    content = {
        "body": f"The security code of {sender.name} changed",
        "identity": "DF2lS5v2W6x=",
        **given(customer=sender.phone, wa_id=sender.phone),
        "type": "customer_identity_changed",
    }
    return _system(sender, number, at, content)


def user_id_update(
    new_user_id: str,
    *,
    sender: Sender = ANA,
    new_parent_user_id: str | None = None,
    number: Receiver = NUMBER,
    at: float | None = None,
) -> Payload:
    """The same news as a field of its own."""
    parents = (
        {"previous": sender.parent_user_id, "current": new_parent_user_id} if new_parent_user_id else None
    )
    one = {
        **given(wa_id=sender.phone),
        "detail": "The user's business-scoped user ID changed",
        "user_id": {"previous": sender.user_id, "current": new_user_id},
        **given(parent_user_id=parents),
        "timestamp": seconds(at),
    }
    contact = sender.but(user_id=new_user_id, parent_user_id=new_parent_user_id).contact()
    return messages_change(number, "user_id_update", contacts=[contact], user_id_update=[one])


def user_preferences(
    value: str = "stop", *, sender: Sender = ANA, number: Receiver = NUMBER, at: float | None = None
) -> Payload:
    """A person stops marketing messages, or resumes them ("resume")."""
    one = {
        **given(wa_id=sender.phone, user_id=sender.user_id),
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(seconds(at)),
    }
    return messages_change(number, "user_preferences", contacts=[sender.contact()], user_preferences=[one])


def echo(
    type: str,
    content: Any,
    *,
    to: Sender = ANA,
    number: Receiver = NUMBER,
    id: str | None = None,
    at: float | None = None,
) -> Payload:
    """What the business wrote on its own phone (coexistence), e.g. echo("text", {"body": "Va"})."""
    one = {
        "from": number.digits,
        **given(to=to.phone, to_user_id=to.user_id),
        "id": id or new_wamid(number.digits),
        "timestamp": seconds(at),
        "type": type,
        type: content,
    }
    return messages_change(number, "smb_message_echoes", contacts=[to.contact()], message_echoes=[one])


def echo_edit(original_id: str, new: str, **common: Any) -> Payload:
    inner = {"type": "text", "text": {"body": new}}
    return echo("edit", {"original_message_id": original_id, "message": inner}, **common)


def echo_revoke(original_id: str, **common: Any) -> Payload:
    return echo("revoke", {"original_message_id": original_id}, **common)


def contact_sync(
    *people: Sender, action: str = "add", number: Receiver = NUMBER, at: float | None = None
) -> Payload:
    """The address book of the business's phone (coexistence)."""
    synced = [
        {
            "type": "contact",
            "contact": {
                "full_name": person.name,
                "first_name": person.name.split()[0],
                "phone_number": person.phone,
            },
            "action": action,
            "metadata": {"timestamp": seconds(at)},
        }
        for person in people
    ]
    return messages_change(number, "smb_app_state_sync", state_sync=synced)


def history(
    threads: Sequence[tuple[Sender, Sequence[Payload]]],
    *,
    phase: int = 0,
    chunk_order: int = 1,
    progress: int = 100,
    number: Receiver = NUMBER,
) -> Payload:
    """What was said before (coexistence): people, each with their messages."""
    chunk = {
        "metadata": {"phase": phase, "chunk_order": chunk_order, "progress": progress},
        "threads": [{"id": person.phone, "messages": list(messages)} for person, messages in threads],
    }
    return messages_change(number, "history", history=[chunk])


def template_status(
    event: str,
    *,
    template_id: str,
    name: str,
    language: str = "es_MX",
    category: str = "UTILITY",
    reason: str | None = "NONE",
    waba_id: str = NUMBER.waba_id,
    **more: Any,
) -> Payload:
    """APPROVED, REJECTED, PENDING, PAUSED, DISABLED, FLAGGED, …; `more`: disable_info, other_info, rejection_info."""
    value = {
        "event": event,
        **_template(template_id, name, language),
        "reason": reason,
        "message_template_category": category,
        **more,
    }
    return change("message_template_status_update", value, waba_id=waba_id)


def template_quality(
    *, template_id: str, name: str, language: str = "es_MX", previous: str = "GREEN", now: str = "YELLOW",
    waba_id: str = NUMBER.waba_id,
) -> Payload:  # fmt: skip
    value = {
        "previous_quality_score": previous,
        "new_quality_score": now,
        **_template(template_id, name, language),
    }
    return change("message_template_quality_update", value, waba_id=waba_id)


def template_category(
    *, template_id: str, name: str, language: str = "es_MX", previous: str = "UTILITY", now: str = "MARKETING",
    waba_id: str = NUMBER.waba_id,
) -> Payload:  # fmt: skip
    value = {
        **_template(template_id, name, language),
        "previous_category": previous,
        "new_category": now,
    }
    return change("template_category_update", value, waba_id=waba_id)


def _template(template_id: str, name: str, language: str) -> Payload:
    return {
        "message_template_id": int(template_id),
        "message_template_name": name,
        "message_template_language": language,
    }


def quality_update(event: str = "FLAGGED", *, limit: str = "TIER_10K", number: Receiver = NUMBER) -> Payload:
    value = {"display_phone_number": number.digits, "event": event, "current_limit": limit}
    return change("phone_number_quality_update", value, waba_id=number.waba_id)


def account_update(event: str = "ACCOUNT_RESTRICTION", *, number: Receiver = NUMBER, **more: Any) -> Payload:
    value = {
        "phone_number": number.digits,
        "event": event,
        "restriction_info": [
            {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": int(time.time()) + 86400}
        ],
        **more,
    }
    return change("account_update", value, waba_id=number.waba_id)

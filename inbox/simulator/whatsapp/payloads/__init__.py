"""Bodies of WhatsApp's webhooks, as the provider documents them.

Every builder returns one whole body (a dict) about one event, so that a test says only what it is about:

    payloads.text("Hola")                                   # from ANA to NUMBER
    payloads.text("Hola", sender=Sender("Luz", phone=None, user_id="MX.9", username="luz"))
    payloads.batch(payloads.text("1"), payloads.text("2"))  # one body of both
    raw = payloads.raw(body)                                # bytes, non-ASCII escaped as Meta does
    payloads.signature("app secret", raw)                   # for X-Hub-Signature-256

All take `sender` (who wrote), `number` (to whom), `id` (wamid…, a new one where none is given), `at` (Unix seconds)
and, where it applies, `reply_to` (id of a quoted message), `context` (more of the context object) and `referral`
(`ad()`). The shapes are those of Meta's webhook pages, 2026.
"""

from inbox.simulator.web import Payload
from inbox.simulator.whatsapp.payloads.envelope import (
    ANA,
    NUMBER,
    Receiver,
    Sender,
    batch,
    change,
    new_user_id,
    new_wamid,
    raw,
    signature,
)
from inbox.simulator.whatsapp.payloads.inbound import (
    ad,
    audio,
    button,
    button_reply,
    contacts,
    document,
    edit,
    image,
    list_reply,
    location,
    media,
    message,
    nfm_reply,
    order,
    reaction,
    revoke,
    sticker,
    text,
    unsupported,
    video,
)
from inbox.simulator.whatsapp.payloads.notices import (
    account_update,
    changed_number,
    changed_user_id,
    contact_sync,
    echo,
    echo_edit,
    echo_revoke,
    history,
    identity_changed,
    quality_update,
    status,
    template_category,
    template_quality,
    template_status,
    user_id_update,
    user_preferences,
)

__all__ = [
    "ANA",
    "NUMBER",
    "Payload",
    "Receiver",
    "Sender",
    "account_update",
    "ad",
    "audio",
    "batch",
    "button",
    "button_reply",
    "change",
    "changed_number",
    "changed_user_id",
    "contact_sync",
    "contacts",
    "document",
    "echo",
    "echo_edit",
    "echo_revoke",
    "edit",
    "history",
    "identity_changed",
    "image",
    "list_reply",
    "location",
    "media",
    "message",
    "new_user_id",
    "new_wamid",
    "nfm_reply",
    "order",
    "quality_update",
    "raw",
    "reaction",
    "revoke",
    "signature",
    "status",
    "sticker",
    "template_category",
    "template_quality",
    "template_status",
    "text",
    "unsupported",
    "user_id_update",
    "user_preferences",
    "video",
]

"""Webhooks as Meta's reference and its users have them, with room for any element."""

import json
from datetime import UTC, datetime

ARRIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AT = datetime(2026, 11, 20, 11, 59, 50, tzinfo=UTC)
STAMP = str(int(AT.timestamp()))

ANA = {"profile": {"name": "Ana", "username": "ana.s"}, "wa_id": "5511988887777", "user_id": "BR.77"}


def change(field="messages", *, number="PN1", contacts=(ANA,), **value):
    metadata = (
        {"metadata": {"display_phone_number": "5511400001", "phone_number_id": number}} if number else {}
    )
    whose = {"contacts": list(contacts)} if contacts else {}
    return {"field": field, "value": {"messaging_product": "whatsapp", **metadata, **whose, **value}}


def webhook(*changes, account="WABA1", time=int(STAMP)):
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": account, "time": time, "changes": list(changes)}],
    }


def message(kind="text", content=None, *, wamid="wamid.A1", **more):
    said = {"body": "oi"} if content is None else content
    return {
        "from": "5511988887777",
        "from_user_id": "BR.77",
        "id": wamid,
        "timestamp": STAMP,
        "type": kind,
        kind: said,
        **more,
    }


def status(value="delivered", *, wamid="wamid.OUT1", **more):
    return {"id": wamid, "status": value, "timestamp": STAMP, "recipient_id": "5511988887777", **more}


def raw(payload):
    return json.dumps(payload).encode()

"""Webhooks as the reference of the Messenger Platform has them, with room for any element."""

import json
from datetime import UTC, datetime

ARRIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AT = datetime(2026, 11, 20, 11, 59, 50, tzinfo=UTC)
STAMP = int(AT.timestamp() * 1000)


def element(sender="PSID1", recipient="PAGE1", timestamp=STAMP, **what):
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": timestamp, **what}


def echo(mid="m_ours", **more):
    return element(
        "PAGE1", "PSID1", message={"mid": mid, "is_echo": True, "app_id": 77, "text": "hola", **more}
    )


def message(mid="m_1", **content):
    return element(message={"mid": mid, **content})


def webhook(*elements, of="page", entry="PAGE1", where="messaging", **more):
    return {"object": of, "entry": [{"id": entry, "time": STAMP, where: list(elements), **more}]}


def raw(payload):
    return json.dumps(payload).encode()

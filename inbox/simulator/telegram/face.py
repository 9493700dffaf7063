"""What the page shows of Telegram: see `provider.Provider.face`."""

from inbox.simulator.telegram import defaults
from inbox.simulator.web import Payload

FACE: Payload = {
    "name": "Telegram",
    "hue": 240,
    "faults": [
        ["fault_429", {"kind": "error", "code": 429}],
        ["fault_blocked", {"kind": "error", "code": 403}],
        ["fault_500", {"kind": "status", "status": 500}],
        ["fault_hang", {"kind": "hang"}],
        ["fault_garbage", {"kind": "garbage"}],
        ["fault_accept_hang", {"kind": "accept_then_hang"}],
        ["fault_slow", {"kind": "slow", "seconds": 5}],
        ["fault_close", {"kind": "close"}],
        ["fault_media", {"kind": "status", "status": 404, "area": "download"}],
        ["fault_token401", {"kind": "error", "code": 401, "area": "any"}],
    ],
    "mischief": [
        "duplicate", "reorder", "wrong_secret", "malformed", "wrong_types", "unknown_connection", "unknown_update",
        "batch", "huge",
    ],
    "things": [
        "shirt", "sofa", "receipt", "album", "voice", "video", "document", "sticker", "location", "contact", "poll",
    ],
    "switches": ["phone_on"],
    "acts": [
        ["block", "block"], ["unblock", "unblock"], ["ownerWrites", "owner_writes"], ["groupText", "group_text"],
        ["shutWindow", "close_window"],
    ],
    "revokes": True,
    "window": False,
    "invent": [["newTelegram", "send", {}]],
    "values": {"token": defaults.BOT_TOKEN},
}  # fmt: skip

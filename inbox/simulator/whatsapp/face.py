"""What the page shows of WhatsApp: see `provider.Provider.face`."""

from inbox.simulator.web import Payload
from inbox.simulator.whatsapp import defaults

FACE: Payload = {
    "name": "WhatsApp",
    "hue": 150,
    "faults": [
        ["fault_rate", {"kind": "error", "code": 131056}],
        ["fault_limit", {"kind": "status", "status": 429}],
        ["fault_500", {"kind": "error", "code": 131000}],
        ["fault_hang", {"kind": "hang"}],
        ["fault_garbage", {"kind": "garbage"}],
        ["fault_accept_hang", {"kind": "accept_then_hang"}],
        ["fault_fail", {"kind": "accept_then_fail", "code": 131026}],
        ["fault_window", {"kind": "error", "code": 131047}],
        ["fault_slow", {"kind": "slow", "seconds": 5}],
        ["fault_close", {"kind": "close"}],
        ["fault_media", {"kind": "status", "status": 404, "area": "download"}],
        ["fault_token", {"kind": "error", "code": 190, "area": "any"}],
    ],
    "mischief": [
        "duplicate", "reorder", "wrong_signature", "malformed", "wrong_types", "unknown_receiver", "unknown_type",
        "batch", "huge",
    ],
    "things": [
        "shirt", "sofa", "receipt", "voice", "video", "document", "sticker", "location", "contact", "order", "poll",
    ],
    "switches": ["phone_on", "reads", "stopped_marketing", "on_whatsapp"],
    "acts": [["shutWindow", "close_window"], ["adStart", "click_ad"], ["changeNumber", "change_number"]],
    "revokes": True,
    "window": True,
    "invent": [["newPerson", "plus", {}], ["newUsername", "at", {"hides_phone": True}]],
    # What one pastes in Cauce to connect a channel. They open nothing but this simulator.
    "values": {
        "app": defaults.APP_ID,
        "secret": defaults.APP_SECRET,
        "token": defaults.ACCESS_TOKEN,
        "account": defaults.WABA_ID,
    },
}  # fmt: skip

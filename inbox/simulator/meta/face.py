"""What the page shows of Messenger and Instagram: see `provider.Provider.face`."""

from inbox.simulator.meta import defaults
from inbox.simulator.web import Payload

COMMON: Payload = {
    "faults": [
        ["fault_rate613", {"kind": "error", "code": 613}],
        ["fault_window10", {"kind": "error", "code": 10}],
        ["fault_gone551", {"kind": "error", "code": 551}],
        ["fault_temporary2", {"kind": "error", "code": 2}],
        ["fault_hang", {"kind": "hang"}],
        ["fault_garbage", {"kind": "garbage"}],
        ["fault_accept_hang", {"kind": "accept_then_hang"}],
        ["fault_slow", {"kind": "slow", "seconds": 5}],
        ["fault_close", {"kind": "close"}],
        ["fault_media", {"kind": "status", "status": 404, "area": "download"}],
        ["fault_profile", {"kind": "error", "code": 230, "area": "profile", "times": 10}],
        ["fault_token", {"kind": "error", "code": 190, "area": "any"}],
    ],
    "mischief": [
        "duplicate", "reorder", "wrong_signature", "malformed", "wrong_types", "unknown_receiver", "unknown_type",
        "unknown_field", "batch", "huge",
    ],
    "switches": ["phone_on", "reads", "tells_profile", "blocked"],
    "revokes": True,
    "window": True,
}  # fmt: skip
MESSENGER: Payload = {
    **COMMON,
    "name": "Messenger",
    "hue": 262,
    "look": "messenger",
    "things": ["shirt", "sofa", "receipt", "voice", "video", "document", "sticker", "post"],
    "acts": [
        ["getStarted", "post_back"], ["adStart", "click_ad"], ["followLink", "follow_link"],
        ["pageWrites", "page_writes"], ["otherAppTakes", "other_app_takes"], ["givesBack", "gives_back"],
        ["shutWindow", "close_window"], ["shutWeek", "close_window", {"hours": 170}],
    ],
    "invent": [["newMessenger", "messenger", {}]],
    "values": {
        "app": defaults.APP_ID, "secret": defaults.APP_SECRET, "token": defaults.USER_TOKEN,
        "page_token": defaults.PAGE_TOKEN,
    },
}  # fmt: skip
INSTAGRAM: Payload = {
    **COMMON,
    "name": "Instagram",
    "hue": 350,
    "look": "instagram",
    "things": [
        "shirt", "sofa", "receipt", "voice", "video", "storyReply", "storyMention", "post",
    ],
    "acts": [
        ["storyReply", "reply_to_story"], ["storyMention", "mention_in_story"], ["storiesEnd", "end_stories"],
        ["adStart", "click_ad"], ["followLink", "follow_link"], ["pageWrites", "page_writes"],
        ["otherAppTakes", "other_app_takes"], ["givesBack", "gives_back"], ["shutWindow", "close_window"],
        ["shutWeek", "close_window", {"hours": 170}],
    ],
    "invent": [["newInstagram", "camera", {}]],
    "values": {
        "app": defaults.APP_ID, "secret": defaults.APP_SECRET, "token": defaults.USER_TOKEN,
        "own_app": defaults.OWN_APP_ID, "own_secret": defaults.OWN_SECRET, "own_token": defaults.OWN_TOKEN,
    },
}  # fmt: skip

"""Channels, and the web chat: its settings, and its public routes, where a visitor's token is the way in."""

from inbox.channels.webchat.actions import widgets
from tests.access.rows import ADMINS, EVERYONE, Kind, Row, World

WITHOUT_A_TOKEN = frozenset({403})


def widget(world: World) -> dict[str, object]:
    return {"token": widgets.connect(by=world.owner).external_id}


def forged(world: World) -> dict[str, object]:
    return {**widget(world), "key": "1-20000:forged"}


def channel(world: World) -> dict[str, object]:
    return {"pk": widgets.connect(by=world.owner).pk}


def asked(name: str, **methods: frozenset) -> Row:
    return Row(f"webchat:{name}", Kind.PUBLIC, target=widget, ok=WITHOUT_A_TOKEN, **methods)


ROWS = [
    Row("inbox:channels", get=ADMINS),
    Row("inbox:webchat_connect", get=ADMINS, post=ADMINS),
    Row("inbox:webchat", get=ADMINS, post=ADMINS, target=channel),
    Row("inbox:webchat_preview", get=ADMINS, target=channel),
    Row("inbox:webchat_secret", post=ADMINS, target=channel),
    Row("inbox:webchat_removal", post=ADMINS, target=channel),
    # Public
    Row("webchat:page", Kind.PUBLIC, get=EVERYONE, target=widget),
    Row("webchat:loader", Kind.PUBLIC, get=EVERYONE, target=widget),
    Row("webchat:start", Kind.PUBLIC, post=EVERYONE, target=widget),
    Row("webchat:file", Kind.PUBLIC, get=EVERYONE, target=forged, ok=frozenset({404})),
    asked("messages", get=EVERYONE, post=EVERYONE),
    asked("receipts", post=EVERYONE),
    asked("typing", post=EVERYONE),
    asked("ticket", get=EVERYONE),
    asked("identity", post=EVERYONE),
    Row("webchat:trial", Kind.ACCOUNT, get=EVERYONE, target=widget),
]

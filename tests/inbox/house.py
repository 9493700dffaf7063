"""What tests of conversations begin with: a Meta app, a number, webhooks as Meta signs them, and the work that follows.

    channel = house.channel(workspace)
    house.post(channel, house.text("hola", phone="5215512345678"), name="Marta")    the endpoint, over Django's client
    house.work_off()                                                               all that is due is done
    with scope(workspace): Message.objects.get()

Kinds: "whatsapp" is the real one. `house.Post` is a kind of ours for sending, whose provider is a list.
"""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from crm.tenancy import scope
from crm.work import DeliveryError, Receipt
from crm.work.attempts import deliver
from crm.work.claims import claim
from directory.models import Lead
from inbox.channels import kinds
from inbox.channels.kinds import Capabilities, Fetched, FileLimit
from inbox.journal import splitting
from inbox.models import Channel, Identity, IdentityKey, Message, ProviderApp, Session
from workspaces.models import Workspace

SECRET = "app secret of the tests"
_numbers = itertools.count(1)


def app(owner: Workspace | None = None) -> ProviderApp:
    return ProviderApp.objects.create(
        provider="meta",
        owner=owner,
        secrets={"app_id": "1", "app_secret": SECRET, "verify_token": "let me in"},
    )


def channel(
    workspace: Workspace, *, kind: str = "whatsapp", number: str = "", account: str = "", **columns: Any
) -> Channel:
    """A connected channel; its app is made unless one is given."""
    columns.setdefault("name", "Ventas")
    columns.setdefault("app", app() if kind == "whatsapp" and "app" not in columns else None)
    columns.setdefault("secrets", {"token": "token of the tests"})
    with scope(workspace):
        return Channel.objects.create(
            kind=kind, external_id=number or f"PN{next(_numbers)}", account_id=account, **columns
        )


def element(
    type_: str, content: Any, *, wamid: str = "", phone: str = "5215512345678", **more: Any
) -> dict[str, Any]:
    """One element of `messages`. `user` is a BSUID; with phone="" there is only that."""
    user, at = more.pop("user", ""), more.pop("at", time.time())
    who = {**({"from": phone} if phone else {}), **({"from_user_id": user} if user else {})}
    found = {
        "id": wamid or f"wamid.{next(_numbers)}",
        "timestamp": str(int(at)),
        "type": type_,
        type_: content,
    }
    return {**who, **found, **more}


def text(body: str, **more: Any) -> dict[str, Any]:
    return element("text", {"body": body}, **more)


def status(message: Message | str, value: str, *, wamid: str = "", **more: Any) -> dict[str, Any]:
    """Of a message of ours, with our id of it; or of a wamid alone."""
    named = {"id": wamid or (message if isinstance(message, str) else message.external_id)}
    if isinstance(message, Message):
        named["biz_opaque_callback_data"] = message.uid.hex
    at = more.pop("at", time.time())
    return {**named, "status": value, "timestamp": str(int(at)), "recipient_id": "5215512345678", **more}


def webhook(
    channel: Channel, *elements: dict[str, Any], name: str = "", echo: bool = False
) -> dict[str, Any]:
    """One request with all of them. `name`: their profile's."""
    statuses = [one for one in elements if "status" in one and "type" not in one]
    messages = [one for one in elements if one not in statuses]
    listed = "message_echoes" if echo else "messages"
    value: dict[str, Any] = {
        "metadata": {"phone_number_id": channel.external_id},
        "messaging_product": "whatsapp",
    }
    if messages:
        value[listed] = messages
        value["contacts"] = [_contact(one, name) for one in messages if name]
    if statuses:
        value["statuses"] = statuses
    field = "smb_message_echoes" if echo else "messages"
    entry = {"id": channel.account_id or "WABA", "changes": [{"field": field, "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(channel: Channel, *elements: dict[str, Any], **options: Any) -> Any:
    """The webhook at the app's endpoint, signed; the answer."""
    return post_raw(channel.app, json.dumps(webhook(channel, *elements, **options)).encode())


def post_raw(app: ProviderApp, body: bytes, **headers: str) -> Any:
    address = reverse("hooks:webhook", kwargs={"provider": "meta", "public_id": app.public_id})
    signed = {"X-Hub-Signature-256": sign(body), **headers}
    return Client().post(address, body, content_type="application/json", headers=signed)


def work_off(*, attempts: int = 1) -> int:
    """All that is due, as splitter and workers would: returns how many attempts were made."""
    made = splitting.run()
    while (batch := claim("now")) and batch.items:
        made += deliver(batch)
    return made


def take_in(channel: Channel, *elements: dict[str, Any], **options: Any) -> list[Message]:
    """Post, and work off; the channel's messages, in the order of the thread."""
    assert post(channel, *elements, **options).status_code == 200
    work_off()
    return messages(channel)


def messages(channel: Channel) -> list[Message]:
    with scope(channel.workspace_id):
        return list(Message.objects.filter(channel=channel).select_related("lead").oldest_first())


def conversation(
    lead: Lead,
    channel: Channel,
    *,
    key: str = "wa:5215512345678",
    window: timedelta | None = timedelta(hours=20),
) -> Session:
    """An identity of the lead with an open session, as if they had written; in the scope."""
    from django.utils import timezone

    identity = Identity.objects.create(lead=lead, channel=channel)
    IdentityKey.objects.create(channel=channel, identity=identity, key=key)
    ends = timezone.now() + window if window is not None else None
    return Session.objects.create(identity=identity, channel=channel, window_ends_at=ends)


class Post:
    """A kind of channel whose provider is a list; `fails` makes it say no, `silent` nothing."""

    key, label, icon = "post", "Post", "mail"
    capabilities = Capabilities(
        text_limit=100,
        caption_limit=50,
        window=timedelta(hours=24),
        files={"image": FileLimit(("image/png",), 1000), "document": FileLimit((), 2000)},
        buttons=3,
        replies=True,
        read_marks=True,
        typing=True,
        templates=True,
    )

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.marks: list[tuple[int, bool]] = []
        self.notices: list[Any] = []
        self.files: dict[str, Fetched | DeliveryError] = {}
        self.error: DeliveryError | None = None

    def fails(self, words: str = "No.", **how: Any) -> None:
        self.error = DeliveryError(words, **how)

    def send(self, message: Message, *, attempt: int = 1) -> Receipt:
        if self.error:
            raise self.error
        self.sent.append(message.text)
        return Receipt(f"post.{message.uid.hex}.{attempt}")

    def fetch(self, attachment: Any, channel: Channel) -> Fetched:
        found = self.files[attachment.provider_id]
        if isinstance(found, DeliveryError):
            raise found
        return found

    def mark_read(self, message: Message, *, typing: bool = False) -> None:
        self.marks.append((message.pk, typing))

    def notice(self, channel: Channel, part: Any) -> None:
        self.notices.append(part)

    def address(self, phone: str) -> str | None:
        return f"post:{phone}"

    def disconnects(self, error: DeliveryError) -> bool:
        return False

    def explain(self, code: str) -> None:
        return None

    def settings_url_name(self) -> str:
        return "inbox:post"

    def connect_url_name(self) -> str:
        return "inbox:post_connect"


@contextmanager
def posted() -> Iterator[Post]:
    """The kind "post", registered for a while."""
    kind = Post()
    kinds._KINDS["post"] = kind
    try:
        yield kind
    finally:
        del kinds._KINDS["post"]


def _contact(message: dict[str, Any], name: str) -> dict[str, Any]:
    found = {"profile": {"name": name}}
    if "from" in message:
        found["wa_id"] = message["from"]
    if "from_user_id" in message:
        found["user_id"] = message["from_user_id"]
    return found

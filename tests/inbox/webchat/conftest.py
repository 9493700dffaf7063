"""A web chat of the workspace, and visitors at it."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.tenancy import scope
from inbox.channels.webchat.actions import widgets
from inbox.models import Channel, Delivery, Direction, Message, MessageKind
from workspaces.models import Membership


class Browser:
    """The page in a visitor's frame: keeps the token, and asks as its scripts do."""

    def __init__(self, channel: Channel, ip: str = "203.0.113.7") -> None:
        self.base = f"/chat/{channel.external_id}/"
        self.channel = channel
        self.token = ""
        self.client = Client(REMOTE_ADDR=ip)

    def start(self) -> dict[str, Any]:
        return self._kept(self.post("start/"))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        headers.setdefault("X-Visitor", self.token)
        text = body if isinstance(body, str) else json.dumps(body or {})
        return self.client.post(self.base + path, text, content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.client.get(self.base + path, headers={"X-Visitor": self.token})

    def say(self, text: str, *, client_id: str = "", **body: Any) -> Any:
        if not self.token:
            self.start()
        return self.post("messages/", {"client_id": client_id or uuid.uuid4().hex, "text": text, **body})

    def upload(self, name: str, content: bytes, *, client_id: str = "", mime: str = "image/png") -> Any:
        if not self.token:
            self.start()
        file = SimpleUploadedFile(name, content, content_type=mime)
        body = {"client_id": client_id or uuid.uuid4().hex, "text": "", "file": file}
        return self.client.post(self.base + "messages/", body, headers={"X-Visitor": self.token})

    def identify(self, identifier: str, signature: str) -> Any:
        answer = self.post("identity/", {"identifier": identifier, "hash": signature})
        if answer.status_code == 200:
            self._kept(answer)
        return answer

    def read(self) -> list[dict[str, Any]]:
        return list(self.get("messages/").json()["messages"])

    def _kept(self, answer: Any) -> dict[str, Any]:
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        self.token = found.get("visitor", self.token)
        return found


@pytest.fixture
def channel(owner: Membership) -> Channel:
    with scope(owner.workspace):
        return widgets.connect(by=owner)


@pytest.fixture
def visitor(channel: Channel) -> Browser:
    return Browser(channel)


def answer(message: Message, text: str, *, by: Membership, delivery: str = Delivery.SENT) -> Message:
    """What one of us wrote back, as sending leaves it. In the scope."""
    return Message.objects.create(
        lead_id=message.lead_id,
        channel_id=message.channel_id,
        identity_id=message.identity_id,
        session_id=message.session_id,
        direction=Direction.OUT,
        kind=MessageKind.TEXT,
        text=text,
        author=by,
        sent_at=message.sent_at,
        sequence=1,
        delivery=delivery,
    )

"""A request and an answer, as the parts of the simulator see them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

Payload = dict[str, Any]


class BadBody(ValueError):
    """The body is not what its type says."""


class NoSuchThing(Exception):
    """What the address of a control call names."""


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    fail_code: int | None = None  # a message that is taken shall fail later, with this error

    def json(self) -> dict[str, Any]:
        """The body as an object; a form's fields count too. Raises BadBody."""
        kind = self.headers.get("content-type", "")
        if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")) or not self.body:
            return {**self.query, **self.form()}
        try:
            read = json.loads(self.body)
        except ValueError:
            raise BadBody("The request body is no valid JSON") from None
        if not isinstance(read, dict):
            raise BadBody("The request body must be an object")
        return read

    def form(self) -> dict[str, str]:
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(self.body.decode("utf-8", "replace")))
        return {name: part.content.decode("utf-8", "replace") for name, part in self.parts().items()}

    def parts(self) -> dict[str, "Part"]:
        """Those of a multipart body, by name."""
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return {}
        head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
        parsed = BytesParser(policy=policy.HTTP).parsebytes(head + self.body)
        found = {}
        for part in parsed.iter_parts():
            name = part.get_param("name", header="content-disposition")
            if isinstance(name, str):
                content = part.get_payload(decode=True)
                found[name] = Part(
                    part.get_filename(),
                    part.get_content_type(),
                    content if isinstance(content, bytes) else b"",
                )
        return found

    def token(self) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() in ("bearer", "oauth") and token:
            return token.strip()
        return self.query.get("access_token")


@dataclass
class Part:
    filename: str | None
    content_type: str
    content: bytes


@dataclass
class Answer:
    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), status)

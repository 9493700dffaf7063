"""Media: taken in, described with an address that lives five minutes, given out to whoever has the token."""

import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING

from inbox.simulator.web import Answer, Payload, Request, as_json
from inbox.simulator.whatsapp.errors import GraphError, no_such_object
from inbox.simulator.whatsapp.graph.access import bearer, number_of, own_app

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider

MB = 1024 * 1024
ADDRESS_LIVES = 300.0
KEY = secrets.token_bytes(16)

# type: greatest size, MIME types
ALLOWED: dict[str, tuple[int, tuple[str, ...]]] = {
    "image": (5 * MB, ("image/jpeg", "image/png")),
    "sticker": (500 * 1024, ("image/webp",)),
    "audio": (16 * MB, ("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus")),
    "video": (16 * MB, ("video/mp4", "video/3gpp")),
    "document": (
        100 * MB,
        (
            "text/plain",
            "application/pdf",
            "application/vnd.ms-powerpoint",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ),
}


def kind_of(mime_type: str) -> str | None:
    bare = mime_type.split(";", maxsplit=1)[0].strip().lower()
    return next((kind for kind, (_, types) in ALLOWED.items() if bare in types), None)


def upload(provider: "Provider", request: Request, number_id: str) -> Payload:
    number_of(provider, request, number_id)
    parts = request.parts()
    if parts.get("messaging_product") is None or parts["messaging_product"].content != b"whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    file = parts.get("file")
    if file is None:
        raise GraphError(100, message="(#100) The parameter file is required.")
    claimed = parts["type"].content.decode("utf-8", "replace") if "type" in parts else file.content_type
    kind = kind_of(claimed)
    if kind is None:
        types = ", ".join(sorted(name for _, names in ALLOWED.values() for name in names))
        raise GraphError(
            100,
            message=(
                f"(#100) Param file must be a file with one of the following types: {types}."
                f" Received file of type '{claimed[:80]}'."
            ),
        )
    if not file.content:
        raise GraphError(131053, "The file is empty.")
    if len(file.content) > ALLOWED[kind][0]:
        raise GraphError(131053, f"{kind} file is larger than {ALLOWED[kind][0]} bytes.")
    return {"id": provider.store.keep(file.content, claimed, filename=file.filename).id}


def described(provider: "Provider", media_id: str) -> Payload:
    media = provider.world.media[media_id]
    return {
        "url": address(provider, media_id),
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": media.size,
        "id": media.id,
        "messaging_product": "whatsapp",
    }


def address(provider: "Provider", media_id: str) -> str:
    """Where it can be fetched for the next five minutes."""
    until = int(time.time() + ADDRESS_LIVES)
    return f"{provider.base_url}/attachments/{media_id}?ext={until}&hash={_sign(media_id, until)}"


def download(provider: "Provider", request: Request, media_id: str) -> Answer:
    """Needs the token beside the address; 404 once either the address or the file is gone."""
    try:
        bearer(provider, request)
    except GraphError as error:
        return as_json(error.body(), 401)
    until = request.query.get("ext", "")
    right = until.isdecimal() and hmac.compare_digest(
        request.query.get("hash", "").encode(), _sign(media_id, int(until)).encode()
    )
    media = provider.world.media.get(media_id)
    if not right or int(until) < time.time() or media is None:
        return Answer(b"URL signature expired", 404, "text/plain")
    content = provider.store.read(media_id)
    return Answer(content, content_type=media.mime_type)


def _sign(media_id: str, until: int) -> str:
    return hmac.new(KEY, f"{media_id}:{until}".encode(), hashlib.sha256).hexdigest()[:32]


# The resumable upload, whose handle an example picture of a template wants


def begin_upload(provider: "Provider", request: Request, app_id: str) -> Payload:
    own_app(provider, request, app_id)
    asked = {**request.query, **request.json()}
    if not str(asked.get("file_length", "")).isdecimal() or not asked.get("file_type"):
        raise GraphError(100, message="(#100) file_length and file_type are required.")
    upload_id = "upload:" + secrets.token_urlsafe(24)
    provider.uploads[upload_id] = str(asked["file_type"])
    return {"id": upload_id}


def take_upload(provider: "Provider", request: Request, upload_id: str) -> Payload:
    bearer(provider, request)
    mime_type = provider.uploads.pop(upload_id, None)
    if mime_type is None:
        raise no_such_object(upload_id, "post")
    media = provider.store.keep(request.body, mime_type)
    return {"h": f"4::{media.id}"}

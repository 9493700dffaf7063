"""Is what came in readable text: no NUL (PostgreSQL cannot hold it), no broken UTF-8, and not too large."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])
BROKEN_BYTE = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")  # what Django leaves encoded in a path is no UTF-8
LONGEST_ID = 20  # digits; Python refuses to read thousands of them
LARGEST_ID = 2**63 - 1  # of the database
DRAIN_LIMIT = 64 * 1024 * 1024  # bytes read and thrown away, so that the browser gets to see the answer


def raw_body(view: View) -> View:
    """Marks a view that reads `request.body` as it came: a webhook's bytes are kept before they are judged."""
    view.raw_body = True  # type: ignore[attr-defined]
    return view


def upload_limit(size: int) -> Callable[[View], View]:
    """Marks a view whose multipart body may have `size` bytes instead of UPLOAD_MAX_BYTES.

    Beside `raw_body` any body may; the view reads it by `request.read`, since `request.body` keeps Django's limit.
    """

    def mark(view: View) -> View:
        view.upload_limit = size  # type: ignore[attr-defined]
        return view

    return mark


def whole_number(text: str) -> int | None:
    """The id that a form or a query string names; None for what no id can be."""
    number = int(text) if text.isdecimal() and len(text) < LONGEST_ID else None
    return number if number is not None and number <= LARGEST_ID else None


def is_clean_head(request: HttpRequest) -> bool:
    """Path, query string, cookies and headers."""
    meta = request.META
    query = meta.get("QUERY_STRING", "")
    if query and not is_clean_quoted(query.encode("latin-1", "replace")):
        return False
    if "\x00" in request.path or BROKEN_BYTE.search(request.path):
        return False
    if any("\x00" in value for key, value in meta.items() if key.startswith("HTTP_")):
        return False
    # A cookie's quoted value may spell NUL as an octal escape.
    return "HTTP_COOKIE" not in meta or not any("\x00" in value for value in request.COOKIES.values())


def is_clean_body(request: HttpRequest) -> bool:
    """Form, multipart or JSON; other kinds of body are for their view to read.

    Raises Django's RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError.
    """
    kind = request.content_type or ""
    if kind == "application/x-www-form-urlencoded":
        return is_clean_quoted(request.body) and len(request.POST) >= 0
    if kind == "multipart/form-data":
        names = [upload.name or "" for files in request.FILES.lists() for upload in files[1]]
        values = [value for _, values in request.POST.lists() for value in values]
        # Django has replaced broken bytes by U+FFFD already.
        return not any("\x00" in text or "\ufffd" in text for text in (*request.POST, *values, *names))
    if kind == "application/json" or kind.endswith("+json"):
        return is_clean_json(request.body)
    return True


def is_clean_quoted(quoted: bytes) -> bool:
    """Percent-encoded text."""
    if b"%" not in quoted:
        return is_clean_bytes(quoted)
    return is_clean_bytes(unquote_to_bytes(quoted))


def is_clean_bytes(raw: bytes) -> bool:
    if b"\x00" in raw:
        return False
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_clean_json(raw: bytes) -> bool:
    """JSON whose escapes spell neither NUL nor half a character. Whether it is JSON at all is for the view."""
    if not is_clean_bytes(raw):
        return False
    if b"\\u0000" not in raw and b"\\ud" not in raw.lower():
        return True
    try:
        return _is_clean_value(json.loads(raw))
    except (ValueError, RecursionError):
        return True  # not JSON: the view says so


def body_limit(request: HttpRequest, upload: int | None, *, raw: bool = False) -> int:
    """The largest body, in bytes, for this kind of content, or of any where the view takes it raw."""
    if raw and upload:
        return upload
    if request.content_type == "multipart/form-data":
        return upload or int(settings.UPLOAD_MAX_BYTES)
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def drain(request: HttpRequest) -> None:
    """Reads on for a while: a server that answers and closes amid an upload shows people a broken connection."""
    left = DRAIN_LIMIT
    while left > 0 and (chunk := request.read(65_536)):
        left -= len(chunk)


def _is_clean_value(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return all(_is_clean_value(key) and _is_clean_value(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_clean_value(item) for item in value)
    return True

"""Giving out a stranger's file: nothing in it may run on our origin.

Only pictures, sounds and films, by their content, are shown in place; all else is a download. Every answer forbids the
browser to guess another type, and puts whatever it holds into a sandbox without an origin.
"""

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, http_date

from inbox.fetching.looking import UNKNOWN
from inbox.models import Attachment

CHUNK = 64 * 1024
SHOWN = frozenset({"image", "sticker", "video", "audio", "voice"})
FOR_A_DAY = "private, max-age=86400"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def answer(attachment: Attachment, request: HttpRequest) -> HttpResponseBase:
    """Whole, or the one range that a player asks for. 410 where the store has lost it."""
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError:
        return HttpResponse(status=410)
    size = attachment.size
    start, end = _asked(request.headers.get("Range", ""), size)
    if start >= size:
        file.close()
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _guarded(response, attachment)
    part = (start, end) != (0, size - 1)
    file.seek(start)
    streamed = StreamingHttpResponse(_Part(file, end - start + 1), status=206 if part else 200)
    streamed.headers["Content-Length"] = str(end - start + 1)
    streamed.headers["Accept-Ranges"] = "bytes"
    streamed.headers["Last-Modified"] = http_date(attachment.created_at.timestamp())
    streamed.headers["Cache-Control"] = FOR_A_DAY
    if part:
        streamed.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return _guarded(streamed, attachment)


def _guarded(response: HttpResponseBase, attachment: Attachment) -> HttpResponseBase:
    shown = attachment.kind in SHOWN
    name = attachment.name or f"{attachment.kind}-{attachment.pk}"
    response.headers["Content-Type"] = attachment.mime if shown else UNKNOWN
    response.headers["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _asked(header: str, size: int) -> tuple[int, int]:
    """First and last byte. What is no single range of bytes is answered whole, as the standard lets us."""
    found = _RANGE.fullmatch(header.strip())
    if not found or found.groups() == ("", ""):
        return 0, size - 1
    first, last = found.groups()
    if first == "":
        return max(size - int(last), 0), size - 1
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) <= end or int(first) >= size else (0, size - 1)


class _Part:
    """Some bytes of an open file, from where it stands. Closed when read, or with its response."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self.file, self.length = file, length

    def __iter__(self) -> Iterator[bytes]:
        with self.file:
            while self.length > 0 and (chunk := self.file.read(min(CHUNK, self.length))):
                self.length -= len(chunk)
                yield chunk

    def close(self) -> None:
        self.file.close()

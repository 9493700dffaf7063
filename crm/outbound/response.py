"""An answer, read whole and within its limit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from crm.outbound.errors import BadAnswer, StatusError, TooLarge

STEP = 65_536  # bytes unpacked at a time


@dataclass(frozen=True)
class Response:
    """`url` is where the answer came from, after redirects."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str

    @property
    def text(self) -> str:
        charset = self.headers.get("content-type", "").partition("charset=")[2].strip('"; ') or "utf-8"
        try:
            return self.content.decode(charset, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Raises BadAnswer where the body is no JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise BadAnswer("the answer is not JSON") from None

    def check(self) -> Response:
        """Itself, or raises StatusError for a status of 400 and more."""
        if self.status >= 400:
            raise StatusError(self.status)
        return self


def read_body(response: httpx.Response, limit: int) -> bytes:
    """The body, unpacked, of at most `limit` bytes. A bomb is never unpacked further than that."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"the answer has {declared} bytes, more than {limit}")
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    raw = response.iter_raw()
    parts: list[bytes] = []
    size = 0
    for part in raw if coding in ("", "identity") else _unpacked(raw, coding):
        size += len(part)
        if size > limit:
            raise TooLarge(f"the answer has more than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _unpacked(raw: Iterable[bytes], coding: str) -> Iterator[bytes]:
    # httpx's own decoders unpack a whole chunk at once, a thousand times its size if it likes.
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise BadAnswer("the answer is packed in a way that was not asked for")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for chunk in raw:
            data = chunk
            while data:
                yield unpack.decompress(data, STEP)
                data = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error:
        raise BadAnswer("the answer could not be unpacked") from None
    if not unpack.eof:
        raise BadAnswer("the answer ended too early")

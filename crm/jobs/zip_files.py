"""A ZIP file that is written in pieces, by one worker after another, and never read back.

A piece ends where the compressor is flushed and forgets, so that the next one begins anew with nothing but `state`,
which is JSON: what the archive holds so far, and how far the file has come that is open. Sizes stand behind each file
(a data descriptor) and in the directory at the end. Format: PKWARE's APPNOTE 6.3, without its 64-bit extension.
"""

from __future__ import annotations

import struct
import zlib
from typing import IO, Any

LIMIT = 0xFFFF_FFFF  # bytes of a file, and of the archive
LEVEL = 4  # of zlib: above, XML of sheets gains a tenth and costs twice the time
_DATE = (46 << 9) | (1 << 5) | 1  # 2026-01-01: nobody reads it
_FLAGS = 0x0008 | 0x0800  # sizes come later; names are UTF-8
_DEFLATED, _VERSION = 8, 20


class TooLarge(Exception):
    """More than the format takes."""


class ZipPieces:
    """`open`, `write` as often as need be, `close`, the next file…, `finish`. Between pieces `pause`, whose state the
    next piece is made with."""

    def __init__(self, file: IO[bytes], state: dict[str, Any] | None = None) -> None:
        self._file = file
        state = state or {}
        self._entries: list[list[Any]] = [list(entry) for entry in state.get("entries", [])]
        self._offset: int = state.get("offset", 0)
        self._open: dict[str, Any] | None = dict(state["open"]) if state.get("open") else None
        self._compressor = _compressor()

    def open(self, name: str) -> None:
        self._open = {"name": name, "crc": 0, "packed": 0, "size": 0, "at": self._offset}
        encoded = name.encode()
        header = struct.pack(
            "<4s5H3I2H", b"PK\3\4", _VERSION, _FLAGS, _DEFLATED, 0, _DATE, 0, 0, 0, len(encoded), 0
        )
        self._put(header + encoded)
        self._compressor = _compressor()

    def write(self, content: bytes) -> None:
        assert self._open is not None
        self._open["crc"] = zlib.crc32(content, self._open["crc"])
        self._open["size"] += len(content)
        self._pack(self._compressor.compress(content))

    def close(self) -> None:
        assert self._open is not None
        self._pack(self._compressor.flush(zlib.Z_FINISH))
        one, self._open = self._open, None
        if max(one["size"], one["packed"]) > LIMIT:
            raise TooLarge
        self._put(struct.pack("<4s3I", b"PK\7\10", one["crc"], one["packed"], one["size"]))
        self._entries.append([one[key] for key in ("name", "crc", "packed", "size", "at")])

    def add(self, name: str, content: str) -> None:
        """A whole file."""
        self.open(name)
        self.write(content.encode())
        self.close()

    def pause(self) -> dict[str, Any]:
        if self._open is not None:
            self._pack(self._compressor.flush(zlib.Z_FULL_FLUSH))
            self._compressor = _compressor()
        return {"entries": self._entries, "offset": self._offset, "open": self._open}

    def finish(self) -> None:
        begins = self._offset
        for name, crc, packed, size, at in self._entries:
            encoded = name.encode()
            fixed = (b"PK\1\2", _VERSION, _VERSION, _FLAGS, _DEFLATED, 0, _DATE, crc, packed, size)
            self._put(struct.pack("<4s6H3I5H2I", *fixed, len(encoded), 0, 0, 0, 0, 0, at) + encoded)
        count = len(self._entries)
        length = self._offset - begins
        self._put(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, length, begins, 0))

    @property
    def written(self) -> int:
        """Bytes of the file that is open, before they were packed."""
        return int(self._open["size"]) if self._open else 0

    def _pack(self, packed: bytes) -> None:
        assert self._open is not None
        self._open["packed"] += len(packed)
        self._put(packed)

    def _put(self, content: bytes) -> None:
        self._offset += len(content)
        if self._offset > LIMIT:
            raise TooLarge
        self._file.write(content)


def _compressor() -> Any:
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)

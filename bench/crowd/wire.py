"""HTTP as a browser speaks it: kept connections, six at most to a server; and a stream of events that stays open."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

MOST = 6  # connections of a browser to one server
LINE = 2**22  # bytes that a reader holds


@dataclass
class Server:
    """Connections of one browser to one port."""

    port: int
    cookies: str
    most: int = MOST
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.most)

    async def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, str]:
        """Status and text. A kept connection that the server has closed meanwhile is replaced once."""
        head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {self.cookies}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            head.append(f"Content-Length: {len(body)}")
        text = "\r\n".join([*head, "", ""]).encode() + body
        async with self._room:
            while self._idle:
                try:
                    return await self._exchange(self._idle.pop(), text)
                except (ConnectionError, asyncio.IncompleteReadError):
                    continue
            return await self._exchange(
                await asyncio.open_connection("127.0.0.1", self.port, limit=LINE), text
            )

    async def _exchange(
        self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], text: bytes
    ) -> tuple[int, str]:
        reader, writer = connection
        writer.write(text)
        status, headers = await _head(reader)
        if status == 204:
            body = b""
        elif "chunked" in headers.get("transfer-encoding", ""):
            body = b"".join([chunk async for chunk in _chunks(reader)])
        else:
            body = await reader.readexactly(int(headers["content-length"]))
        self._idle.append(connection)
        return status, body.decode()

    async def events(self, path: str) -> AsyncIterator[tuple[str, dict[str, Any], str]]:
        """Name, data and id of each. Ends with ConnectionError, whatever it was that ended it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LINE)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            status, _headers = await _head(reader)
            if status != 200:
                raise ConnectionRefusedError(status)
            text = ""
            async for chunk in _chunks(reader):
                *blocks, text = (text + chunk.decode()).split("\n\n")
                for block in blocks:
                    fields = dict(line.partition(": ")[::2] for line in block.splitlines())
                    if "event" in fields:
                        yield fields["event"], json.loads(fields["data"]), fields.get("id", "")
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError from error
        finally:
            writer.close()
        raise ConnectionResetError

    def close(self) -> None:
        for _reader, writer in self._idle:
            writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)

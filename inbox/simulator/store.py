"""Media on disk, by their provider id."""

import hashlib
import secrets
from pathlib import Path
from typing import Any

from inbox.simulator.world import Media, World, now


class Store:
    def __init__(self, world: World[Any], directory: Path) -> None:
        self._world = world
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, mime_type: str, *, filename: str | None = None) -> Media:
        media = Media(
            str(10**15 + secrets.randbelow(9 * 10**15)),
            mime_type,
            hashlib.sha256(content).hexdigest(),
            len(content),
            filename,
            now(),
        )
        (self._directory / media.id).write_bytes(content)
        with self._world.lock:
            self._world.media[media.id] = media
        return media

    def read(self, media_id: str) -> bytes:
        return (self._directory / media_id).read_bytes()

    def forget(self, media_id: str) -> None:
        with self._world.lock:
            self._world.media.pop(media_id, None)
        (self._directory / media_id).unlink(missing_ok=True)

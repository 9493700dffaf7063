"""Files: an id gives a path, the path gives the content to whoever has the token. Of larger ones a bot gets nothing."""

from typing import TYPE_CHECKING

from inbox.simulator.telegram.errors import BotError, bad
from inbox.simulator.telegram.world import Bot
from inbox.simulator.web import Answer, Payload, Request

if TYPE_CHECKING:
    from inbox.simulator.telegram.provider import Provider

LARGEST = 20 * 1024 * 1024
FOLDERS = {"image": "photos", "video": "videos", "audio": "voice"}


def get_file(provider: "Provider", bot: Bot, asked: Payload, request: Request) -> Payload:
    file_id = str(asked.get("file_id", ""))
    media = provider.world.media.get(file_id.rpartition("-")[2])
    if media is None:
        raise bad("invalid file_id")
    if provider.claimed_size(media) > LARGEST:
        raise bad("file is too big")
    folder = FOLDERS.get(media.mime_type.partition("/")[0], "documents")
    path = f"{folder}/file_{media.id}.bin"
    return {"file_id": file_id, "file_unique_id": media.id, "file_size": media.size, "file_path": path}


def download(provider: "Provider", bot: Bot, path: str) -> Answer:
    """Without the type or the name: Telegram keeps neither."""
    media_id = path.rpartition("file_")[2].removesuffix(".bin")
    if media_id not in provider.world.media:
        raise BotError(404)
    return Answer(provider.store.read(media_id), content_type="application/octet-stream")

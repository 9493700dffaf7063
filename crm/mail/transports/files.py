import os
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from crm.mail.models import Message
from crm.work import Receipt


@dataclass(frozen=True)
class FileTransport:
    """One file a message, named by its uid: written again it is the same file, so it is idempotent."""

    directory: Path
    idempotent = True

    @classmethod
    def from_url(cls, url: str) -> "FileTransport":
        path = unquote(urlsplit(url).path)
        return cls(Path(path) if path.strip("/") else settings.VAR_DIR / "mail")

    def deliver(self, message: Message) -> Receipt:
        """The file appears whole or not at all, and is on the disk when this returns."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / f"{message.uid.hex}.eml"
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        with unfinished.open("wb") as file:
            file.write(message.content.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        directory = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return Receipt(path.name)

    def purge(self, days: int) -> int:
        """Deletes files older than that, also those that a killed worker left unfinished; returns how many."""
        oldest = time.time() - days * 24 * 60 * 60
        files = [path for path in self.directory.glob("*") if path.suffix in (".eml", ".part")]
        old = [path for path in files if path.stat().st_mtime < oldest]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

"""Reading what the file transport wrote: for the demo's page of mails, and for tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from crm.mail.transports import current
from crm.mail.transports.files import FileTransport

_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Letter:
    """One mail as it was delivered. `uid` is its file's name."""

    uid: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    delivered_at: datetime

    @property
    def links(self) -> list[str]:
        """The addresses in the text, in order."""
        return [link.rstrip(".,)") for link in _LINK.findall(self.text)]


def letters(*, to: str = "", limit: int = 50) -> list[Letter]:
    """The newest letters first; to one address, if given."""
    found = []
    for path in _newest_first():
        letter = _read(path)
        if letter and (not to or to.lower() in letter.to.lower()):
            found.append(letter)
            if len(found) == limit:
                break
    return found


def letter(uid: str) -> Letter | None:
    directory = _directory()
    if directory is None or not re.fullmatch(r"[0-9a-f]{32}", uid):
        return None
    return _read(directory / f"{uid}.eml")


def _directory() -> Path | None:
    """None where mail leaves by SMTP."""
    transport = current()
    return transport.directory if isinstance(transport, FileTransport) else None


def _newest_first() -> Iterator[Path]:
    directory = _directory()
    if directory is None or not directory.is_dir():
        return
    dated = []
    for path in directory.glob("*.eml"):
        try:
            dated.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:
            continue
    yield from (path for _, path in sorted(dated, reverse=True))


def _read(path: Path) -> Letter | None:
    try:
        content, written = path.read_bytes(), path.stat().st_mtime
    except FileNotFoundError:
        return None
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Letter(
        uid=path.stem,
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        delivered_at=datetime.fromtimestamp(written, tz=UTC),
    )


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part else ""

"""Which hosts are Meta's: where a token may be shown, and what is a file and no page to look at."""

from __future__ import annotations

from urllib.parse import urlsplit

METAS = ("facebook.com", "fbsbx.com", "fbcdn.net", "whatsapp.net", "cdninstagram.com")
STORES = (
    "fbsbx.com",
    "fbcdn.net",
    "cdninstagram.com",
)  # of files, that show themselves to whoever has their address


def is_metas(url: str, own: str) -> bool:
    """Whether the token may be shown there: Meta's own hosts over TLS, or the very origin that is configured."""
    return is_origin(url, own) or _is_of(url, METAS)


def is_store(url: str) -> bool:
    """A file's address, where an attachment may also name a page."""
    return _is_of(url, STORES)


def is_origin(url: str, own: str) -> bool:
    try:
        given, ours = urlsplit(url), urlsplit(own)
    except ValueError:
        return False
    return (given.scheme, given.netloc) == (ours.scheme, ours.netloc)


def _is_of(url: str, names: tuple[str, ...]) -> bool:
    try:
        given = urlsplit(url)
    except ValueError:
        return False
    host = given.hostname or ""
    return given.scheme == "https" and any(host == name or host.endswith("." + name) for name in names)

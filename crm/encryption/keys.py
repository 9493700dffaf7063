"""The keys, and text through them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PREFIX = "k1."


class Unreadable(Exception):
    """A token that none of FIELD_KEYS opens. Its message holds no content."""


def encrypt(text: str) -> str:
    """A token of the text, by the newest key."""
    ring = _ring()
    newest = next(iter(ring))
    return f"{PREFIX}{newest}.{ring[newest].encrypt(text.encode()).decode()}"


def decrypt(token: str) -> str:
    """The text of a token. Raises Unreadable."""
    key_id = key_id_of(token)
    if key_id is None:
        raise Unreadable("this is not a token of ours")
    fernet = _ring().get(key_id)
    if fernet is None:
        raise Unreadable(f"FIELD_KEYS lacks the key {key_id}")
    try:
        return fernet.decrypt(token[len(PREFIX) + len(key_id) + 1 :]).decode()
    except InvalidToken:
        raise Unreadable(f"the token was damaged (key {key_id})") from None


def key_id_of(token: str) -> str | None:
    """The id of the key a token was made with; None where it is no token."""
    if not token.startswith(PREFIX):
        return None
    return token[len(PREFIX) :].partition(".")[0]


def newest_key_id() -> str:
    return next(iter(_ring()))


def known_key_ids() -> list[str]:
    """The ids of all configured keys, newest first. An id tells nothing about its key."""
    return list(_ring())


def keyed_hash(value: str, *, purpose: str) -> str:
    """64 hexadecimal digits: the same for the same value and purpose, and of no use without HASH_KEY.

    For looking an encrypted value up (a blind index) and for recognising what was erased. HASH_KEY is never rotated,
    since what is hashed could not be hashed again.
    """
    key = hmac.digest(_hash_key(settings.HASH_KEY or settings.SECRET_KEY), purpose.encode(), "sha256")
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def _ring() -> dict[str, Fernet]:
    return _ring_of(tuple(settings.FIELD_KEYS), settings.SECRET_KEY)


@lru_cache(maxsize=8)
def _ring_of(keys: tuple[str, ...], secret: str) -> dict[str, Fernet]:
    # Without FIELD_KEYS (development, tests) one is derived; in production crm.checks refuses to start so.
    if not keys:
        derived = hmac.digest(secret.encode(), b"cauce field key", "sha256")
        keys = (base64.urlsafe_b64encode(derived).decode(),)
    ring: dict[str, Fernet] = {}
    for number, key in enumerate(keys, start=1):
        try:
            ring[hashlib.sha256(key.encode()).hexdigest()[:8]] = Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"Key {number} of FIELD_KEYS is not a Fernet key (32 bytes in URL-safe base64)."
            ) from None
    return ring


@lru_cache(maxsize=8)
def _hash_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"cauce hash key", "sha256")

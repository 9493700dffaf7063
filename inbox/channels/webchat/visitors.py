"""Who writes: a visitor, by a token that their browser keeps, or somebody whom the site's own server vouches for.

A trust boundary. The token is signed by us and names its channel, so none is forged or carried over to another
widget. A key is "visitor:<random>", or "user:<identifier>" once the site's server has signed the identifier with the
channel's secret; only the latter is the same person on another device. Tokens of a "user:" key die with the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass, replace

from django.core import signing
from django.utils.crypto import salted_hmac

from inbox.models import Channel, Identity, IdentityKey

SALT = "inbox.webchat.visitor"
LIFETIME = 180 * 24 * 3600  # seconds
RENEWED_AFTER = 24 * 3600
LONGEST_IDENTIFIER = 180
VERIFIED = "user:"


class BadVisitorError(Exception):
    """Forged, expired, of another channel, or signed with a secret that was changed."""


class NotVerifiedError(Exception):
    """The signature of an identity is missing or wrong."""


@dataclass(frozen=True)
class Visitor:
    """`minted` in seconds since 1970."""

    channel: int
    key: str
    minted: int

    @property
    def is_verified(self) -> bool:
        return self.key.startswith(VERIFIED)

    @property
    def digest(self) -> str:
        """What stands for the key where it must be short: limits, ids of messages."""
        return hashlib.sha256(f"{self.channel}:{self.key}".encode()).hexdigest()[:24]

    @property
    def is_old(self) -> bool:
        """Its token is to be replaced by a fresh one."""
        return time.time() - self.minted > RENEWED_AFTER


def newcomer(channel: Channel) -> Visitor:
    return Visitor(channel.pk, f"visitor:{uuid.uuid4().hex}", int(time.time()))


def verified(channel: Channel, identifier: str, signature: str) -> Visitor:
    """The person whom the site's server names. `signature` is hex HMAC-SHA256(secret, identifier).

    Raises NotVerifiedError.
    """
    secret = str(channel.secrets.get("identity", ""))
    right = hmac.new(secret.encode(), identifier.encode(), hashlib.sha256).hexdigest()
    given = signature.strip().lower().encode("ascii", "replace")
    fits = bool(secret) and 0 < len(identifier) <= LONGEST_IDENTIFIER
    if not hmac.compare_digest(right.encode(), given) or not fits:
        raise NotVerifiedError
    return Visitor(channel.pk, VERIFIED + identifier, int(time.time()))


def seal(visitor: Visitor, channel: Channel) -> str:
    """The token of a visitor, minted now."""
    fresh = replace(visitor, minted=int(time.time()))
    return signing.dumps([fresh.channel, fresh.key, fresh.minted, _mark(channel, fresh.key)], salt=SALT)


def read(token: str, channel: Channel) -> Visitor:
    """Raises BadVisitorError."""
    try:
        number, key, minted, mark = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadVisitorError from error
    if number != channel.pk or mark != _mark(channel, key):
        raise BadVisitorError
    return Visitor(number, key, minted)


def identity_of(visitor: Visitor) -> Identity | None:
    """With its lead; None where they have not written yet. In the scope."""
    found = (
        IdentityKey.objects.filter(channel_id=visitor.channel, key=visitor.key)
        .select_related("identity__lead")
        .first()
    )
    identity: Identity | None = found.identity if found else None
    return identity


def _mark(channel: Channel, key: str) -> str:
    if not key.startswith(VERIFIED):
        return ""
    return salted_hmac(SALT, str(channel.secrets.get("identity", ""))).hexdigest()[:12]

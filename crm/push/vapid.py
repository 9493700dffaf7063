"""Who we are to push services (RFC 8292): a key of the installation, and a short-lived statement signed with it.

The key is VAPID_PRIVATE_KEY, or is derived from HASH_KEY, which is made once for an installation and never changed:
there is no row to make, to guard and to restore, and all processes agree. A browser's subscription is bound to the key
under which it was made.
"""

import base64
import json
import time
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

CURVE = ec.SECP256R1()
ORDER = (
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve's group (FIPS 186-4)
)
LIFETIME = 12 * 60 * 60  # seconds; services take 24 h at most


def public_key() -> str:
    """What a browser is given to subscribe with: the uncompressed point, base64url."""
    return encoded(point(_private_key(settings.VAPID_PRIVATE_KEY, settings.HASH_KEY).public_key()))


def authorization(endpoint: str) -> str:
    """The header that vouches for a request to this endpoint."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + LIFETIME,
        "sub": _contact(),
    }
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    key = _private_key(settings.VAPID_PRIVATE_KEY, settings.HASH_KEY)
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    token = f"{signed}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={public_key()}"


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@lru_cache(maxsize=4)
def _private_key(configured: str, hash_key: str) -> ec.EllipticCurvePrivateKey:
    """48 bytes modulo the order, as FIPS 186-4 B.4.1 makes a private key of random bits: the bias is below 2^-128."""
    if configured:
        number = int.from_bytes(decoded(configured), "big")
    else:
        stretched = HKDF(SHA256(), 48, salt=None, info=b"crm.push.vapid").derive(hash_key.encode())
        number = int.from_bytes(stretched, "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, CURVE)


def _contact() -> str:
    """Whom a push service may turn to: our address, which for some must be a public one."""
    if settings.BASE_URL.startswith("https://"):
        return settings.BASE_URL
    return f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}"


def _json(value: dict[str, object]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())

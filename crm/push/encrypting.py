"""A message for one browser, which nobody on its way can read: RFC 8291, in the coding of RFC 8188, as one record."""

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crm.push.vapid import CURVE, point

RECORD = 4096
LONGEST = 3_900  # bytes of content: services take bodies of 4,096


def encrypted(
    content: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of the request. `salt` and `own` are new for every message; only a test gives them.

    1. A secret between our key of this message and the browser's.
    2. From it, and from what only the browser knows beside us (`auth`), key and nonce.
    3. One record, ended by 0x02; before it salt, record size and our public key.

    Raises ValueError where the browser's keys are none.
    """
    if len(auth) != 16 or len(content) > LONGEST:
        raise ValueError("the keys of the subscription, or the content, have a wrong length")
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    ours = point(own.public_key())
    secret = _derived(own.exchange(ec.ECDH(), theirs), auth, b"WebPush: info\0" + p256dh + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    record = AESGCM(key).encrypt(nonce, content + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours + record


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)

"""Fields that only the application can read, with key rotation.

`encrypt` and `decrypt` turn text into a token and back; `crm.encryption.fields` puts them under model fields;
`keyed_hash` finds or recognises a value without keeping it. FIELD_KEYS holds Fernet keys, newest first: the first
encrypts, all decrypt. A token names its key (`k1.<key id>.<Fernet token>`), so that `manage.py rotate_field_keys` knows
by SQL which rows are still on an old one, and an error can say which key is missing.

A backup of the database without FIELD_KEYS and HASH_KEY is unreadable where it matters; keep them elsewhere.
"""

from __future__ import annotations

from crm.encryption.keys import Unreadable, decrypt, encrypt, key_id_of, keyed_hash, newest_key_id
from crm.encryption.registry import register_embedded

__all__ = [
    "Unreadable",
    "decrypt",
    "encrypt",
    "key_id_of",
    "keyed_hash",
    "newest_key_id",
    "register_embedded",
]

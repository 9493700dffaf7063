"""One file with the database and the media, and the way back.

A backup is a tar: `database.dump` (pg_dump's custom format, one snapshot), `media/…`, and last `manifest.json` with
versions, migrations and a SHA-256 for each file. The keys (SECRET_KEY, FIELD_KEYS, HASH_KEY) are not in it: whoever
finds a backup must not be able to read the encrypted fields. Keep them elsewhere; a restore needs the same FIELD_KEYS
and HASH_KEY, which the manifest recognises by fingerprints.
"""

from __future__ import annotations

from crm.backup.errors import BackupRefused
from crm.backup.restoring import restore
from crm.backup.writing import write

__all__ = ["BackupRefused", "restore", "write"]

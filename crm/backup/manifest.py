"""What a backup says about itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

import crm
from crm import encryption
from crm.backup.errors import BackupRefused
from crm.encryption.keys import known_key_ids

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
MEDIA = "media/"


@dataclass
class Manifest:
    """`files` maps names in the tar to (bytes, SHA-256). `media` is `files` or `s3` (then it is not in the tar)."""

    format: int = FORMAT
    made_at: str = ""
    version: str = ""
    postgres: int = 0
    migrations: list[str] = field(default_factory=list)
    field_keys: list[str] = field(default_factory=list)
    hash_key: str = ""
    media: str = "files"
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def describe() -> Manifest:
    """The installation as it is now, read in the caller's snapshot."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=crm.VERSION,
        postgres=server_version(),
        migrations=migrations,
        field_keys=known_key_ids(),
        hash_key=hash_fingerprint(),
        media="s3" if settings.S3_BUCKET else "files",
    )


def read(raw: Any) -> Manifest:
    """A manifest from its JSON. Raises BackupRefused."""
    if not isinstance(raw, dict) or not isinstance(raw.get("format"), int):
        raise BackupRefused("This is no backup of Cauce.")
    if raw["format"] > FORMAT:
        raise BackupRefused("This backup was made by a newer Cauce. Restore it with that version.")
    try:
        found = Manifest(**raw)
        found.files = {str(name): (int(size), str(digest)) for name, (size, digest) in found.files.items()}
    except (TypeError, ValueError):
        raise BackupRefused("The backup's manifest is damaged.") from None
    return found


def refuse_newer(found: Manifest) -> None:
    """Raises BackupRefused where this code or this server is too old for the backup."""
    migrations = MigrationLoader(None).disk_migrations
    known = {f"{app}.{name}" for app, name in migrations}
    known |= {f"{app}.{name}" for squashed in migrations.values() for app, name in squashed.replaces}
    unknown = [name for name in found.migrations if name not in known]
    if unknown:
        raise BackupRefused(
            f"This backup was made by a newer Cauce ({found.version}; {unknown[0]} is unknown here)."
            " Restore it with that version."
        )
    if found.postgres // 10_000 > server_version() // 10_000:
        raise BackupRefused(
            f"This backup comes from PostgreSQL {found.postgres // 10_000}, this server is"
            f" {server_version() // 10_000}. Use a server at least as new."
        )


def refuse_other_keys(found: Manifest) -> None:
    """Raises BackupRefused where the configured keys could not read the backup."""
    missing = sorted(set(found.field_keys) - set(known_key_ids()))
    if missing:
        raise BackupRefused(
            f"FIELD_KEYS lacks {', '.join(missing)}, with which this backup is encrypted. Bring the keys of that"
            " installation (with bin/run: its secrets.json), or use --force and lose what is encrypted."
        )
    if found.hash_key != hash_fingerprint():
        raise BackupRefused(
            "HASH_KEY is not that of the backup. Bring it, or use --force: hashes will not match."
        )


def server_version() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version)


def hash_fingerprint() -> str:
    """Tells one HASH_KEY from another, and nothing else about it."""
    return encryption.keyed_hash("fingerprint", purpose="backup")[:16]

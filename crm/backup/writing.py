"""Making a backup."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection, transaction

from crm.backup.errors import BackupRefused
from crm.backup.manifest import DUMP, MANIFEST, MEDIA, Manifest, describe
from crm.backup.programs import address, program, run


def write(target: Path) -> Manifest:
    """Makes the backup at `target`, which must not exist yet.

    1. One transaction exports its snapshot: pg_dump and the manifest see the same moment, while people go on working.
    2. Media follow. A file is written before its row is committed, so every row of the snapshot finds its file; one
       deleted since is named by a row that was deleted too, later.
    3. The tar appears under its name only when it is whole and on disk.
    """
    if target.exists():
        raise BackupRefused(f"{target} exists already.")
    if not target.parent.is_dir():
        raise BackupRefused(f"There is no directory {target.parent}.")
    with tempfile.TemporaryDirectory(prefix=".cauce-backup-", dir=target.parent) as directory:
        dump, part = Path(directory) / DUMP, Path(directory) / "tar"
        manifest = _dump(dump)
        with part.open("xb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            part.chmod(0o600)
            _add(tar, dump, DUMP, manifest)
            for path, name in _media():
                _add(tar, path, name, manifest)
            words = json.dumps(manifest.as_json(), indent=1).encode()
            tar.addfile(_member(MANIFEST, len(words)), io.BytesIO(words))
        with part.open("rb") as whole:
            os.fsync(whole.fileno())
        part.rename(target)
    return manifest


def _dump(target: Path) -> Manifest:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # We only wait here, holding the snapshot, whatever the time-outs of this kind of process.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        manifest = describe()
        run(
            program("pg_dump"),
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            f"--snapshot={snapshot}",
            f"--file={target}",
            f"--dbname={address()}",
        )
    return manifest


def _media() -> Iterator[tuple[Path, str]]:
    root = Path(settings.MEDIA_ROOT)
    if settings.S3_BUCKET or not root.is_dir():
        return
    for directory, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = Path(directory) / name
            if path.is_file() and not path.is_symlink():
                yield path, MEDIA + path.relative_to(root).as_posix()


def _add(tar: tarfile.TarFile, path: Path, name: str, manifest: Manifest) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # deleted since it was listed
    with file:
        size = os.fstat(file.fileno()).st_size
        hashed = _Hashed(file)
        tar.addfile(_member(name, size), hashed)
    manifest.files[name] = (size, hashed.digest.hexdigest())


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


class _Hashed(io.RawIOBase):
    """Hashes what is read through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data

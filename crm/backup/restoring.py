"""The way back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from crm.backup.errors import BackupRefused
from crm.backup.manifest import DUMP, MANIFEST, MEDIA, Manifest, read, refuse_newer, refuse_other_keys
from crm.backup.programs import address, environment, last_line, program

BEFORE = b"""BEGIN;
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
SERVING = ("cauce-web", "cauce-live", "cauce-now", "cauce-bulk", "cauce-beat")


def restore(source: Path, *, force: bool = False) -> Manifest:
    """Puts a backup in the place of what is here. Raises BackupRefused before anything was touched.

    1. The whole tar is unpacked aside and checked against its manifest.
    2. Refused where Cauce is running, where something is here already (unless `force`), where the backup is newer
       than this code or server, where the keys are others (unless `force`).
    3. The database changes in one transaction; a failure leaves it as it was.
    4. Media change places by renaming.
    5. `migrate` brings an older backup up to this code, and puts the feed's order right on this cluster.
    """
    if not source.is_file():
        raise BackupRefused(f"There is no file {source}.")
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".cauce-restore-", dir=_place_beside(root)) as directory:
        aside = Path(directory)
        manifest = _unpack(source, aside)
        refuse_newer(manifest)
        _refuse_running()
        if not force:
            refuse_other_keys(manifest)
            _refuse_full(root)
        _replace_database(aside / DUMP)
        if manifest.media == "files" and not settings.S3_BUCKET:
            _replace_media(root, aside)
    call_command("migrate", interactive=False, verbosity=0)
    cache.clear()
    return manifest


def _unpack(source: Path, aside: Path) -> Manifest:
    found: dict[str, tuple[int, str]] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                if not member.isfile() or not _is_safe(member.name):
                    raise BackupRefused("This is no backup of Cauce: it has parts that no backup has.")
                file = tar.extractfile(member)
                assert file is not None
                if member.name == MANIFEST:
                    manifest = read(json.load(file))
                    continue
                target = aside / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with target.open("xb") as copy:
                    while chunk := file.read(1024 * 1024):
                        digest.update(chunk)
                        copy.write(chunk)
                found[member.name] = (member.size, digest.hexdigest())
    except (tarfile.TarError, ValueError, EOFError):
        raise BackupRefused("The backup cannot be read: it is no tar, or it was cut.") from None
    if manifest is None or DUMP not in found:
        raise BackupRefused("The backup is not whole: its manifest or its database is missing.")
    if found != manifest.files:
        wrong = sorted(set(found.items()) ^ set(manifest.files.items()))[0][0]
        raise BackupRefused(f"The backup is damaged: {wrong} is not what was saved.")
    return manifest


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    known = name in (DUMP, MANIFEST) or name.startswith(MEDIA)
    return known and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _refuse_running() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(DISTINCT substr(application_name, 7), ', ') FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = ANY(%s)"
            " AND pid <> pg_backend_pid()",
            [list(SERVING)],
        )
        running = cursor.fetchone()[0]
    if running:
        raise BackupRefused(f"Cauce is running ({running}). Stop it first.")


def _refuse_full(root: Path) -> None:
    tables = connection.introspection.table_names()
    for label in (settings.AUTH_USER_MODEL, settings.TENANT_MODEL):
        table = apps.get_model(label)._meta.db_table
        if table not in tables:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")  # noqa: S608
            if cursor.fetchone()[0]:
                raise BackupRefused("The database is not empty. --force replaces what is in it.")
    if not settings.S3_BUCKET and any(_contents(root)):
        raise BackupRefused(f"{root} is not empty. --force replaces what is in it.")


def _replace_database(dump: Path) -> None:
    """pg_restore's SQL between our BEGIN and our COMMIT, which is only said once pg_restore ended well."""
    where, environ = address(), environment()
    connection.close()
    with tempfile.TemporaryFile() as complaints:
        reading = subprocess.Popen(
            [program("pg_restore"), "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(dump)],
            env=environ, stdout=subprocess.PIPE, stderr=complaints,
        )  # fmt: skip
        writing = subprocess.Popen(
            [program("psql"), "-XqAt", "--set=ON_ERROR_STOP=1", f"--dbname={where}"],
            env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints,
        )  # fmt: skip
        assert reading.stdout is not None
        assert writing.stdin is not None
        try:
            writing.stdin.write(BEFORE)
            shutil.copyfileobj(reading.stdout, writing.stdin, 1024 * 1024)
            if reading.wait() == 0:
                writing.stdin.write(b"\nCOMMIT;\n")
            writing.stdin.close()
        except BrokenPipeError:
            pass  # psql has stopped at an error, which it has written down
        finally:
            reading.stdout.close()
            codes = (reading.wait(), writing.wait())
        if any(codes):
            complaints.seek(0)
            raise BackupRefused(f"The database is as it was: {last_line(complaints.read())}")


def _replace_media(root: Path, aside: Path) -> None:
    """The old ones step aside until the new ones stand. Entry by entry, since the root may be a mounted volume."""
    old = aside / "old"
    old.mkdir()
    moved: list[Path] = []
    for entry in _contents(root):
        entry.rename(old / entry.name)
        moved.append(entry)
    new = aside / MEDIA.rstrip("/")
    if not new.is_dir():
        return
    try:
        for entry in sorted(new.iterdir()):
            entry.rename(root / entry.name)
    except OSError:
        for entry in _contents(root):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for entry in moved:
            (old / entry.name).rename(entry)
        raise


def _contents(root: Path) -> Iterator[Path]:
    for entry in root.iterdir():
        if not entry.name.startswith(".cauce-restore-") and entry.name != "lost+found":
            yield entry


def _place_beside(root: Path) -> Path:
    """A directory on the same file system, so that renaming works: the root's parent, or within a mounted root."""
    parent = root.parent
    same = parent.stat().st_dev == root.stat().st_dev and os.access(parent, os.W_OK)
    return parent if same else root

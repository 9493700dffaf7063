"""What was uploaded: looked at, then kept in the storage under a name that cannot be guessed, until it is done with."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from directory.importing import archives, encodings, limits
from directory.importing.archives import Unfit
from workspaces.names import tidied

OTHERS = {".xls": "old_excel", ".ods": "not_excel", ".numbers": "not_excel", ".pdf": "no_table"}
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
FOLDER = "imports"


@dataclass(frozen=True)
class Kept:
    name: str  # of the file, for people
    kind: str
    size: int
    digest: str
    file: str  # in the storage


def keep(upload: UploadedFile[Any], workspace_id: int) -> Kept:
    """Raises Unfit. What it is, is read from its content; its ending only says what was meant."""
    kind = _kind(upload)
    size = int(upload.size or 0)
    if size > (limits.MOST_SHEET_BYTES if kind == "xlsx" else limits.MOST_BYTES):
        raise Unfit("sheet_too_large" if kind == "xlsx" else "too_large")
    if kind == "xlsx":
        archives.check(upload.file)  # type: ignore[arg-type]
    digest = hashlib.sha256()
    upload.seek(0)
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    stored = save(upload.file, workspace_id, kind)  # type: ignore[arg-type]
    name = tidied(PurePath((upload.name or "").replace("\\", "/")).name)[:150] or "file"
    return Kept(name, kind, size, digest.hexdigest(), stored)


def save(content: IO[bytes], workspace_id: int, ending: str) -> str:
    wanted = f"{FOLDER}/{workspace_id}/{secrets.token_urlsafe(24)}.{ending}"
    content.seek(0)
    return default_storage.save(wanted, File(content, name=wanted))


def delete(*names: str) -> None:
    for name in names:
        if name:
            default_storage.delete(name)


def _kind(upload: UploadedFile[Any]) -> str:
    upload.seek(0)
    head = upload.read(65_536)
    ending = PurePath(upload.name or "").suffix.lower()
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"):
        raise Unfit("empty")
    if head.startswith(ZIP):
        if ending in OTHERS:
            raise Unfit(OTHERS[ending])
        return "xlsx"
    if head.startswith(OLD_EXCEL):
        raise Unfit("old_excel")
    if ending in OTHERS and ending != ".xls":  # many a system calls its CSV .xls
        raise Unfit(OTHERS[ending])
    if head.startswith((b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"Rar!")) or not encodings.is_text(
        head
    ):
        raise Unfit("no_table")
    if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise Unfit("no_table")
    return "csv"

"""Database and media into one file."""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm import backup
from crm.backup.manifest import Manifest


class Command(BaseCommand):
    help = (
        "Writes the database (one snapshot, while people go on working) and the media into one tar. The keys are not in"
        " it: keep SECRET_KEY, FIELD_KEYS and HASH_KEY elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="default: cauce-<date and time>.tar, here; - writes it out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        default = Path(f"cauce-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar")
        given: Path | None = options["file"]
        if given == Path("-"):
            return self._write_out()
        target = (given or default).absolute()
        manifest = self._make(target)
        size = target.stat().st_size / 1_000_000
        self.stdout.write(f"{target}: {size:,.1f} MB, {len(manifest.files) - 1} files of media.")
        if manifest.media == "s3":
            self.stdout.write(
                "Media are in the S3 bucket and not in this file: back the bucket up by its own means."
            )
        return None

    def _write_out(self) -> None:
        """For containers, whose files are not ours: to a pipe, made whole in VAR_DIR first."""
        with tempfile.TemporaryDirectory(prefix=".cauce-backup-", dir=settings.VAR_DIR) as directory:
            target = Path(directory) / "cauce.tar"
            self._make(target)
            with target.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer, 1024 * 1024)
            sys.stdout.buffer.flush()

    def _make(self, target: Path) -> Manifest:
        try:
            return backup.write(target)
        except (backup.BackupRefused, OSError) as error:
            raise CommandError(str(error)) from None

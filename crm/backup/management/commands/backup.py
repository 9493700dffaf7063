"""Database and media into one file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm import backup


class Command(BaseCommand):
    help = (
        "Writes the database (one snapshot, while people go on working) and the media into one tar. The keys are not in"
        " it: keep SECRET_KEY, FIELD_KEYS and HASH_KEY elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: cauce-<date and time>.tar, here")

    def handle(self, *args: Any, **options: Any) -> None:
        default = Path(f"cauce-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar")
        target: Path = (options["file"] or default).absolute()
        try:
            manifest = backup.write(target)
        except (backup.BackupRefused, OSError) as error:
            raise CommandError(str(error)) from None
        size = target.stat().st_size / 1_000_000
        self.stdout.write(f"{target}: {size:,.1f} MB, {len(manifest.files) - 1} files of media.")
        if manifest.media == "s3":
            self.stdout.write(
                "Media are in the S3 bucket and not in this file: back the bucket up by its own means."
            )

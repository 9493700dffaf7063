"""The way back from `backup`."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm import backup


class Command(BaseCommand):
    help = (
        "Puts a backup in the place of what is here: checks it whole, changes the database in one transaction, then"
        " the media, then migrates. Refuses while Cauce runs, over other data (see --force), and backups of a newer"
        " version."
    )
    # The target may have no tables yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="- reads it in")
        parser.add_argument("--force", action="store_true", help="replace what is here, whatever its keys")

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["file"]
        try:
            if source == Path("-"):
                with tempfile.NamedTemporaryFile(prefix=".cauce-restore-", dir=settings.VAR_DIR) as file:
                    shutil.copyfileobj(sys.stdin.buffer, file, 1024 * 1024)
                    file.flush()
                    manifest = backup.restore(Path(file.name), force=options["force"])
            else:
                manifest = backup.restore(source.absolute(), force=options["force"])
        except (backup.BackupRefused, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Restored what was saved at {manifest.made_at} by Cauce {manifest.version}.")
        if manifest.media == "s3":
            self.stdout.write("Its media are in an S3 bucket and were not touched.")

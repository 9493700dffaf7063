"""Puts every encrypted field onto the newest of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.encryption import newest_key_id, registry, rotation


class Command(BaseCommand):
    help = (
        "Encrypts every encrypted field anew with the first of FIELD_KEYS. Runs beside a live system, may be cut and "
        "run again. When it says that nothing is left, the old keys may be removed from FIELD_KEYS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows read and written at a time")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit 1 if an old key is still needed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Newest key: {newest_key_id()}")
        left = 0
        for column in registry.columns():
            if not options["check"]:
                outcome = rotation.rotate(column, batch=options["batch"])
                self.stdout.write(f"{column.table}.{column.name}: {outcome.rotated} encrypted anew")
            if still := rotation.remaining(column):
                self.stdout.write(f"{column.table}.{column.name}: {still} not on the newest key")
                left += still
        if left:
            raise CommandError(f"{left} values still need an older key. Keep it in FIELD_KEYS.")
        self.stdout.write("Nothing is left on an older key.")

"""manage.py demo: makes the demo, once, and tells the log-ins."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from workspaces.demo import accounts
from workspaces.demo.building import build


class Command(BaseCommand):
    help = "Makes the demo workspaces unless they are there, and tells the log-ins. Needs DEMO=1."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo: set DEMO=1. Its passwords are known to everyone.")
        build()
        with translation.override("en"):
            for account in accounts():
                self.stdout.write(f"{account.role!s:<9} {account.email:<22} {account.password}")

"""manage.py operator ana@example.com: lets a person operate the installation, or with --end no longer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspaces.actions import operating
from workspaces.models import User


class Command(BaseCommand):
    help = "Makes the person with this address an operator (or with --end no longer one). They must have signed up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--end", action="store_true", help="they operate no longer")

    def handle(self, *args: Any, **options: Any) -> None:
        email = User.objects.normalize_email(options["email"])
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody has signed up with {email}.")
        changed = operating.set_operator(user, by=None, operates=not options["end"])
        state = "no operator" if options["end"] else "an operator"
        self.stdout.write(f"{user.name} is {state}{' now' if changed else ' already'}.")

"""A number to write to: prints its app's public id, the number, a session of the floor's, and the channel."""

from typing import Any

from django.core.management.base import BaseCommand

from bench.management.sessions import session_of
from bench.page.settings import BARE_BACKEND
from crm.tenancy import scope
from inbox.models import Channel, ProviderApp
from workspaces.actions import workspaces
from workspaces.models import User


class Command(BaseCommand):
    help = "Make the channel that the bench writes to."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("secret")

    def handle(self, *args: Any, secret: str, **options: Any) -> None:
        owner = workspaces.create(
            by=User.objects.create_user("writer@bench.example", name="Writer"),
            name="Bench",
            time_zone="America/Mexico_City",
            language="es",
            currency="MXN",
        )
        app = ProviderApp.objects.create(
            provider="meta", secrets={"app_id": "1", "app_secret": secret, "verify_token": "x"}
        )
        with scope(owner.workspace):
            channel = Channel.objects.create(kind="whatsapp", name="Bench", external_id="PN1", app=app)
        session = session_of(owner.user, BARE_BACKEND)
        self.stdout.write(f"{app.public_id} {channel.external_id} {session} {channel.pk}")

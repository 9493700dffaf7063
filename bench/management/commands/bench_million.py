"""Fill the database of the bench with a million leads; then a line for each person who signs in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench.management.sessions import session_of
from bench.million import building, cast, own_fields
from bench.page.settings import BARE_BACKEND
from directory import tallies


class Command(BaseCommand):
    help = "Make the leads that the bench asks for, unless they are there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--leads", type=int, default=1_000_000, help="of the large workspace")

    def handle(self, *args: Any, leads: int, **options: Any) -> None:
        building.build(leads, self.stderr.write)
        cast.make_rare(leads)
        own_fields.make(cast.people()["owner"].workspace)
        tallies.fold()  # as beat does
        for name, member in cast.people().items():
            sessions = f"{session_of(member.user)} {session_of(member.user, BARE_BACKEND)}"
            self.stdout.write(f"{name} {sessions} {member.workspace.public_id}")

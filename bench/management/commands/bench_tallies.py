"""Fold the tallies of the bench's workspace, and compare them with its placements: seconds, and keys that differ."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from bench.million import cast
from directory import tallies


class Command(BaseCommand):
    help = "Fold and recount what the writers of the bench have moved."

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = cast.people()["owner"].workspace_id
        before = len(tallies.drift(workspace))
        began = time.perf_counter()
        tallies.fold()
        took = time.perf_counter() - began
        self.stdout.write(f"{took} {before + len(tallies.drift(workspace))}")

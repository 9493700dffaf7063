"""manage.py build_assets: fills build/assets from node_modules."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.ui import assets


class Command(BaseCommand):
    help = "Write what the browser needs of node_modules to build/assets: fonts, the icon sprite, Tabler's parts."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        root = settings.BASE_DIR
        try:
            written = assets.build(root, root / "node_modules", root / "build" / "assets")
        except assets.MissingAsset as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Assets: {', '.join(written)}" if written else "Assets: nothing to do")

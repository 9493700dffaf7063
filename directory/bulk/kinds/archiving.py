"""Out of boards and lists, and back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from directory.bulk import restoring, words
from directory.bulk.acts import Act, Params
from directory.bulk.batch import Batch
from directory.verbs import Verb


class Archive(Act):
    key, icon, order, in_bar = "archive", "archive", 50, True
    label, running = gettext_lazy("Archive"), gettext_lazy("Archiving leads")

    def asked(self, leads: int) -> str:
        return words.counted(
            leads, ngettext("%(count)s lead will be archived.", "%(count)s leads will be archived.", leads)
        )

    def perform(self, batch: Batch, params: Params) -> None:
        batch.write({row.lead: {"is_archived": True} for row in batch.rows}, verb=Verb.ARCHIVED)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        restoring.take_back(batch, before, Verb.UNARCHIVED)


class Unarchive(Act):
    key, icon, order = "unarchive", "archive-restore", 150
    label, running = gettext_lazy("Unarchive"), gettext_lazy("Taking leads out of the archive")

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext(
                "%(count)s lead will be taken out of the archive.",
                "%(count)s leads will be taken out of the archive.",
                leads,
            ),
        )

    def perform(self, batch: Batch, params: Params) -> None:
        batch.write({row.lead: {"is_archived": False} for row in batch.rows}, verb=Verb.UNARCHIVED)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        restoring.take_back(batch, before, Verb.ARCHIVED)

"""For good, with all history: nothing takes it back."""

from django.db import transaction
from django.utils.translation import gettext_lazy, ngettext

from directory.actions import erasure
from directory.bulk import words
from directory.bulk.acts import Act, Params
from directory.bulk.batch import Batch
from directory.models import Lead, Placement
from directory.permissions import DirectoryPermission
from workspaces.models import Membership


class Delete(Act):
    """Lead by lead, each in a transaction of its own: what takes part locks more than the lead."""

    key, icon, order, tone = "delete", "trash-2", 900, "danger"
    label, running = gettext_lazy("Delete for good"), gettext_lazy("Deleting leads for good")
    size, is_final, permission = 1, True, DirectoryPermission.ERASE_LEADS

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext(
                "%(count)s lead will be deleted for good, with all messages, files, notes and history. Nobody can"
                " bring it back.",
                "%(count)s leads will be deleted for good, with all messages, files, notes and history. Nobody can"
                " bring them back.",
                leads,
            ),
        )

    def perform(self, batch: Batch, params: Params) -> None:
        assert isinstance(batch.by, Membership)
        for row in batch.rows:
            try:
                with transaction.atomic():
                    erasure.begin(Lead.objects.get(pk=row.lead), by=batch.by)
            except (Placement.DoesNotExist, Lead.DoesNotExist):
                batch.refused[row.lead] = words.GONE
            else:
                batch.changed[row.lead] = None

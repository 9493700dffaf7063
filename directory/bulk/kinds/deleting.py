"""For good, with all history: nothing takes it back."""

from django.utils.translation import gettext_lazy, ngettext

from directory.actions import erasure
from directory.bulk import words
from directory.bulk.acts import Act, Params
from directory.bulk.batch import Batch
from directory.permissions import DirectoryPermission
from workspaces.models import Membership


class Delete(Act):
    """What takes part locks more than the lead: rows of work and names before it."""

    key, icon, order, tone = "delete", "trash-2", 900, "danger"
    label, running = gettext_lazy("Delete for good"), gettext_lazy("Deleting leads for good")
    size, is_final, permission = erasure.AT_ONCE, True, DirectoryPermission.ERASE_LEADS

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
        """One that can't go is told, and the others are begun anew without it: so all are locked in one order."""
        assert isinstance(batch.by, Membership)
        left = {row.lead for row in batch.rows}
        while left:
            try:
                erasure.begin(left, by=batch.by)
            except erasure.Gone as gone:
                batch.gone |= gone.leads
            except erasure.Merging as merging:
                batch.refused.update(dict.fromkeys(merging.leads, words.MERGING))
            else:
                batch.changed.update(dict.fromkeys(left))
            left -= batch.gone | batch.refused.keys() | batch.changed.keys()

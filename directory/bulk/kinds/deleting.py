"""For good, with all history: nothing takes it back."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy, ngettext

from directory.actions import erasure
from directory.bulk import words
from directory.bulk.acts import Act, Params
from directory.bulk.batch import Batch
from directory.models import Placement
from directory.permissions import DirectoryPermission
from workspaces.errors import Refused
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
        if batch.rows:
            _delete([row.lead for row in batch.rows], batch)


def _delete(leads: Sequence[int], batch: Batch) -> None:
    """Where one can't be deleted, it is looked for by halves, and the others are."""
    assert isinstance(batch.by, Membership)
    try:
        with transaction.atomic():
            erasure.begin(leads, by=batch.by)
    except (Placement.DoesNotExist, Refused) as why:
        if len(leads) > 1:
            half = len(leads) // 2
            _delete(leads[:half], batch)
            _delete(leads[half:], batch)
        elif isinstance(why, Refused):
            batch.refused[leads[0]] = words.MERGING
        else:
            batch.gone.add(leads[0])
    else:
        batch.changed.update(dict.fromkeys(leads))

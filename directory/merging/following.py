"""From a lead that was merged to the one that remains, and back, over any number of merges."""

from collections.abc import Sequence

from directory.models import Lead

MOST = 20  # merges one after another; nobody undoes so many in a row


def remaining(lead_id: int) -> int | None:
    """The lead that it is part of now; None where it was merged into none."""
    found: int | None = None
    for _turn in range(MOST):
        into = Lead.objects.filter(pk=found or lead_id).values_list("merged_into_id", flat=True).first()
        if into is None:
            return found
        found = into
    return found


def within(leads: Sequence[int]) -> list[int]:
    """Leads that were merged into these, and into those."""
    found: list[int] = []
    asked = list(leads)
    while asked:
        asked = list(Lead.objects.filter(merged_into_id__any=asked).values_list("pk", flat=True))
        found += asked
    return found

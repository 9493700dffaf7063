"""Holding all of a lead's names, as intake does: what arrives of it meanwhile waits."""

from collections.abc import Sequence

from directory.models import ContactPoint
from inbox.intake import locks
from inbox.models import IdentityKey


def hold(workspace_id: int, leads: Sequence[int]) -> set[tuple[int, str]]:
    """Every (channel, key) of these leads, locked until the transaction ends; in one order, so that nobody waits in a
    circle. Before the leads' placements are locked.

    They are read again until none came meanwhile; a key that is bound to them later comes by their number, which is
    held, too.
    """
    held: set[tuple[int, str]] | None = None
    while True:
        rows = IdentityKey.objects.filter(identity__lead_id__any=leads).values_list("channel_id", "key")
        keys = set(rows)
        if keys == held:
            return keys
        points = ContactPoint.objects.filter(lead_id__any=leads, kind=ContactPoint.Kind.PHONE)
        names = [locks.identity(channel, key) for channel, key in keys]
        names += [locks.phone(workspace_id, one) for one in points.values_list("match_key", flat=True)]
        locks.take(names)
        held = keys

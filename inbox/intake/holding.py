"""Holding all of a lead's names, as intake does: what arrives of it meanwhile waits."""

from collections.abc import Sequence

from directory.models import ContactPoint, Lead
from inbox.intake import locks
from inbox.models import IdentityKey


def hold(lead: Lead) -> set[tuple[int, str]]:
    """Every (channel, key) of theirs, locked until the transaction ends. Before the lead's placement is locked."""
    return hold_all([lead])


def hold_all(leads: Sequence[Lead]) -> set[tuple[int, str]]:
    """The same of several at once, in one order, so that nobody waits in a circle.

    They are read again until none came meanwhile; a key that is bound to them later comes by their number, which is
    held, too.
    """
    held: set[tuple[int, str]] | None = None
    while True:
        rows = IdentityKey.objects.filter(identity__lead__in=leads).values_list("channel_id", "key")
        keys = set(rows)
        if keys == held:
            return keys
        points = ContactPoint.objects.filter(lead__in=leads, kind=ContactPoint.Kind.PHONE)
        names = [locks.identity(channel, key) for channel, key in keys]
        names += [
            locks.phone(leads[0].workspace_id, one) for one in points.values_list("match_key", flat=True)
        ]
        locks.take(names)
        held = keys

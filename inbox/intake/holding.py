"""Holding all of a lead's names, as intake does: what arrives of it meanwhile waits."""

from directory.models import ContactPoint, Lead
from inbox.intake import locks
from inbox.models import IdentityKey


def hold(lead: Lead) -> set[tuple[int, str]]:
    """Every (channel, key) of theirs, locked until the transaction ends. Before the lead's placement is locked.

    They are read again until none came meanwhile; a key that is bound to them later comes by their number, which is
    held, too.
    """
    held: set[tuple[int, str]] | None = None
    while True:
        rows = IdentityKey.objects.filter(identity__lead=lead).values_list("channel_id", "key")
        keys = set(rows)
        if keys == held:
            return keys
        points = ContactPoint.objects.filter(lead=lead, kind=ContactPoint.Kind.PHONE)
        names = [locks.identity(channel, key) for channel, key in keys]
        names += [locks.phone(lead.workspace_id, one) for one in points.values_list("match_key", flat=True)]
        locks.take(names)
        held = keys

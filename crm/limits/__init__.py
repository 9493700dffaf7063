"""Rate limits and other small guards that must survive Redis: counted in PostgreSQL.

`allow("invitations", workspace.pk, amount=200, per=86_400)` counts one hit and says whether it was within the limit.
The window begins with the first hit and is fixed; one statement counts and answers, so that two processes cannot
both take the last place. The count is committed with the transaction around it: call it outside of one that may be
rolled back by the very failure that is counted.
"""

from __future__ import annotations

__all__ = ["allow"]


def allow(name: str, subject: object, *, amount: int, per: int) -> bool:
    """True while `subject` has had no more than `amount` hits of `name` within `per` seconds."""
    from crm.limits.models import Entry

    return Entry.objects.hit(f"hits:{name}:{subject}", per) <= amount

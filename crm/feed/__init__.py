"""Feeds: tables that are only appended to, and consumers that read every row once.

    class AuditEntry(FeedRow, TenantModel): ...
    feed.register_consumer(Consumer("notices", "workspaces.AuditEntry", handle))    from AppConfig.ready()
    feed.announce(AuditEntry)                               after a bulk_create; save() does it itself
    feed.replay(parked_row); feed.discard(parked_row)       an operator's decision

What holds: a row whose transaction committed is handled once by each consumer, in the order of its subject, or is
visibly parked.
"""

from typing import TYPE_CHECKING, Any

from crm.feed.consumers import Consumer, register_consumer
from crm.feed.producing import announce

if TYPE_CHECKING:
    from crm.feed.replaying import discard, replay

__all__ = ["Consumer", "announce", "discard", "register_consumer", "replay"]


def __getattr__(name: str) -> Any:
    """These need the models: they are loaded on first use, when the app registry is ready."""
    if name not in {"discard", "replay"}:
        raise AttributeError(name)
    from crm.feed import replaying

    return getattr(replaying, name)

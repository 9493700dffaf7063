"""Feeds: tables that are only appended to, and consumers that read every row once.

    class AuditEntry(FeedRow, TenantModel): ...                          crm.feed.models
    feed.register_consumer(Consumer("notices", "workspaces.AuditEntry", handle))    from AppConfig.ready()
    feed.announce(AuditEntry)                                            after a bulk_create; save() does it itself
    feed.replay(consumer, subject_key); feed.discard(parked_row)         an operator's decision
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

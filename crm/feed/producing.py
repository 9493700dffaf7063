"""The writers' side: tell the consumers of a feed that there is something to read."""

from typing import TYPE_CHECKING

from crm import nudge

if TYPE_CHECKING:
    from crm.feed.models import FeedRow


def announce(model: "type[FeedRow]") -> None:
    """Nudges the feed's consumers when the caller's transaction commits; once, however many rows it wrote."""
    from crm.feed.consumers import of_model
    from crm.feed.tasks import consume

    for consumer in of_model(model):
        nudge.on_commit(consume, consumer.name)

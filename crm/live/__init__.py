"""Live signals: what changed, to whom it concerns.

A second, small process (`crm.live.asgi`) holds one stream per browser. The rest of the application calls what
is exported here; `docs/live.md` has the whole story.

    live.signal(f"workspace:{workspace.pk}:people", "people", id=membership.pk)  # on commit; never raises
    live.end(user_id=5, workspace_id=17)  # their streams end at once
"""

from crm.live.audience import Member, register_audience
from crm.live.guests import guest_topic, register_guests, ticket
from crm.live.pages import page_attributes
from crm.live.signals import end, signal
from crm.live.topics import register_topic

__all__ = [
    "Member",
    "end",
    "guest_topic",
    "page_attributes",
    "register_audience",
    "register_guests",
    "register_topic",
    "signal",
    "ticket",
]

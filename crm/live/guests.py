"""Guests: people who listen without being members, such as the visitors of a web chat.

A guest hears one topic, their own. Whoever serves them decides in an ordinary view that they may listen, and hands
out a ticket, good for five minutes, which the page renews there. The live process asks again when the stream connects
and every 30 seconds, as it does of members.

    live.register_guests("webchat", standing)                             from AppConfig.ready()
    live.ticket("webchat", guest=identity.pk, workspace=workspace.pk)     in the view
    live.signal(live.guest_topic("webchat", guest=…, workspace=…), "message", id=7)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection

from crm.live import tokens
from crm.live.tokens import GuestPass

Standing = Callable[[Collection[GuestPass]], Collection[GuestPass]]

_registered: dict[str, Standing] = {}


def register_guests(family: str, standing: Standing) -> None:
    """Make a family of guests known; from AppConfig.ready().

    `standing(passes)` gives those that may still listen. It is asked outside of any scope, in one query however many
    they are.
    """
    if _registered.setdefault(family, standing) is not standing:
        raise ValueError(f"Live guests {family!r} are registered already")


def ticket(family: str, *, guest: int, workspace: int) -> str:
    """For the query string of the stream: `?ticket=…`. Whoever asks for one has shown who they are."""
    return tokens.seal_guest(
        GuestPass(family=family, guest=guest, workspace=workspace, issued=tokens.now_ms())
    )


def guest_topic(family: str, *, guest: int, workspace: int) -> str:
    """The one topic of a guest; no member may listen to it, since no family of topics begins like that."""
    return tokens.topic_of_guest(family, workspace, guest)


def standing(passes: Collection[GuestPass]) -> set[GuestPass]:
    """Those of the passes that still stand."""
    families: dict[str, list[GuestPass]] = defaultdict(list)
    for held in passes:
        families[held.family].append(held)
    return {
        held
        for family, of_family in families.items()
        if family in _registered
        for held in _registered[family](of_family)
    }

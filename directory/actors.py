"""Who does something: a person, or the house on behalf of a channel, a process, an import."""

from dataclasses import dataclass

from directory.models import Event, Origin
from workspaces.models import Membership


@dataclass(frozen=True)
class Agent:
    """Not a person. `cause` is the event that made it act; it is what stops loops."""

    origin: Origin
    cause: Event | None = None


Actor = Membership | Agent

CHANNEL = Agent(Origin.CHANNEL)
SYSTEM = Agent(Origin.SYSTEM)


def person(actor: Actor) -> Membership | None:
    return actor if isinstance(actor, Membership) else None


def origin(actor: Actor) -> Origin:
    return Origin.WEB if isinstance(actor, Membership) else actor.origin


def cause(actor: Actor) -> Event | None:
    return None if isinstance(actor, Membership) else actor.cause

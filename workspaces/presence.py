"""Who is there: what other apps do when somebody becomes active, and what they show of people beside it.

presence.on_arrival(hand_out)                                   from AppConfig.ready()
presence.register_figure(Figure("open", _("Open"), load))       a column of the page "Team"
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from crm.tenancy import scope
from workspaces.models import Membership

_listeners: list[Callable[[Membership], None]] = []
_figures: dict[str, "Figure"] = {}


@dataclass(frozen=True)
class Figure:
    """`load(ids of memberships)` gives {id: number}, in the scope; who is missing has none. One query."""

    key: str
    label: str | Promise
    load: Callable[[Collection[int]], Mapping[int, int]]


def on_arrival(listener: Callable[[Membership], None]) -> None:
    """`listener` is called in the transaction in which somebody becomes active, in the workspace's scope. What it needs
    not lose is a row before; it only makes it soon."""
    if listener not in _listeners:
        _listeners.append(listener)


def arrived(person: Membership) -> None:
    with scope(person.workspace_id):
        for listener in _listeners:
            listener(person)


def register_figure(figure: Figure) -> None:
    _figures[figure.key] = figure


def figures(people: Collection[int]) -> list[tuple[str | Promise, Mapping[int, int]]]:
    """(label, {membership: number}) of all that is registered."""
    return [(figure.label, figure.load(people)) for figure in _figures.values()]

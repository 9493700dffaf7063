"""The filters of the board's toolbar, and what each offers when it is opened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from directory import choices
from directory.choices import Option, Text
from directory.filtering import words
from directory.filtering.words import Said
from directory.models import Outcome
from funnels.board.look import ANY_OUTCOME, Look
from funnels.board.page import Board


@dataclass(frozen=True)
class Filter:
    """`chosen` are the options that hold now."""

    field: str
    label: Text
    icon: str
    chosen: tuple[Option, ...]


@dataclass(frozen=True)
class _Field:
    """`load(board, ids)` gives the options: all of them, or only those with the ids."""

    label: Text
    icon: str
    load: Callable[[Board, Iterable[Any] | None], list[Option]]


FIELDS = {
    "assignees": _Field(
        gettext_lazy("Assignee"), "user", lambda board, ids: choices.people(board.membership, ids)
    ),
    "tags": _Field(gettext_lazy("Tag"), "tag", lambda _board, ids: choices.tags(ids)),
    "statuses": _Field(gettext_lazy("Status"), "flame", lambda _board, ids: choices.statuses(ids)),
    "channels": _Field(gettext_lazy("Channel"), "radio-tower", lambda _board, ids: choices.channels(ids)),
}
OUTCOMES = (
    (Outcome.OPEN.value, gettext_lazy("Open")),
    (Outcome.WON.value, gettext_lazy("Won")),
    (Outcome.LOST.value, gettext_lazy("Lost")),
    (ANY_OUTCOME, gettext_lazy("Open and closed")),
)


def filters_of(board: Board) -> list[Filter]:
    """With what is chosen; a query for each of people, tags and channels only where some are."""
    return [
        Filter(name, field.label, field.icon, tuple(field.load(board, chosen) if chosen else ()))
        for name, field in FIELDS.items()
        for chosen in [getattr(board.look, name)]
    ]


def said(board: Board) -> list[Said]:
    """What is said in the language of filters, in words."""
    more = board.look.more
    return words.parts(more.filter, board.membership) if more.is_set else []


def options(board: Board, name: str) -> list[tuple[Option, bool, str]]:
    """What a filter offers: the option, whether it holds, and the address that turns it. KeyError for no filter."""
    look: Look = board.look
    chosen = getattr(look, name) if name in FIELDS else ()
    return [
        (option, option.value in chosen, board.at(look.toggled(name, option.value)))
        for option in FIELDS[name].load(board, None)
    ]

"""The filters of the board's toolbar, and what each offers when it is opened."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.cards import ChannelMark
from directory.models import STATUS_MARKS, Outcome, Status, Tag
from funnels.board.look import ANY_OUTCOME, NOBODY, Look
from funnels.board.page import Board
from workspaces.models import Membership

Text = str | Promise


@dataclass(frozen=True)
class Option:
    """`value` is what the look's field holds; `person` shows a face, `mark` an emoji, `colour` a dot."""

    value: Any
    label: Text
    colour: str = ""
    mark: str = ""
    icon: str = ""
    person: Membership | None = None


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


def _no_channels() -> Mapping[int, ChannelMark]:
    return {}


_channels: list[Callable[[], Mapping[int, ChannelMark]]] = [_no_channels]


def plug_channels(load: Callable[[], Mapping[int, ChannelMark]]) -> None:
    """The workspace's channels, which are of a floor above."""
    _channels[0] = load


def _assignees(board: Board, ids: Iterable[Any] | None) -> list[Option]:
    people = (
        Membership.objects.filter(workspace_id=board.membership.workspace_id).select_related("user").by_name()
    )
    people = people.active() if ids is None else people.filter(pk__in=list(ids))
    nobody = [Option(NOBODY, _("Unassigned"))] if ids is None or NOBODY in ids else []
    mine = [one for one in people if one.pk == board.membership.pk]
    others = [one for one in people if one.pk != board.membership.pk]
    return [*_people(mine), *nobody, *_people(others)]


def _people(people: Iterable[Membership]) -> list[Option]:
    return [Option(one.pk, one.user.name, person=one) for one in people]


def _tags(board: Board, ids: Iterable[Any] | None) -> list[Option]:
    tags = Tag.objects.by_name() if ids is None else Tag.objects.by_name().filter(pk__in=list(ids))
    return [Option(tag.pk, tag.name, colour=tag.colour) for tag in tags]


def _statuses(board: Board, ids: Iterable[Any] | None) -> list[Option]:
    wanted = Status.values if ids is None else list(ids)
    return [Option(str(one), one.label, mark=STATUS_MARKS[one]) for one in Status if one in wanted]


def _of_channels(board: Board, ids: Iterable[Any] | None) -> list[Option]:
    marks = _channels[0]()
    wanted = marks if ids is None else [pk for pk in ids if pk in marks]
    return [Option(pk, marks[pk].label, icon=marks[pk].icon) for pk in wanted]


FIELDS = {
    "assignees": _Field(gettext_lazy("Assignee"), "user", _assignees),
    "tags": _Field(gettext_lazy("Tag"), "tag", _tags),
    "statuses": _Field(gettext_lazy("Status"), "flame", _statuses),
    "channels": _Field(gettext_lazy("Channel"), "radio-tower", _of_channels),
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


def options(board: Board, name: str) -> list[tuple[Option, bool, str]]:
    """What a filter offers: the option, whether it holds, and the address that turns it. KeyError for no filter."""
    look: Look = board.look
    chosen = getattr(look, name) if name in FIELDS else ()
    return [
        (option, option.value in chosen, board.at(look.toggled(name, option.value)))
        for option in FIELDS[name].load(board, None)
    ]

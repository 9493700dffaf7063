"""What a filter of leads offers to choose from, for the board's toolbar and the list of conversations."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.prepared import Prepared
from directory.cards import ChannelMark
from directory.models import STATUS_MARKS, Status, Tag
from workspaces.models import Membership

NOBODY = 0  # among people: unassigned
Text = str | Promise


@dataclass(frozen=True)
class Option:
    """`value` is what the filter holds; `person` shows a face, `mark` an emoji, `colour` a dot."""

    value: Any
    label: Text
    colour: str = ""
    mark: str = ""
    icon: str = ""
    person: Membership | None = None


_tags_named: Prepared[tuple[int, str, str]] = Prepared(  # for chips, on every page with a filter
    lambda tags: Tag.objects.by_name().filter(pk__any=tags).values_list("pk", "name", "colour"), tags=[-1]
)


def _no_channels() -> Mapping[int, ChannelMark]:
    return {}


_channels: list[Callable[[], Mapping[int, ChannelMark]]] = [_no_channels]


def plug_channels(load: Callable[[], Mapping[int, ChannelMark]]) -> None:
    """The workspace's channels, which are of a floor above."""
    _channels[0] = load


# Each gives all of them, or only those with the ids.


def people(membership: Membership, ids: Iterable[Any] | None = None) -> list[Option]:
    """The person themselves first, then nobody."""
    found = Membership.objects.filter(workspace_id=membership.workspace_id).select_related("user").by_name()
    found = found.active() if ids is None else found.filter(pk__in=list(ids))
    nobody = [Option(NOBODY, _("Unassigned"))] if ids is None or NOBODY in ids else []
    mine = [one for one in found if one.pk == membership.pk]
    others = [one for one in found if one.pk != membership.pk]
    return [*_faces(mine), *nobody, *_faces(others)]


def tags(ids: Iterable[Any] | None = None) -> list[Option]:
    if ids is not None:
        named = _tags_named.rows(tags=list(map(int, ids)))
        return [Option(pk, name, colour=colour) for pk, name, colour in named]
    return [Option(tag.pk, tag.name, colour=tag.colour) for tag in Tag.objects.by_name()]


def statuses(ids: Iterable[Any] | None = None) -> list[Option]:
    wanted = Status.values if ids is None else list(ids)
    return [Option(str(one), one.label, mark=STATUS_MARKS[one]) for one in Status if one in wanted]


def channels(ids: Iterable[Any] | None = None) -> list[Option]:
    marks = _channels[0]()
    wanted = marks if ids is None else [pk for pk in ids if pk in marks]
    return [Option(pk, marks[pk].label, icon=marks[pk].icon) for pk in wanted]


def _faces(found: Iterable[Membership]) -> list[Option]:
    return [Option(one.pk, one.user.name, person=one) for one in found]

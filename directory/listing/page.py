"""Pages of the directory: placements with leads and assignees, as far as one sees them."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from crm.ui import keyset
from crm.ui.keyset import Page
from directory import search
from directory.listing import paths
from directory.listing.wanted import Wanted
from directory.models import Placement
from directory.models.placement import PlacementQuerySet
from directory.selection import EVERY
from workspaces.models import Membership

PAGE = 50
MOST_FOUND = 50  # by words: whoever wants more says more
MOST_AT_ONCE = 200  # rows that are asked for again by their ids
_SHOWN = (
    *(column.attname for column in Placement._meta.concrete_fields),
    *(f"lead__{name}" for name in ("name", "name_key", "city", "source", "direction", "created_at")),
    "assignee__user__name",
    "assignee__user__avatar",
)


def page(membership: Membership, wanted: Wanted, parameters: Mapping[str, str]) -> Page[Placement]:
    """One page by the address's `after` or `before`. By words the latest that were found, all on one."""
    if wanted.refused:
        return Page([], next="", previous="")
    path = paths.path(membership, wanted)
    if wanted.words:
        return Page(_found(membership, wanted, path.condition, MOST_FOUND), next="", previous="")
    order = wanted.order
    return keyset.page_of_request(
        _shown(Placement.objects.all()),
        order.sort.key,
        parameters,
        limit=PAGE,
        ascending=order.ascending,
        ways=path.ways,
    )


def again(membership: Membership, wanted: Wanted, ids: Iterable[int]) -> list[Placement]:
    """Of these, those that still match."""
    if wanted.refused:
        return []
    named = Q(pk__in=sorted(set(ids))[:MOST_AT_ONCE])
    rows = Placement.objects.visible_to(membership).filter(named, wanted.selection.condition(membership))
    return list(_shown(rows))


def _found(membership: Membership, wanted: Wanted, condition: Q, limit: int) -> list[Placement]:
    every = wanted.state == EVERY
    states = [Q(is_archived=False), Q(is_archived=True)] if every else [wanted.listed]
    return search.find(membership, wanted.words, limit, within=wanted.listed & condition, states=states)


def _shown(rows: PlacementQuerySet) -> PlacementQuerySet:
    return rows.select_related("lead", "assignee__user").only(*_SHOWN)

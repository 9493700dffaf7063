"""Pages of the directory: placements with leads and assignees, as far as one sees them."""

from collections.abc import Hashable, Iterable, Mapping, Sequence

from django.db import OperationalError
from django.db.models import Q

from crm.patience import MILLISECONDS, reading, was_cut
from crm.prepared import Statement
from crm.tenancy import current_workspace
from crm.ui import keyset, runs
from crm.ui.keyset import Page
from crm.ui.ways import Way, walk_in_order
from directory import search
from directory.listing import paths
from directory.listing.paths import Path
from directory.listing.sorting import Runs
from directory.listing.wanted import Wanted
from directory.models import Lead, Placement
from directory.models.placement import PlacementQuerySet
from directory.selection import EVERY
from directory.visibility import sight
from workspaces.models import Membership

PAGE = 50
MOST_FOUND = 50  # by words: whoever wants more says more
MOST_AT_ONCE = 200  # rows that are asked for again by their ids
MOST_REMEMBERED = 1_024
_PLACEMENT = (
    *(column.attname for column in Placement._meta.concrete_fields),
    "assignee__user__name",
    "assignee__user__avatar",
)
_LEAD = ("name", "name_key", "city", "source", "direction", "created_at", "workspace_id")
_SHOWN = (*_PLACEMENT, *(f"lead__{name}" for name in _LEAD))
_OF_LEADS = (*_LEAD, *(f"placement__{name}" for name in _PLACEMENT))
_remembered: dict[Hashable, Statement[Placement]] = {}


def page(membership: Membership, wanted: Wanted, parameters: Mapping[str, str]) -> Page[Placement]:
    """One page by the address's `after` or `before`. By words the latest that were found, all on one."""
    if wanted.refused:
        return Page([], next="", previous="")
    path = paths.path(membership, wanted)
    if wanted.words:
        return Page(_found(membership, wanted, path.condition, MOST_FOUND), next="", previous="")
    if path.few is not None:
        return _gathered(path, path.ways, parameters)
    if not path.many:
        is_opened = not (wanted.filter.is_set or parameters.get("after") or parameters.get("before"))
        return _opened(path) if is_opened else _walked(path, parameters)
    try:
        with reading(paths.HASTE, then=str(MILLISECONDS)):
            return _walked(path, parameters)
    except OperationalError as error:
        if not was_cut(error):
            raise
        return _gathered(path, path.gathered, parameters)


def again(membership: Membership, wanted: Wanted, ids: Iterable[int]) -> list[Placement]:
    """Of these, those that still match."""
    if wanted.refused:
        return []
    named = Q(pk__in=sorted(set(ids))[:MOST_AT_ONCE])
    rows = Placement.objects.visible_to(membership).filter(named, wanted.selection.condition(membership))
    return list(_shown(rows))


def _opened(path: Path) -> Page[Placement]:
    """The page as it opens, without a filter. Describing and compiling what it asks takes longer than the answer, and
    it is opened often: the statement is remembered by all that it depends on."""
    membership, order, state = path.membership, path.wanted.order, path.wanted.state
    if order.sort.is_of_lead or order.sort.runs:
        return _walked(path, {})
    key = (current_workspace(), sight(membership), order.text, state)
    statement = _remembered.get(key)
    if statement is None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        rows, ascending = _shown(Placement.objects.all()), order.ascending
        first = keyset.first(rows, order.sort.key, limit=PAGE, ascending=ascending, ways=path.ways)
        statement = _remembered[key] = Statement.of(first)
    return keyset.first_page(statement.rows(), order.sort.key, limit=PAGE)


def _walked(path: Path, parameters: Mapping[str, str]) -> Page[Placement]:
    order = path.wanted.order
    if not order.sort.is_of_lead:
        walk_in_order()
    if order.sort.runs is not None:
        return _in_runs(path, order.sort.runs, path.rows, parameters)
    if not order.sort.is_of_lead:
        return _gathered(path, path.ways, parameters)
    leads = Lead.objects.filter(path.leads).select_related("placement__assignee__user").only(*_OF_LEADS)
    walked = keyset.page_of_request(
        leads, order.sort.of_lead, parameters, limit=PAGE, ascending=order.ascending
    )
    return Page([lead.placement for lead in walked], walked.next, walked.previous)


def _in_runs(
    path: Path, of: Runs, rows: PlacementQuerySet, parameters: Mapping[str, str], *, gathers: bool = False
) -> Page[Placement]:
    found = of(path.wanted.order.ascending)
    return runs.page_of_request(_shown(rows), found, parameters, limit=PAGE, gathers=gathers)


def _gathered(path: Path, ways: Sequence[Way], parameters: Mapping[str, str]) -> Page[Placement]:
    order, rows = path.wanted.order, _shown(Placement.objects.all())
    if order.sort.runs is not None:
        return _in_runs(path, order.sort.runs, path.among, parameters, gathers=True)
    return keyset.page_of_request(
        rows, order.sort.key, parameters, limit=PAGE, ascending=order.ascending, ways=ways
    )


def _found(membership: Membership, wanted: Wanted, condition: Q, limit: int) -> list[Placement]:
    every = wanted.state == EVERY
    states = [Q(is_archived=False), Q(is_archived=True)] if every else [wanted.listed]
    within = wanted.listed & condition
    return search.find(
        membership, wanted.words, limit, within=within, states=states, is_kept=not wanted.filter.is_set
    )


def _shown(rows: PlacementQuerySet) -> PlacementQuerySet:
    return rows.select_related("lead", "assignee__user").only(*_SHOWN)

"""Pages of the directory: rows of leads, as far as one sees them."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext

from django.db import OperationalError
from django.db.models import Q

from crm.patience import MILLISECONDS, reading, was_cut
from crm.ui import runs
from crm.ui.keyset import Page, Turn
from crm.ui.ways import walk_in_order
from directory import search
from directory.filtering.tree import Clause, Keyword
from directory.listing import listed, paths, walking
from directory.listing.listed import Listed
from directory.listing.paths import FEW, HASTE, Path
from directory.listing.sorting import Runs
from directory.listing.wanted import Wanted
from directory.models import Placement
from workspaces.models import Membership

PAGE = 50
MOST_FOUND = 50  # by words: whoever wants more says more
MOST_AT_ONCE = 200  # rows that are asked for again by their ids


def is_walked(wanted: Wanted) -> bool:
    """By an order that a column has."""
    return not wanted.words and wanted.order.sort.runs is None


def page(membership: Membership, wanted: Wanted, parameters: Mapping[str, str]) -> Page[Listed]:
    """One page by the address's `after` or `before`. By words the latest that were found, all on one. Two queries, and
    one more where nobody has asked so before."""
    if wanted.refused:
        return Page([], next="", previous="")
    if wanted.words:
        found = listed.by_ids(_found(membership, wanted))
        return Page(found, next="", previous="", is_full=len(found) >= MOST_FOUND)
    if wanted.order.sort.runs is not None:
        return _in_runs(paths.path(membership, wanted), wanted.order.sort.runs, parameters)
    key = wanted.order.sort.key
    turn = Turn.of_request(Placement, key, parameters)
    ids = walking.ids(walking.Search(paths.path(membership, wanted), turn, PAGE + 1))
    return turn.page(listed.by_ids(ids[:PAGE]), key, more=len(ids) > PAGE)


def again(membership: Membership, wanted: Wanted, ids: Iterable[int]) -> list[Listed]:
    """Of these, those that still match."""
    if wanted.refused:
        return []
    named = Q(pk__in=sorted(set(ids))[:MOST_AT_ONCE])
    rows = Placement.objects.visible_to(membership).filter(named, wanted.selection.condition(membership))
    return listed.by_ids(list(rows.order_by("pk").values_list("pk", flat=True)))


def _in_runs(path: Path, of: Runs, parameters: Mapping[str, str]) -> Page[Listed]:
    """By an order that no column has. Few are gathered and sorted; else each run is walked by its index, and what has
    no page after HASTE is gathered, however many."""
    order = of(path.wanted.order.ascending)
    if _holds_none(path):
        order = order[-1:]
    every = Placement.objects.filter(path.seen, path.condition)
    best = path.best(FEW)
    if best:
        rows = every.filter(pk__in=path.among(best))
        found = runs.page_of_request(rows, order, parameters, limit=PAGE, gathers=True)
    else:
        walk_in_order()
        try:
            with reading(HASTE, then=str(MILLISECONDS)) if path.needed else nullcontext():
                found = runs.page_of_request(every, order, parameters, limit=PAGE)
        except OperationalError as error:
            if not was_cut(error) or not path.needed:
                raise
            found = runs.page_of_request(path.rows, order, parameters, limit=PAGE, gathers=True)
    return Page(listed.by_ids([one.pk for one in found]), found.next, found.previous)


def _holds_none(path: Path) -> bool:
    """Whether the filter says that nobody has what it is sorted by: who has it need not be walked to tell."""
    sort = path.wanted.order.sort
    return sort.ends_without and any(
        isinstance(part, Clause) and part.field == sort.name and part.values == (Keyword.NONE,)
        for part in path.wanted.filter.parts
    )


def _found(membership: Membership, wanted: Wanted) -> list[int]:
    path = paths.path(membership, wanted)
    return search.found(
        membership,
        wanted.words,
        MOST_FOUND,
        within=lambda: wanted.listed & path.condition,
        known_as=walking.known_as(path),
        states=path.states,
        now=path.now,
    )

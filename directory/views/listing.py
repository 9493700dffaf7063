"""The directory: the page, and the parts of it that are fetched apart."""

from typing import Any

from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.cleanness import whole_number
from crm.patience import patiently, reading, was_cut
from crm.ui.keyset import Page
from crm.ui.ways import IN_ORDER
from directory import listening
from directory.filtering import words
from directory.listing import counting, foot, kept, page, similar, sorting, toolbar
from directory.listing.listed import Listed
from directory.listing.rows import rows
from directory.listing.wanted import Wanted
from workspaces.requests import WorkspaceRequest


@require_GET
def directory(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The whole page. What takes too long is said in the list's place: the filter stays, to be narrowed."""
    member = request.membership
    wanted = Wanted.of(request.GET, member)
    keeps = kept.of(member, wanted)
    found, is_cut = _page(request, wanted)
    columns = keeps.columns
    context = {
        "wanted": wanted,
        "keeps": keeps,
        "columns": columns,
        "sorts": {} if wanted.words else sorting.of_columns(columns, member),
        "page": found,
        "is_cut": is_cut,
        "rows": rows(found.rows, member, columns),
        "chips": tuple(words.parts(wanted.filter, member)),
        "foot": foot.open_to(member),
        "tools": toolbar.open_to(member),
        "looks_alike": similar.is_worth(wanted, len(found.rows)),
        "live_topics": listening.topics_for(member),
    }
    return render(request, "directory/list/index.html", context)


@require_GET
@patiently
def again(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`?ids=1,2`: those of these rows that still match; the page marks the others."""
    member = request.membership
    wanted = Wanted.of(request.GET, member)
    named = [whole_number(part) for part in request.GET.get("ids", "").split(",")]
    placements = page.again(member, wanted, [pk for pk in named if pk is not None])
    columns = kept.of(member, wanted).columns
    context = {"rows": rows(placements, member, columns)}
    return render(request, "directory/list/rows.htmx.html", context)


@require_GET
def count(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    wanted = Wanted.of(request.GET, request.membership)
    context = {"total": counting.total(request.membership, wanted), "wanted": wanted}
    return render(request, "directory/list/count.htmx.html", context)


@require_GET
def alike(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Leads whose names look like the words, where these found few; nothing where that would take long."""
    member = request.membership
    wanted = Wanted.of(request.GET, member)
    columns = kept.of(member, wanted).columns
    context: dict[str, Any] = {
        "rows": rows(similar.find(member, wanted), member, columns),
        "columns": columns,
    }
    return render(request, "directory/list/alike.htmx.html", context)


def _page(request: WorkspaceRequest, wanted: Wanted) -> tuple[Page[Listed], bool]:
    """Behind the last of what is left, the first page."""
    if not request.GET:
        return page.page(request.membership, wanted, {}), False
    try:
        with reading(also=IN_ORDER if page.is_walked(wanted) else ""):
            found = page.page(request.membership, wanted, request.GET.dict())
            if not found.rows and request.GET.keys() & {"after", "before"}:
                found = page.page(request.membership, wanted, {})
            return found, False
    except OperationalError as error:
        if not was_cut(error):
            raise
        return Page([], next="", previous=""), True

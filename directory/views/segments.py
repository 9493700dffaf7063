"""Segments kept, renamed, deleted; and how a person's directory looks."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseLocation, trigger_client_event

from directory import columns
from directory.actions import segments
from directory.forms.segments import LookForm, SegmentForm
from directory.listing import kept
from directory.listing.places import DIRECTORY
from directory.listing.wanted import Wanted
from directory.models import Segment
from directory.permissions import DirectoryPermission
from directory.views.custom_fields import ids_of
from workspaces.errors import Refused
from workspaces.permissions import check
from workspaces.requests import WorkspaceRequest


@require_GET
def strip(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The segments, of which the one that is looked at is marked."""
    wanted = Wanted.of(request.GET, request.membership)
    context = {"segments": kept.of(request.membership, wanted).segments, "wanted": wanted}
    return render(request, "directory/list/segments.htmx.html", context)


@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """A GET's own query is what would be kept."""
    member = request.membership
    if request.method == "GET":
        wanted = Wanted.of(request.GET, member)
        initial = {"filter": wanted.text, "state": wanted.state, "sort": wanted.order.text}
        return _form(request, SegmentForm(initial=initial, reader=member))
    form = SegmentForm(request.POST, reader=member)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        made = segments.create(by=member, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form(request, form, status=422)
    return _list(request, Wanted.at(made.filter, made.state, made.sort, member))


@require_http_methods(["GET", "POST"])
def segment(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Its name, its emoji; with `now` also what it shows."""
    member = request.membership
    found = _changeable(request, pk)
    if request.method == "GET":
        initial = {one: getattr(found, one) for one in ("name", "icon", "filter", "state", "sort")}
        return _form(request, SegmentForm(initial=initial, reader=member, segment=found), found)
    given = request.POST.copy()
    if given.get("now"):
        looked_at = _looked_at(request)
        given["filter"], given["state"] = looked_at.text, looked_at.state
        given["sort"] = looked_at.order.text
    form = SegmentForm(given, reader=member, segment=found)
    if not form.is_valid():
        return _form(request, form, found, status=422)
    segments.change(found, by=member, **form.cleaned_data)
    return _list(request, _looked_at(request).query)


@require_POST
def removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    segments.delete(_changeable(request, pk), by=request.membership)
    return _list(request, _looked_at(request).query)


@require_POST
def order(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`order`: ids as they shall stand, of one's own, or with `shared` of those of all."""
    segments.reorder(ids_of(request), by=request.membership, shared="shared" in request.POST)
    return trigger_client_event(HttpResponse(status=204), "live:segments", {})


@require_GET
def management(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """All that the person may change."""
    shown = kept.of(request.membership, _looked_at(request)).segments
    context = {
        "kinds": [(shared, [one for one in shown if one.is_shared == shared]) for shared in (False, True)],
        "shares": request.membership.may(DirectoryPermission.SHARE_SEGMENTS),
    }
    return render(request, "directory/list/segments_management.htmx.html", context)


@require_http_methods(["GET", "POST"])
def look(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Columns in their order, and density, each person's own. A POST without a density says of the columns alone."""
    every = [one for one in columns.every() if one.key != "name"]
    if request.method == "GET":
        keeps = kept.of(request.membership, Wanted())
        shown = [one for one in keeps.columns if one.key != "name"]
        keys = {one.key for one in shown}
        others = [one for one in every if one.key not in keys]
        context = {"shown": shown, "others": others, "is_compact": keeps.is_compact}
        return render(request, "directory/list/look.htmx.html", context)
    form = LookForm(request.POST, keys=[(one.key, str(one.label)) for one in every])
    if form.is_valid():
        given = form.cleaned_data
        segments.look(
            by=request.membership,
            columns=["name", *given["columns"]],
            is_compact=given["density"] == "compact" if given["density"] else None,
        )
    return _list(request, _looked_at(request).query)


def _changeable(request: WorkspaceRequest, pk: int) -> Segment:
    """404 for another's own, 403 for a shared one of who may not share."""
    found = get_object_or_404(Segment.objects.open_to(request.membership), pk=pk)
    if found.is_shared:
        check(request.membership, DirectoryPermission.SHARE_SEGMENTS)
    return found


def _form(
    request: WorkspaceRequest, form: SegmentForm, found: Segment | None = None, *, status: int = 200
) -> HttpResponse:
    looked_at = _looked_at(request)
    differs = found is not None and (found.filter, found.state) != (looked_at.text, looked_at.state)
    context: dict[str, Any] = {"form": form, "segment": found, "differs": differs}
    return render(request, "directory/list/segment_form.htmx.html", context, status=status)


def _list(request: WorkspaceRequest, query: str) -> HttpResponse:
    """The list anew, and no dialog."""
    path = DIRECTORY.address(request, Wanted()) + query
    response = HttpResponseLocation(path, target="#directory", select="#directory", swap="outerHTML")
    return trigger_client_event(response, "dialog:close", {})


def _looked_at(request: WorkspaceRequest) -> Wanted:
    """As the page that asks shows its list: it says so in its address."""
    shown = request.htmx.current_url_abs_path or "" if request.htmx else ""
    return Wanted.of(QueryDict(shown.partition("?")[2]), request.membership)

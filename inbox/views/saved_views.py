"""Saved views: kept, named, ordered, deleted. The answer is the strip of them above the list, and its filters."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import retarget, trigger_client_event

from crm.cleanness import whole_number
from inbox.actions import saved_views
from inbox.conversations import choosing, saved
from inbox.conversations.wanted import Wanted
from inbox.forms.saved_views import SavedViewForm
from inbox.models import SavedView
from inbox.permissions import InboxPermission
from workspaces.errors import Refused
from workspaces.permissions import check
from workspaces.requests import WorkspaceRequest


@require_GET
def strip(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The views, of which the one that is looked at is marked."""
    wanted = Wanted.of(request.GET, request.membership)
    context = {"views": saved.views(request.membership, wanted), "wanted": wanted}
    return render(request, "inbox/conversations/views.htmx.html", context)


@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """A GET's own query is what would be kept."""
    member = request.membership
    if request.method == "GET":
        query = Wanted.of(request.GET, member).kept
        return _form(request, SavedViewForm(initial={"query": query}, reader=member))
    form = SavedViewForm(request.POST, reader=member)
    if not form.is_valid():
        return _form(request, form, status=422)
    values = form.cleaned_data
    try:
        saved_views.create(
            by=member,
            name=values["name"],
            icon=values["icon"],
            query=values["query"],
            shared=values.get("shared", False),
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form(request, form, status=422)
    return _answer(request, QueryDict(values["query"]))


@require_http_methods(["GET", "POST"])
def view(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Its name, its emoji; with `query` also what it shows."""
    member = request.membership
    found = _changeable(request, pk)
    if request.method == "GET":
        initial = {"name": found.name, "icon": found.icon, "query": found.query}
        return _form(request, SavedViewForm(initial=initial, reader=member, view=found), found)
    form = SavedViewForm(request.POST, reader=member, view=found)
    if not form.is_valid():
        return _form(request, form, found, status=422)
    values = {name: form.cleaned_data[name] for name in ("name", "icon", "query")}
    saved_views.change(found, by=member, **values)
    return _answer(request)


@require_POST
def removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    saved_views.delete(_changeable(request, pk), by=request.membership)
    return _answer(request)


@require_GET
def management(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """All that the person may change, to be named, ordered and deleted."""
    wanted = _looked_at(request)
    views = saved.views(request.membership, wanted)
    shares = request.membership.may(InboxPermission.SHARE_VIEWS)
    context = {
        "kinds": [(shared, [one for one in views if one.is_shared == shared]) for shared in (False, True)],
        "shares": shares,
        "wanted": wanted,
    }
    return render(request, "inbox/conversations/views_management.htmx.html", context)


@require_POST
def order(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`order`: ids as they shall stand, of the shared ones with `shared`, else of one's own."""
    named = [whole_number(value) for value in request.POST.getlist("order")]
    ids = [pk for pk in named if pk is not None][: saved_views.MOST * 2]
    saved_views.reorder(ids, by=request.membership, shared=request.POST.get("shared") == "1")
    return _answer(request, closes=False)


def _changeable(request: WorkspaceRequest, pk: int) -> SavedView:
    """404 for another's own, 403 for a shared one of who may not share."""
    found = get_object_or_404(SavedView.objects.open_to(request.membership), pk=pk)
    if found.is_shared:
        check(request.membership, InboxPermission.SHARE_VIEWS)
    return found


def _form(
    request: WorkspaceRequest, form: SavedViewForm, found: SavedView | None = None, *, status: int = 200
) -> HttpResponse:
    looked_at = _looked_at(request).kept if found is not None else ""
    context: dict[str, Any] = {"form": form, "view": found, "looked_at": looked_at}
    return render(request, "inbox/conversations/view_form.htmx.html", context, status=status)


def _answer(
    request: WorkspaceRequest, looked_at: QueryDict | None = None, *, closes: bool = True
) -> HttpResponse:
    """The strip, as the page that sent this looks at the list, or as what was just kept does."""
    wanted = _looked_at(request) if looked_at is None else Wanted.of(looked_at, request.membership)
    context = {
        "views": saved.views(request.membership, wanted),
        "wanted": wanted,
        "chips": choosing.chips(request.membership, wanted),
    }
    response = retarget(render(request, "inbox/conversations/views.htmx.html", context), "#talks-views")
    response["HX-Reswap"] = "outerHTML"
    return trigger_client_event(response, "dialog:close", {}) if closes else response


def _looked_at(request: WorkspaceRequest) -> Wanted:
    """As the page that asks shows its list: it says so in its address."""
    shown = request.htmx.current_url_abs_path or "" if request.htmx else ""
    return Wanted.of(QueryDict(shown.partition("?")[2]), request.membership)

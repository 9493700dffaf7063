"""The lead's page, drawer and panel; a lead made by hand."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from crm.cleanness import whole_number
from directory import card, listening, pipeline, required, search, tabs, timeline
from directory.actions import leads
from directory.forms.leads import LeadForm
from directory.merging import reading
from directory.models import Lead, Placement
from directory.naming import called
from directory.permissions import DirectoryPermission
from directory.views.answers import lead_of, place_of
from directory.views.following import follows_merge
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

MOST_LINES = 300
PANEL_LINES = 6


@require_GET
@follows_merge(whole=True)
def lead(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A page; for htmx, or with `?drawer`, what goes into the drawer."""
    in_drawer = bool(request.htmx) or "drawer" in request.GET
    context = _context(request, pk, "drawer" if in_drawer else "page")
    context |= {
        "tabs": tabs.open_to(request.membership, context["card"].lead),
        "tab": request.GET.get("tab", "general"),
        "likeness": _likeness(request, context["card"].lead),
    }
    if in_drawer:
        return render(request, "directory/drawer.htmx.html", context)
    context["live_topics"] = listening.topics_for(request.membership)
    return render(request, "directory/lead.html", context)


@require_GET
@follows_merge()
def panel(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Beside the thread."""
    return render(request, "directory/panel.htmx.html", _context(request, pk, "panel", lines=PANEL_LINES))


@require_GET
@follows_merge()
def news(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """After a live signal: the card's parts, out of band."""
    shown = card.read(lead_of(request, pk), request.membership, place_of(request) or "page")
    return render(request, "directory/news.htmx.html", {"card": shown})


@require_GET
@follows_merge()
def tab(request: WorkspaceRequest, workspace_id: str, pk: int, key: str) -> HttpResponse:
    """One tab of a floor above, when it is opened."""
    found = lead_of(request, pk)
    for one in tabs.open_to(request.membership, found):
        if one.key == key:
            shown = card.read(found, request.membership, place_of(request) or "page")
            return render(request, one.template, {**one.load(request, found), "card": shown})
    raise Http404


@require_GET
@follows_merge()
def history(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """The timeline: `?kind=` narrows it, `?after=` goes on; after a signal, as many `?lines=` as are shown."""
    found = lead_of(request, pk)
    lines = min(max(timeline.LIMIT, whole_number(request.GET.get("lines", "")) or 0), MOST_LINES)
    place = place_of(request) or "page"
    if place == "panel":
        lines = PANEL_LINES
    context = {"lead": found, "place": place, **_history(request, found, place, lines)}
    if request.GET.get("after"):
        context["shown"] = (whole_number(request.GET.get("shown", "")) or 0) + len(context["page"].lines)
        return render(request, "directory/history_more.htmx.html", context)
    return render(request, "directory/history.htmx.html", context)


@require_GET
@follows_merge()
def run(request: WorkspaceRequest, workspace_id: str, pk: int, source: str) -> HttpResponse:
    """What one line of the timeline stands for: from the one with the id `?from=`, the newest, to `?to=`."""
    found = lead_of(request, pk)
    newest, oldest = (whole_number(request.GET.get(name, "")) or 0 for name in ("from", "to"))
    told = next((one for one in timeline.sources if one.key == source), None)
    if told is None:
        raise Http404
    lines = timeline.opened(found, request.membership, told, newest, oldest)
    context = {"lead": found, "place": place_of(request) or "page", "page": timeline.Page(lines, "")}
    return render(request, "directory/history_run.htmx.html", context)


@require_http_methods(["GET", "POST"])
@requires(DirectoryPermission.WORK_LEADS)
def new(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`?name=` or `?phone=` is filled in; `?then=write` goes on to the conversation with them."""
    given = {name: request.GET[name] for name in ("name", "phone", "then") if name in request.GET}
    posted = request.POST if request.method == "POST" else None
    form = LeadForm(posted, membership=request.membership, initial=given)
    doubles: list[tuple[Lead, str]] = []
    if request.method == "POST" and form.is_valid():
        _check_asked(form)
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["despite"] and form.points:
            doubles = _doubles(request, form)
        if not doubles:
            return _created(request, form)
    template = "directory/new.htmx.html" if request.htmx else "directory/new.html"
    context = {"form": form, "doubles": doubles}
    return render(request, template, context, status=422 if form.errors or doubles else 200)


def _check_asked(form: LeadForm) -> None:
    """A stage asks of a lead that is made in it what it asks of others; what the form has no field for is filled in
    later, elsewhere."""
    given = form.cleaned_data
    name, keys = pipeline.current().asks(given["stage"])
    held = {key for key in ("name", "phone", "email", "assignee") if given.get(key)}
    held |= {"tag"} if given.get("tags") else set()
    held |= {field.name for field in form.values}
    lacking = [key for key in keys if key not in held]
    if lacking:
        form.add_error("stage", str(required.Missing(name, {0: lacking})))


def _created(request: WorkspaceRequest, form: LeadForm) -> HttpResponse:
    made = form.cleaned_data
    pipeline.current().check_moves_to(made["stage"], by=request.membership)
    found = leads.create(
        by=request.membership,
        workspace_id=request.workspace.pk,
        name=made["name"],
        stage_id=made["stage"],
        assignee=made["assignee"],
        contact_points=form.points,
        tags=made["tags"],
        values=form.values,
    )
    if Placement.objects.visible_to(request.membership).filter(pk=found.pk).exists():
        messages.success(request, _("The lead is created."))
        page = "inbox:thread" if made["then"] == "write" else "directory:lead"
        target = redirect(page, workspace_id=request.workspace.public_id, pk=found.pk)
    else:
        messages.success(request, _("The lead is created. It is now with others: you don't see it."))
        target = redirect("workspaces:home_of", workspace_id=request.workspace.public_id)
    return HttpResponseClientRedirect(target.url) if request.htmx else target


def _doubles(request: WorkspaceRequest, form: LeadForm) -> list[tuple[Lead, str]]:
    """Those that the person may see, with what they are called."""
    found = search.duplicates(request.membership, form.points)
    return [(one, called(one.name, list(one.contact_points.all()), request.membership)) for one in found]


def _context(
    request: WorkspaceRequest, pk: int, place: str, *, lines: int = timeline.LIMIT
) -> dict[str, Any]:
    found = lead_of(request, pk)
    shown = card.read(found, request.membership, place)
    return {"card": shown, "lead": found, "place": place, **_history(request, found, place, lines)}


def _likeness(request: WorkspaceRequest, found: Lead) -> list[reading.Other]:
    """Whom it looks like, to who may merge them."""
    may = request.membership.may(DirectoryPermission.MERGE_LEADS)
    return reading.looks_like(found, request.membership) if may and found.has_pairs else []


def _history(
    request: WorkspaceRequest, found: Lead, place: str, lines: int = timeline.LIMIT
) -> dict[str, Any]:
    """Beside a thread only the changes: the thread tells the rest."""
    kind = request.GET.get("kind", "")
    kind = timeline.EVENTS if place == "panel" else kind
    kind = kind if kind in timeline.GROUPS or kind in timeline.sources else ""
    page = timeline.page(
        found, request.membership, group=kind, cursor=request.GET.get("after", ""), limit=lines
    )
    return {"page": page, "kind": kind, "kinds": timeline.kinds(), "groups": timeline.GROUPS}

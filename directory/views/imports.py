"""Imports: the list, and one with its steps. Each step is a page that can be left and come back to."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.cleanness import upload_limit
from crm.ui import keyset
from directory.actions import imports
from directory.forms.imports import FileForm, LayoutForm, MappingForm, OptionsForm
from directory.importing import limits, options, reasons, showing, storing
from directory.importing.archives import Unfit
from directory.models import Import, ImportState
from directory.permissions import DirectoryPermission
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

may_import = requires(DirectoryPermission.IMPORT_LEADS)
SHOWN = 100
LIMITS = {
    "mb": limits.MOST_BYTES // limits.MB,
    "sheet_mb": limits.MOST_SHEET_BYTES // limits.MB,
    "rows": limits.MOST_ROWS,
}
STEPS = {
    ImportState.MAPPING: "columns",
    ImportState.OPTIONS: "options",
}


@require_GET
@may_import
def listing(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    rows = Import.objects.visible_to(request.membership).select_related("by__user").defer("profile", "report")
    try:
        page = keyset.page(
            rows, "id", after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
    except keyset.BadCursor:
        raise Http404 from None
    return render(request, "directory/imports/list.html", {"page": page, "action": request.path})


@upload_limit(limits.MOST_BYTES + limits.MB)
@require_http_methods(["GET", "POST"])
@may_import
def new(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        try:
            kept = storing.keep(form.cleaned_data["file"], request.workspace.pk)
        except Unfit as unfit:
            form.add_error("file", reasons.of_file(unfit.code))
        else:
            one = imports.begin(kept, by=request.membership)
            return redirect("directory:import", workspace_id=workspace_id, pk=one.pk)
    context = {"form": form, "limits": LIMITS, "too_large": reasons.of_file("too_large")}
    return render(request, "directory/imports/new.html", context, status=422 if form.errors else 200)


@require_GET
@may_import
@never_cache
def detail(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponseBase:
    """Where it stands: what is under way, what is to be chosen, what came of it."""
    one = _import(request, pk)
    if one.is_at_work:
        return _at_work(request, one)
    if request.htmx and "HX-History-Restore-Request" not in request.headers:
        return HttpResponseClientRedirect(_address(request, one))  # what was under way is over
    if one.state in STEPS:
        return redirect(_address(request, one, STEPS[ImportState(one.state)]))
    if one.state == ImportState.BROKEN:
        return _broken(request, one)
    if one.state == ImportState.CHECKED:
        return _checked(request, one)
    rows = showing.refused_rows(one, SHOWN) if one.refused else []
    return render(request, "directory/imports/done.html", {"one": one, "rows": rows})


@require_http_methods(["GET", "POST"])
@may_import
@never_cache
def columns(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    one = _import(request, pk)
    if one.is_at_work or not one.mapping or not one.can_change:
        return redirect(_address(request, one))
    form = MappingForm(
        request.POST if request.method == "POST" else None, one=one, membership=request.membership
    )
    if request.method == "POST" and form.is_valid():
        try:
            imports.set_mapping(one, by=request.membership, mapping=form.mapping)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(_address(request, one, "options"))
    samples = one.profile["samples"]
    rows = [
        (form[f"c{place}"], [row[place] for row in samples if place < len(row) and row[place].strip()][:3])
        for place in range(len(one.profile["headers"]))
    ]
    context = {
        "one": one,
        "form": form,
        "rows": rows,
        "layout": LayoutForm(one=one),
        "before": imports.same_before(one),
    }
    return render(request, "directory/imports/columns.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@may_import
@never_cache
def choices(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What else is to be said, and the first rows as they will be read. `go` begins the trial run."""
    one = _import(request, pk)
    if one.state not in (ImportState.OPTIONS, ImportState.CHECKED):
        return redirect(_address(request, one))
    chosen = options.of_json(one.options)
    form = OptionsForm(
        request.POST if request.method == "POST" else None, chosen=chosen, membership=request.membership
    )
    if request.method == "POST" and form.is_valid():
        try:
            imports.set_options(one, by=request.membership, options=form.options)
            if "go" in request.POST:
                imports.try_out(one, by=request.membership)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(_address(request, one, "" if "go" in request.POST else "options"))
    headers, rows = showing.preview(one, request.membership)
    context = {"one": one, "form": form, "headers": headers, "rows": rows}
    return render(request, "directory/imports/options.html", context, status=422 if form.errors else 200)


@require_POST
@may_import
def layout(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Read it again, as the person says."""
    one = _import(request, pk)
    form = LayoutForm(request.POST, one=one)
    if not form.is_valid():
        return _broken(request, one, form)
    return _act(
        request, one, lambda: imports.read_again(one, by=request.membership, layout=form.cleaned_data)
    )


@require_POST
@may_import
def run(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    one = _import(request, pk)
    again = bool(request.POST.get("again"))
    return _act(request, one, lambda: imports.run(one, by=request.membership, again=again))


@require_POST
@may_import
def continuation(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    one = _import(request, pk)
    return _act(request, one, lambda: imports.go_on(one, by=request.membership))


@require_POST
@may_import
def stop(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    one = _import(request, pk)
    return _act(request, one, lambda: imports.stop(one, by=request.membership))


@require_http_methods(["GET", "POST"])
@may_import
def undo(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A GET says what will happen."""
    one = _import(request, pk)
    if request.method == "POST":
        return _act(request, one, lambda: imports.take_back(one, by=request.membership))
    return render(request, "directory/imports/undo.html", {"one": one})


@require_POST
@may_import
def removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    try:
        imports.discard(_import(request, pk), by=request.membership)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The import is discarded."))
    return redirect("directory:imports", workspace_id=workspace_id)


@require_GET
@may_import
@never_cache
def refused(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponseBase:
    """The rows that were not taken, as a file."""
    one = _import(request, pk)
    if not one.refused_file or not default_storage.exists(one.refused_file):
        raise Http404("no file")
    answer = FileResponse(default_storage.open(one.refused_file), content_type="application/octet-stream")
    name = f"{one.name.rpartition('.')[0] or one.name} – {_('not imported')}.{one.kind}"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _at_work(request: WorkspaceRequest, one: Import) -> HttpResponse:
    job = showing.job_of(one)
    context = {"one": one, "job": job, "is_open": job is not None and job.is_open}
    is_part = request.htmx and "HX-History-Restore-Request" not in request.headers
    template = "directory/imports/progress.htmx.html" if is_part else "directory/imports/progress.html"
    return render(request, template, context)


def _broken(request: WorkspaceRequest, one: Import, form: LayoutForm | None = None) -> HttpResponse:
    """What can be chosen otherwise is offered; of a spreadsheet, another sheet."""
    can_choose = bool(one.file) and (one.kind == "csv" or len(one.layout.get("sheets", [])) > 1)
    context = {
        "one": one,
        "words": reasons.of_file(one.problem),
        "layout": form or (LayoutForm(one=one) if can_choose else None),
    }
    return render(request, "directory/imports/broken.html", context, status=422 if form else 200)


def _checked(request: WorkspaceRequest, one: Import) -> HttpResponse:
    context = {
        "one": one,
        "reasons": showing.reasons_of(one),
        "rows": showing.refused_in_trial(one),
        "before": imports.same_before(one),
    }
    return render(request, "directory/imports/checked.html", context)


def _act(request: WorkspaceRequest, one: Import, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused_:
        messages.error(request, str(refused_))
    return redirect(_address(request, one))


def _import(request: WorkspaceRequest, pk: int) -> Import:
    return get_object_or_404(Import.objects.visible_to(request.membership).select_related("by__user"), pk=pk)


def _address(request: WorkspaceRequest, one: Import, step: str = "") -> str:
    name = f"directory:import_{step}" if step else "directory:import"
    return reverse(name, kwargs={"workspace_id": request.workspace.public_id, "pk": one.pk})

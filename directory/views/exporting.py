"""Exporting leads: a dialog that asks how, and the act, which goes where its progress is seen."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.jobs.models import Job
from directory.actions import exporting
from directory.exporting import columns
from directory.exporting.running import KIND_NAME
from directory.filtering import BadFilter
from directory.forms.exporting import ExportForm
from directory.permissions import DirectoryPermission
from directory.selection import Selection
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

COUNTED = 10_000


@require_http_methods(["GET", "POST"])
@requires(DirectoryPermission.EXPORT_LEADS)
def export(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The dialog. A POST is the list's own form, with the leads that are chosen in it; nothing is written. It begins as
    the person's last export was."""
    last = _last(request)
    form = ExportForm(initial={name: last[name] for name in ("format", "delimiter", "mark") if name in last})
    return _dialog(request, form, last.get("columns") or columns.DEFAULT)


@require_POST
@requires(DirectoryPermission.EXPORT_LEADS)
def export_start(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = ExportForm(request.POST)
    keys = request.POST.getlist("column")
    if not form.is_valid():
        return _dialog(request, form, keys, _("There is no such kind of file."))
    given = form.cleaned_data
    try:
        job = exporting.start(
            _selection(request),
            by=request.membership,
            keys=keys,
            form=given["format"],
            delimiter=given["delimiter"],
            mark=given["mark"],
        )
    except (Refused, BadFilter) as refused:
        return _dialog(request, form, keys, str(refused))
    target = redirect("jobs:detail", workspace_id=workspace_id, pk=job.pk)
    return HttpResponseClientRedirect(target.url) if request.htmx else target


def _dialog(
    request: WorkspaceRequest, form: ExportForm, keys: Sequence[str], error: str = ""
) -> HttpResponse:
    count = 0
    try:
        count = _selection(request).count(request.membership, COUNTED + 1)
    except BadFilter as refused:
        error = error or str(refused)
    context = {
        "form": form,
        "columns": _in_order(keys),
        "hidden": list(_hidden(_given(request))),
        "count": min(count, COUNTED),
        "shown": number_format(COUNTED, force_grouping=True),
        "is_more": count > COUNTED,
        "error": error,
    }
    return render(request, "directory/export.htmx.html", context, status=422 if error else 200)


def _in_order(keys: Iterable[str]) -> list[tuple[columns.Filed, bool]]:
    """Those that are chosen first, in their order; then the rest."""
    chosen = columns.named(keys)
    known = {one.key for one in chosen}
    return [(one, True) for one in chosen] + [
        (one, False) for one in columns.offered() if one.key not in known
    ]


def _given(request: HttpRequest) -> QueryDict:
    """What says which leads; all that are not archived where nothing does."""
    given = request.POST if request.method == "POST" else request.GET
    if "lead" in given or "all" in given:
        return given
    return QueryDict("all=1")


def _selection(request: HttpRequest) -> Selection:
    return Selection.of(_given(request))


def _hidden(given: QueryDict) -> Iterable[tuple[str, str]]:
    names = ("all", "f", "q", "state") if given.get("all") == "1" else ("lead",)
    for name in names:
        for value in given.getlist(name):
            yield name, value


def _last(request: WorkspaceRequest) -> dict[str, Any]:
    mine = Job.objects.asked_by(request.membership.user_id).filter(kind=KIND_NAME).newest()
    params: dict[str, Any] | None = mine.values_list("params", flat=True).first()
    return params or {}

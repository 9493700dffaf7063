"""Pages of past acts on many leads: all of the last 30 days, and one with what became of its leads."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.ui import keyset
from directory import naming
from directory.bulk import acts, words
from directory.models import BulkAct, BulkRow, Placement
from directory.permissions import DirectoryPermission
from directory.visibility import may_see
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

works = requires(DirectoryPermission.WORK_LEADS)


@require_safe
@never_cache
@works
def listing(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """One's own; everyone's to owner and admins."""
    found = BulkAct.objects.visible_to(request.membership).kept().with_people()
    page = _page(request, found, "id")
    context = {
        "page": page,
        "rows": [(act, _told(act)) for act in page],
        "action": request.path,
        "everyone": not request.membership.is_seller,
        "workspace_id": workspace_id,
    }
    return render(request, "directory/bulk/list.html", context)


@require_safe
@never_cache
@works
def detail(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """To htmx only the part that changes."""
    found = BulkAct.objects.visible_to(request.membership).kept().with_people()
    act = get_object_or_404(found, pk=pk)
    context = {"act": act, "told": _told(act), "workspace_id": workspace_id}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "directory/bulk/detail.htmx.html", context)
    return render(request, "directory/bulk/detail.html", {**context, **_leads(request, act)})


def _told(act: BulkAct) -> dict[str, Any]:
    """All of an act that is said in words."""
    kind = acts.find(act.kind)
    lines = words.lines(act.changed, act.already, act.gone, act.refused)
    if act.ended_at is not None and act.untouched:
        lines.append(words.Line(_("not come to"), act.untouched, "warning"))
    return {
        "title": acts.title(act),
        "icon": kind.icon if kind else "list-checks",
        "total": words.number(act.total),
        "changed": words.number(act.changed),
        "lines": lines,
        "undo_lines": words.lines_of_undo(act.undone, act.left) if act.undo_begun_at else [],
        "can_undo": act.can_be_undone and kind is not None and not kind.is_final,
        "is_final": kind is not None and kind.is_final,
        "job": act.undo_job if act.is_undoing else act.job,
    }


def _leads(request: WorkspaceRequest, act: BulkAct) -> dict[str, Any]:
    """Those that were refused, or left, and that the person sees, with why."""
    column = "left" if request.GET.get("of") == "left" else "refused"
    rows = BulkRow.objects.filter(may_see(request.membership, prefix="lead__placement__"), act=act)
    rows = rows.filter(lead__placement__isnull=False).exclude(**{column: ""})
    page = _page(request, rows.select_related("lead__placement"), "lead_id", ascending=True)
    placements: list[Placement] = [row.lead.placement for row in page]
    names = naming.load_names(placements, request.membership)
    return {
        "page": page,
        "column": column,
        "leads": [(row.lead_id, names[row.lead_id], words.why(getattr(row, column))) for row in page],
        "action": request.path,
    }


def _page(request: WorkspaceRequest, rows: Any, key: str, *, ascending: bool = False) -> keyset.Page[Any]:
    try:
        return keyset.page(
            rows,
            key,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
            ascending=ascending,
        )
    except keyset.BadCursor:
        raise Http404 from None

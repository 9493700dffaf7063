"""The audit log: page by page, narrowed by what, who and when; and its export."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.ui import keyset
from workspaces.actions import exports
from workspaces.audit_log.words import line_of
from workspaces.forms.audit import AuditFilterForm
from workspaces.models import Membership
from workspaces.permissions import WorkspacePermission, requires
from workspaces.requests import WorkspaceRequest


@require_GET
@requires(WorkspacePermission.SEE_AUDIT)
def audit(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Two queries: the people to choose from, and a page of rows with their people."""
    form = AuditFilterForm(request.GET, people=_people(request))
    rows = form.filters.rows(request.workspace).select_related("actor")
    page = keyset.page_of_request(rows, "created_at", request.GET)
    context = {
        "form": form,
        "filters": form.filters,
        "page": page,
        "lines": [line_of(entry) for entry in page],
        "action": reverse("workspaces:audit", kwargs={"workspace_id": workspace_id}),
        "may_export": request.membership.may(WorkspacePermission.EXPORT_AUDIT),
        "workspace_id": workspace_id,
    }
    swaps = request.htmx and not request.htmx.history_restore_request
    template = "workspaces/audit/listing.htmx.html" if swaps else "workspaces/audit/list.html"
    return render(request, template, context)


@require_POST
@requires(WorkspacePermission.EXPORT_AUDIT)
def audit_export(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Start the export of what the filters leave, and go where its progress is seen."""
    form = AuditFilterForm(request.POST, people=_people(request))
    job = exports.start_audit(by=request.membership, filters=form.filters)
    messages.success(
        request, _("The export is on its way. You may leave this page and find it under Background tasks.")
    )
    return redirect("jobs:detail", workspace_id=workspace_id, pk=job.pk)


def _people(request: WorkspaceRequest) -> list[Membership]:
    return list(Membership.objects.of_workspace(request.workspace).by_name())

"""Settings of the workspace itself: general, business hours, holidays."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.ui import settings_pages
from workspaces.actions import hours as hours_actions
from workspaces.actions import workspaces
from workspaces.errors import Refused
from workspaces.forms.settings import HolidayForm, WeekForm, WorkspaceForm
from workspaces.hours import Schedule
from workspaces.models import BusinessHours, Holiday
from workspaces.permissions import WorkspacePermission, requires
from workspaces.requests import WorkspaceRequest


@require_GET
def index(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """On to the first page of settings that the person may use."""
    for page in settings_pages.pages:
        if page.allowed(request):
            return redirect(page.href(workspace_id))
    raise Http404


@require_http_methods(["GET", "POST"])
@requires(WorkspacePermission.MANAGE_SETTINGS)
def general(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, instance=request.workspace.copy())
    if request.method == "POST" and form.is_valid():
        workspaces.change(request.workspace, by=request.membership, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("workspaces:general", workspace_id=workspace_id)
    context = {"form": form, "workspace": request.workspace}
    return render(request, "workspaces/settings/general.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(WorkspacePermission.MANAGE_SETTINGS)
def hours(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    stored = list(BusinessHours.objects.values_list("weekday", "opens", "closes"))
    form = WeekForm(request.POST if request.method == "POST" else None, initial_stretches=stored)
    if request.method == "POST" and form.is_valid():
        try:
            hours_actions.replace(by=request.membership, stretches=form.stretches)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("workspaces:hours", workspace_id=workspace_id)
    return _hours_page(request, form, HolidayForm())


@require_POST
@requires(WorkspacePermission.MANAGE_SETTINGS)
def holidays(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = HolidayForm(request.POST)
    if form.is_valid():
        try:
            hours_actions.add_holiday(
                by=request.membership, day=form.cleaned_data["date"], name=form.cleaned_data["name"]
            )
        except Refused as refused:
            form.add_error("date", str(refused))
        else:
            messages.success(request, _("Holiday added."))
            return redirect("workspaces:hours", workspace_id=workspace_id)
    stored = list(BusinessHours.objects.values_list("weekday", "opens", "closes"))
    return _hours_page(request, WeekForm(initial_stretches=stored), form)


@require_POST
@requires(WorkspacePermission.MANAGE_SETTINGS)
def holiday_removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    hours_actions.remove_holiday(get_object_or_404(Holiday, pk=pk), by=request.membership)
    messages.success(request, _("Holiday removed."))
    return redirect("workspaces:hours", workspace_id=workspace_id)


def _hours_page(request: WorkspaceRequest, form: WeekForm, holiday_form: HolidayForm) -> HttpResponse:
    context = {
        "form": form,
        "holiday_form": holiday_form,
        "holidays": list(Holiday.objects.all()),
        "schedule": Schedule.of(request.workspace),
        "workspace": request.workspace,
    }
    failed = form.errors or holiday_form.errors
    return render(request, "workspaces/settings/hours.html", context, status=422 if failed else 200)

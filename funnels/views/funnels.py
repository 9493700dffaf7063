"""Funnels in Settings: list, make, change, order, archive, delete."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.jobs.models import Job
from crm.ui.jinja import url
from directory.models import Tally
from funnels.actions import funnels
from funnels.forms.settings import EMPTY, FunnelForm, HomeForm, NewFunnelForm, StageForm, ids_of
from funnels.models import Funnel
from funnels.permissions import FunnelPermission
from funnels.trades import TRADES, find
from workspaces.errors import Refused
from workspaces.models import Colour
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

manages_funnels = requires(FunnelPermission.MANAGE_FUNNELS)


@require_GET
@manages_funnels
def listing(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    return render(request, "funnels/settings/list.html", _listing())


@require_http_methods(["GET", "POST"])
@manages_funnels
def new(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = NewFunnelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        trade, name = find(form.cleaned_data["trade"]), form.cleaned_data["name"]
        try:
            if trade is None:
                made = funnels.create(by=request.membership, name=name, colour=Colour.SKY)
            else:
                made = funnels.create_from_trade(trade, by=request.membership, name=name)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("%(name)s is made.") % {"name": made.name})
            return redirect("funnels:funnel", workspace_id=workspace_id, pk=made.pk)
    context = {"form": form, "trades": TRADES, "empty": EMPTY}
    return render(request, "funnels/settings/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@manages_funnels
def funnel(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """One funnel with its stages; a POST changes name and colour."""
    found = get_object_or_404(Funnel, pk=pk)
    form = FunnelForm(request.POST if request.method == "POST" else None, funnel=found)
    if request.method == "POST" and form.is_valid():
        try:
            funnels.change(found, by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("funnels:funnel", workspace_id=workspace_id, pk=pk)
    context = {"form": form, "stage_form": StageForm(), **with_stages(found)}
    return render(request, "funnels/settings/funnel.html", context, status=422 if form.errors else 200)


@require_POST
@manages_funnels
def order(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`order`: ids of funnels, as they shall stand."""
    funnels.reorder(ids_of(request.POST.getlist("order")), by=request.membership)
    if not request.htmx:
        return redirect("funnels:funnels", workspace_id=workspace_id)
    return HttpResponse(status=204)


@require_POST
@manages_funnels
def main(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Funnel, pk=pk)
    try:
        funnels.make_main(found, by=request.membership)
        messages.success(request, _("%(name)s is the main funnel now.") % {"name": found.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("funnels:funnels", workspace_id=workspace_id)


@require_POST
@manages_funnels
def archival(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`archived` 1 archives, 0 takes back."""
    found = get_object_or_404(Funnel, pk=pk)
    if request.POST.get("archived") == "0":
        funnels.unarchive(found, by=request.membership)
        messages.success(request, _("%(name)s is in use again.") % {"name": found.name})
    else:
        funnels.archive(found, by=request.membership)
        messages.success(
            request, _("%(name)s is archived. Its leads stay where they are.") % {"name": found.name}
        )
    return redirect("funnels:funnels", workspace_id=workspace_id)


@require_http_methods(["GET", "POST"])
@manages_funnels
def removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Asks where its leads go, and deletes."""
    found = get_object_or_404(Funnel, pk=pk)
    form = HomeForm(request.POST if request.method == "POST" else None, without_funnel=found)
    if request.method == "POST" and form.is_valid():
        try:
            job = funnels.delete(found, by=request.membership, to=form.stage)
        except Refused as refused:
            form.add_error("home", str(refused))
        else:
            return removed(request, found.name, job, url("funnels:funnels", workspace_id=workspace_id))
    leads = Tally.objects.filter(stage_id__in=found.stages.values("pk")).total()
    context = {"form": form, "name": found.name, "leads": leads, "action": request.path, "what": "funnel"}
    return removal_page(request, context)


def removal_page(request: WorkspaceRequest, context: dict[str, Any]) -> HttpResponse:
    """In the page's dialog, or as a page of its own."""
    template = "funnels/settings/removal.htmx.html" if request.htmx else "funnels/settings/removal.html"
    return render(request, template, context, status=422 if context["form"].errors else 200)


def removed(request: WorkspaceRequest, name: str, job: Job | None, back: str) -> HttpResponse:
    """To where it is missing; or to the job, where its leads are under way."""
    if job is None:
        messages.success(request, _("%(name)s is deleted.") % {"name": name})
    else:
        messages.info(request, _("%(name)s is deleted once its leads have moved.") % {"name": name})
        back = url("jobs:detail", workspace_id=request.workspace.public_id, pk=job.pk)
    return HttpResponseClientRedirect(back) if request.htmx else redirect(back)


def _listing() -> dict[str, Any]:
    every = list(Funnel.objects.in_order().with_stages())
    amounts = _amounts([stage.pk for one in every for stage in one.stages.all()])
    rows = [(one, sum(amounts.get(stage.pk, 0) for stage in one.stages.all())) for one in every]
    return {
        "rows": [row for row in rows if not row[0].is_archived],
        "archived": [row for row in rows if row[0].is_archived],
    }


def with_stages(found: Funnel) -> dict[str, Any]:
    """The context of a funnel's page: its stages, with how many leads each has, archived and closed ones too."""
    stages = list(found.stages.all())
    amounts = _amounts([stage.pk for stage in stages])
    return {
        "funnel": found,
        "stages_shown": [(stage, amounts.get(stage.pk, 0)) for stage in stages],
        "colours": Colour.choices,
    }


def _amounts(stages: list[int]) -> dict[int | None, int]:
    return Tally.objects.filter(stage_id__in=stages).by_stage()

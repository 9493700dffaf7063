"""The stages of a funnel in Settings: add, change, order, delete."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from crm.ui.jinja import url
from directory.models import Tally
from funnels.actions import stages
from funnels.forms.requirements import RulesForm
from funnels.forms.settings import HomeForm, StageForm, ids_of
from funnels.models import Funnel, Stage
from funnels.views.funnels import manages_funnels, removal_page, removed, with_stages
from workspaces.errors import Refused
from workspaces.models import Colour
from workspaces.requests import WorkspaceRequest


@require_POST
@manages_funnels
def add(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A stage at the end of the funnel `pk`."""
    funnel = get_object_or_404(Funnel, pk=pk)
    form = StageForm(request.POST)
    if form.is_valid():
        try:
            stages.add(funnel, by=request.membership, name=form.cleaned_data["name"])
            form = StageForm()
        except Refused as refused:
            form.add_error("name", str(refused))
    return _stages(request, funnel, form)


@require_POST
@manages_funnels
def stage(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`name`, `colour`, or both."""
    found = get_object_or_404(Stage.objects.with_funnel(), pk=pk)
    values: dict[str, str] = {}
    if "name" in request.POST:
        form = StageForm(request.POST)
        if not form.is_valid():
            return _refused(request, found.funnel, " ".join(map(str, form.errors["name"])))
        values["name"] = form.cleaned_data["name"]
    if request.POST.get("colour") in Colour.values:
        values["colour"] = request.POST["colour"]
    try:
        stages.change(found, by=request.membership, **values)
    except Refused as refused:
        return _refused(request, found.funnel, str(refused))
    return _stages(request, found.funnel, StageForm())


@require_http_methods(["GET", "POST"])
@manages_funnels
def rules(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What the stage asks for, and when a lead is stale in it."""
    found = get_object_or_404(Stage.objects.with_funnel(), pk=pk)
    form = RulesForm(request.POST if request.method == "POST" else None, stage=found)
    if request.method == "POST" and form.is_valid():
        stages.set_rules(found, by=request.membership, **form.cleaned_data)
        return trigger_client_event(_stages(request, found.funnel, StageForm()), "dialog:close", {})
    status = 422 if form.errors else 200
    response = render(
        request, "funnels/settings/rules.htmx.html", {"form": form, "stage": found}, status=status
    )
    return retarget(reswap(response, "innerHTML"), "#dialog")


@require_POST
@manages_funnels
def order(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`order`: ids of the funnel's stages, as they shall stand."""
    funnel = get_object_or_404(Funnel, pk=pk)
    stages.reorder(funnel, ids_of(request.POST.getlist("order")), by=request.membership)
    if not request.htmx:
        return redirect("funnels:funnel", workspace_id=workspace_id, pk=pk)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@manages_funnels
def removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Asks where its leads go, and deletes."""
    found = get_object_or_404(Stage.objects.with_funnel(), pk=pk)
    form = HomeForm(request.POST if request.method == "POST" else None, without=found)
    if request.method == "POST" and form.is_valid():
        try:
            job = stages.delete(found, by=request.membership, to=form.stage)
        except Refused as refused:
            form.add_error("home", str(refused))
        else:
            back = url("funnels:funnel", workspace_id=workspace_id, pk=found.funnel_id)
            return removed(request, found.name, job, back)
    leads = Tally.objects.filter(stage_id=pk).total()
    context = {"form": form, "name": found.name, "leads": leads, "action": request.path, "what": "stage"}
    return removal_page(request, context)


def _stages(request: WorkspaceRequest, funnel: Funnel, form: StageForm) -> HttpResponse:
    """The list anew, with the form for one more."""
    if not request.htmx and not form.errors:
        return redirect("funnels:funnel", workspace_id=request.workspace.public_id, pk=funnel.pk)
    context = {**with_stages(funnel), "stage_form": form}
    status = 422 if form.errors else 200
    return render(request, "funnels/settings/stages.htmx.html", context, status=status)


def _refused(request: WorkspaceRequest, funnel: Funnel, text: str) -> HttpResponse:
    """The list as it is, and why it stayed so."""
    response = _stages(request, funnel, StageForm())
    return trigger_client_event(response, "toast", {"text": text, "level": "error"})

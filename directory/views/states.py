"""Where a lead stands: status, stage, assignee, won and lost, archive, star. A GET of the first three is the menu."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from crm.cleanness import whole_number
from directory import pipeline, required
from directory.actions import leads, placements
from directory.forms.leads import ClosureForm, assignable, outcome_of
from directory.models import CloseReason, Lead, Status
from directory.permissions import DirectoryPermission
from directory.views.answers import answer, lead_of, lead_to_change, place_of, refuse, told
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

works = requires(DirectoryPermission.WORK_LEADS)


@require_http_methods(["GET", "POST"])
@works
def status(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    if request.method == "GET":
        return _menu(request, lead_of(request, pk), "directory/status_menu.htmx.html", statuses=Status.values)
    lead = lead_to_change(request, pk)
    wanted = request.POST.get("status", "")
    if wanted not in Status.values:
        return refuse(request, pk, _("Choose one of the six."))
    placements.set_status(lead.pk, by=request.membership, status=wanted)
    return answer(request, pk)


@require_http_methods(["GET", "POST"])
@works
def stage(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`stage`: its id, or "inbox"."""
    if request.method == "GET":
        lead = lead_of(request, pk)
        return _menu(
            request,
            lead,
            "directory/stage_menu.htmx.html",
            funnels=pipeline.current().choices(request.membership),
        )
    lead = lead_to_change(request, pk)
    wanted = request.POST.get("stage", "")
    target = None if wanted == "inbox" else whole_number(wanted)
    if target is None and wanted != "inbox":
        return refuse(request, pk, _("Choose a stage."))
    try:
        pipeline.current().move(lead.pk, by=request.membership, stage_id=target)
    except Http404:
        return refuse(request, pk, _("That stage is gone. Choose another one."))
    except required.Missing as missing:
        href = pipeline.current().asked_at(workspace_id, target or 0, pk, place_of(request))
        return trigger_client_event(refuse(request, pk, str(missing)), "dialog:fetch", {"href": href})
    except Refused as refused:
        return refuse(request, pk, str(refused))
    except PermissionDenied:
        return refuse(request, pk, _("You can't move leads into that funnel. Ask an admin."))
    return answer(request, pk)


@require_http_methods(["GET", "POST"])
@works
def assignee(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`assignee`: a membership's id, or empty for nobody."""
    if request.method == "GET":
        return _menu(
            request,
            lead_of(request, pk),
            "directory/assignee_menu.htmx.html",
            people=assignable(request.membership),
        )
    lead = lead_to_change(request, pk)
    wanted = request.POST.get("assignee", "")
    to: Membership | None = None
    if wanted:
        to = assignable(request.membership).filter(pk=whole_number(wanted) or 0).first()
        if to is None:
            return refuse(request, pk, _("That person is not active here any more. Choose another one."))
    placements.assign(lead.pk, by=request.membership, to=to)
    return answer(request, pk)


@require_http_methods(["GET", "POST"])
@works
def manager(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`manager`: a membership's id, or empty for nobody."""
    if request.method == "GET":
        people = assignable(request.membership)
        return _menu(request, lead_of(request, pk), "directory/manager_menu.htmx.html", people=people)
    lead = lead_to_change(request, pk)
    wanted = request.POST.get("manager", "")
    to: Membership | None = None
    if wanted:
        to = assignable(request.membership).filter(pk=whole_number(wanted) or 0).first()
        if to is None:
            return refuse(request, pk, _("That person is not active here any more. Choose another one."))
    leads.set_manager(lead, by=request.membership, to=to)
    return answer(request, pk)


@require_http_methods(["GET", "POST", "DELETE"])
@works
def closure(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A GET asks for the reason, a POST closes, a DELETE opens it again."""
    lead = lead_to_change(request, pk)
    if request.method == "DELETE":
        placements.reopen(lead.pk, by=request.membership)
        return answer(request, pk)
    outcome = outcome_of(request.POST.get("outcome", request.GET.get("outcome", "")))
    form = ClosureForm(request.POST if request.method == "POST" else None, outcome=outcome)
    if request.method == "POST" and form.is_valid():
        reason: CloseReason | None = form.cleaned_data["reason"]
        words = form.cleaned_data["words"]
        placements.close(lead.pk, by=request.membership, outcome=outcome, reason=reason, words=words)
        return trigger_client_event(answer(request, pk), "dialog:close", {})
    context = {"form": form, "lead": lead, "outcome": outcome, "place": place_of(request)}
    return render(
        request, "directory/closure.htmx.html", context, status=422 if request.method == "POST" else 200
    )


@require_http_methods(["POST", "DELETE"])
@works
def archive(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    lead = lead_to_change(request, pk)
    if request.method == "POST":
        placements.archive(lead.pk, by=request.membership)
        return told(request, answer(request, pk), _("Archived."), "delete")
    placements.unarchive(lead.pk, by=request.membership)
    return told(request, answer(request, pk), _("Taken out of the archive."), "post")


@require_http_methods(["POST", "DELETE"])
@works
def star(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    lead = lead_to_change(request, pk)
    starred = request.method == "POST"
    placements.star(lead.pk, by=request.membership, starred=starred)
    text = _("Starred.") if starred else _("The star is taken away.")
    return told(request, answer(request, pk), text, "delete" if starred else "post")


def _menu(request: WorkspaceRequest, lead: Lead, template: str, **context: object) -> HttpResponse:
    return render(request, template, {"lead": lead, "place": place_of(request), **context})

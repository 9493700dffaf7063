"""Settings of leads: tags, and the reasons for won and lost."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.cleanness import whole_number
from directory.actions import reasons, tags
from directory.forms.leads import outcome_of
from directory.forms.settings import ReasonForm, ReasonNameForm, TagForm
from directory.models import CloseReason, LeadTag, Placement, Tag
from directory.permissions import DirectoryPermission
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

manages = requires(DirectoryPermission.MANAGE_TAGS)


@require_http_methods(["GET", "POST"])
@manages
def tag_list(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """All tags, each with how many leads have it; a POST makes one."""
    form = TagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tags.create(by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("The tag is there."))
            return redirect("directory:tags", workspace_id=workspace_id)
    counts = dict(LeadTag.objects.values_list("tag_id").annotate(Count("pk")))
    shown = [(tag, counts.get(tag.pk, 0)) for tag in Tag.objects.by_name()]
    return _page(request, "directory/settings/tags.html", form, {"tags": shown})


@require_http_methods(["GET", "POST"])
@manages
def tag_edit(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    tag = get_object_or_404(Tag, pk=pk)
    initial = {"name": tag.name, "colour": tag.colour}
    form = TagForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            tags.change(tag, by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("directory:tags", workspace_id=workspace_id)
    return _page(request, "directory/settings/tag.html", form, {"tag": tag})


@require_http_methods(["GET", "POST"])
@manages
def tag_removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A GET says how many leads lose it."""
    tag = get_object_or_404(Tag, pk=pk)
    if request.method == "POST":
        tags.delete(tag, by=request.membership)
        messages.success(request, _("Tag %(name)s is deleted.") % {"name": tag.name})
        return redirect("directory:tags", workspace_id=workspace_id)
    context = {
        "title": _("Delete the tag %(name)s") % {"name": tag.name},
        "number": LeadTag.objects.filter(tag=tag).count(),
        "back": "directory:tags",
    }
    return render(request, "directory/settings/removal.html", context)


@require_http_methods(["GET", "POST"])
@manages
def reason_list(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reasons.create(by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("The reason is there."))
            return redirect("directory:reasons", workspace_id=workspace_id)
    counted = Placement.objects.filter(close_reason__isnull=False).values_list("close_reason_id")
    counts = dict(counted.annotate(Count("pk")))
    rows = [(reason, counts.get(reason.pk, 0)) for reason in CloseReason.objects.in_use().in_order()]
    groups = [
        (outcome, label, [row for row in rows if row[0].outcome == outcome], reasons.is_required(outcome))
        for outcome, label in (("lost", _("Lost")), ("won", _("Won")))
    ]
    return _page(request, "directory/settings/reasons.html", form, {"groups": groups})


@require_POST
@manages
def reason_order(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`order`: ids of the reasons of an `outcome`, as they shall stand."""
    ids = [pk for value in request.POST.getlist("order") if (pk := whole_number(value)) is not None]
    reasons.reorder(outcome_of(request.POST.get("outcome", "")), ids, by=request.membership)
    return (
        HttpResponse(status=204) if request.htmx else redirect("directory:reasons", workspace_id=workspace_id)
    )


@require_POST
@manages
def reason_rule(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Whether an `outcome` needs a reason (`needed`)."""
    outcome = outcome_of(request.POST.get("outcome", ""))
    reasons.require(outcome, by=request.membership, needed=bool(request.POST.get("needed")))
    messages.success(request, _("Saved."))
    return redirect("directory:reasons", workspace_id=workspace_id)


@require_http_methods(["GET", "POST"])
@manages
def reason_edit(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    reason = get_object_or_404(CloseReason.objects.in_use(), pk=pk)
    form = ReasonNameForm(request.POST if request.method == "POST" else None, initial={"name": reason.name})
    if request.method == "POST" and form.is_valid():
        try:
            reasons.rename(reason, by=request.membership, name=form.cleaned_data["name"])
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("directory:reasons", workspace_id=workspace_id)
    return _page(request, "directory/settings/reason.html", form, {"reason": reason})


@require_http_methods(["GET", "POST"])
@manages
def reason_removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    reason = get_object_or_404(CloseReason.objects.in_use(), pk=pk)
    if request.method == "POST":
        reasons.delete(reason, by=request.membership)
        messages.success(request, _("Reason %(name)s is deleted.") % {"name": reason.name})
        return redirect("directory:reasons", workspace_id=workspace_id)
    context = {
        "title": _("Delete the reason %(name)s") % {"name": reason.name},
        "kept": True,
        "back": "directory:reasons",
    }
    return render(request, "directory/settings/removal.html", context)


def _page(request: WorkspaceRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)

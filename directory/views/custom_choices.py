"""Settings of what may be chosen in a workspace's own field."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from directory.actions import custom_choices, custom_fields
from directory.forms.custom_fields import ChoiceForm, FieldChangeForm, RehousingForm
from directory.models import CustomChoice, CustomField
from directory.views.custom_fields import edit_page, field_of, ids_of, manages
from workspaces.errors import Refused
from workspaces.requests import WorkspaceRequest


@require_POST
@manages
def choices(request: WorkspaceRequest, workspace_id: str, field: int) -> HttpResponse:
    """One more."""
    found = _chosen(field)
    form = ChoiceForm(request.POST)
    if form.is_valid():
        try:
            custom_choices.create(found, by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("label", str(refused))
        else:
            messages.success(request, _("The choice is there."))
            return redirect("directory:field", workspace_id=workspace_id, pk=field)
    kinds = custom_fields.kinds_open_to(found)
    unbound = FieldChangeForm(None, field=found, kinds=kinds, membership=request.membership)
    return edit_page(request, found, unbound, form, kinds)


@require_POST
@manages
def choice_order(request: WorkspaceRequest, workspace_id: str, field: int) -> HttpResponse:
    """`order`: ids of the choices, as they shall stand."""
    custom_choices.reorder(_chosen(field), ids_of(request), by=request.membership)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("directory:field", workspace_id=workspace_id, pk=field)


@require_http_methods(["GET", "POST"])
@manages
def choice_edit(request: WorkspaceRequest, workspace_id: str, field: int, pk: int) -> HttpResponse:
    found, choice = _choice_of(field, pk)
    initial = {"label": choice.label, "colour": choice.colour}
    form = ChoiceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            custom_choices.change(choice, by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("label", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("directory:field", workspace_id=workspace_id, pk=field)
    context = {"form": form, "field": found, "choice": choice}
    return render(request, "directory/settings/choice.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@manages
def choice_removal(request: WorkspaceRequest, workspace_id: str, field: int, pk: int) -> HttpResponse:
    """A GET says how many leads have it, and asks for what they get instead (`home`)."""
    found, choice = _choice_of(field, pk)
    form = RehousingForm(request.POST if request.method == "POST" else None, choice=choice)
    if request.method == "POST" and form.is_valid():
        try:
            custom_choices.delete(choice, by=request.membership, home=form.cleaned_data["home"])
        except Refused as refused:
            form.add_error("home", str(refused))
        else:
            messages.success(request, _("Choice %(name)s is deleted.") % {"name": choice.label})
            return redirect("directory:field", workspace_id=workspace_id, pk=field)
    context = {"form": form, "field": found, "choice": choice, "number": custom_choices.holders(choice)}
    return render(
        request, "directory/settings/choice_removal.html", context, status=422 if form.errors else 200
    )


def _chosen(pk: int) -> CustomField:
    """A field with choices; 404 of any other."""
    found = field_of(pk)
    if not found.is_chosen:
        raise Http404
    return found


def _choice_of(field: int, pk: int) -> tuple[CustomField, CustomChoice]:
    found = _chosen(field)
    choice = next((one for one in found.choice_list if one.pk == pk), None)
    if choice is None:
        raise Http404
    return found, choice

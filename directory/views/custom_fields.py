"""Settings of a workspace's own fields."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.cleanness import whole_number
from directory import custom
from directory.actions import custom_choices, custom_fields
from directory.forms.custom_fields import ChoiceForm, FieldChangeForm, FieldForm
from directory.models import CustomField, CustomKind
from directory.models.custom import MOST_FIELDS
from directory.permissions import DirectoryPermission
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

manages = requires(DirectoryPermission.MANAGE_FIELDS)


def field_of(pk: int) -> CustomField:
    """With its choices."""
    found = next((one for one in custom.fields() if one.pk == pk), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@manages
def field_list(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """All fields in order; a POST makes one."""
    form = FieldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = custom_fields.create(by=request.membership, **form.cleaned_data)
        except Refused as refused:
            of_choices = (
                form.cleaned_data["kind"] in ("choice", "choices") and not form.cleaned_data["choices"]
            )
            form.add_error("choices" if of_choices else "label", str(refused))
        else:
            messages.success(request, _("The field is there: leads have it from now on."))
            return redirect("directory:field", workspace_id=workspace_id, pk=made.pk)
    context = {"form": form, "fields": custom.fields(), "most": MOST_FIELDS}
    return _page(request, "directory/settings/fields.html", context)


@require_POST
@manages
def field_order(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`order`: ids of the fields, as they shall stand."""
    custom_fields.reorder(ids_of(request), by=request.membership)
    return (
        HttpResponse(status=204) if request.htmx else redirect("directory:fields", workspace_id=workspace_id)
    )


@require_http_methods(["GET", "POST"])
@manages
def field_edit(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    field = field_of(pk)
    kinds = custom_fields.kinds_open_to(field)
    data = request.POST if request.method == "POST" else None
    form = FieldChangeForm(data, field=field, kinds=kinds, membership=request.membership)
    if request.method == "POST" and form.is_valid():
        try:
            custom_fields.change(field, by=request.membership, **form.cleaned_data)
        except Refused as refused:
            form.add_error("label", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("directory:fields", workspace_id=workspace_id)
    return edit_page(request, field, form, ChoiceForm(), kinds)


@require_http_methods(["GET", "POST"])
@manages
def field_removal(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A GET says how many leads hold something in it; a POST wants its name typed (`confirmation`)."""
    field = field_of(pk)
    typed = " ".join(request.POST.get("confirmation", "").split())
    if request.method == "POST" and typed == field.label:
        custom_fields.delete(field, by=request.membership)
        messages.success(request, _("Field %(name)s is deleted.") % {"name": field.label})
        return redirect("directory:fields", workspace_id=workspace_id)
    context = {
        "field": field,
        "number": custom_fields.holders(field),
        "is_wrong": request.method == "POST",
    }
    return render(
        request,
        "directory/settings/field_removal.html",
        context,
        status=422 if context["is_wrong"] else 200,
    )


def edit_page(
    request: WorkspaceRequest,
    field: CustomField,
    form: FieldChangeForm,
    choice_form: ChoiceForm,
    kinds: list[str],
) -> HttpResponse:
    """The field's page, with its choices; either of the forms may have been refused."""
    context = {
        "field": field,
        "form": form,
        "choice_form": choice_form,
        "kinds": kinds,
        "kind": CustomKind(field.kind).label,
        "leaving": [one for one in field.all_choices if one.removed_at and custom_choices.is_held(one)],
    }
    return _page(request, "directory/settings/field.html", context, refused=bool(choice_form.errors))


def ids_of(request: WorkspaceRequest) -> list[int]:
    return [pk for value in request.POST.getlist("order") if (pk := whole_number(value)) is not None]


def _page(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, refused: bool = False
) -> HttpResponse:
    return render(request, template, context, status=422 if refused or context["form"].errors else 200)

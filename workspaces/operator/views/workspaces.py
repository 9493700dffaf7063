"""Workspaces: find one, suspend it, lift that."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.ui import keyset
from workspaces.actions import operating
from workspaces.models import Workspace
from workspaces.operator import queries
from workspaces.operator.access import operates, page
from workspaces.operator.forms import ReasonForm
from workspaces.requests import SignedInRequest


@require_GET
@operates
def listing(request: SignedInRequest) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").split())[:80]
    found = keyset.page_of_request(queries.workspaces(words), "id", request.GET)
    return page(
        request,
        "workspaces",
        {"page": found, "words": words, "query": urlencode({"q": words}) if words else ""},
    )


@require_GET
@operates
def detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _page(request, _found(public_id), ReasonForm())


@require_POST
@operates
def suspension(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _found(public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    operating.suspend(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(name)s is suspended. Its admins are told.") % {"name": found.name})
    return redirect("operator:workspace", public_id=public_id)


@require_POST
@operates
def suspension_lifting(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = _found(public_id)
    operating.unsuspend(found, by=request.user)
    messages.success(request, _("%(name)s is open again.") % {"name": found.name})
    return redirect("operator:workspace", public_id=public_id)


def _found(public_id: str) -> Workspace:
    return get_object_or_404(queries.workspaces(), public_id=public_id)


def _page(request: SignedInRequest, found: Workspace, form: ReasonForm) -> HttpResponse:
    context = {"found": found, "form": form}
    return page(request, "workspace", context, status=422 if form.errors else 200)

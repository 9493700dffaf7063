"""Consumers of feeds: how far they are, and the rows they could not handle."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.feed import overview
from crm.feed.models import ParkedRow
from crm.ui import keyset
from workspaces.actions import operating
from workspaces.operator import queries
from workspaces.operator.access import operates, page
from workspaces.requests import SignedInRequest


@require_GET
@operates
def listing(request: SignedInRequest) -> HttpResponse:
    found = keyset.page_of_request(overview.parked(), "id", request.GET)
    return page(request, "feeds", {"page": found, "readings": queries.readings()})


@require_POST
@operates
def replay(request: SignedInRequest, pk: int) -> HttpResponse:
    if operating.replay(get_object_or_404(ParkedRow, pk=pk), by=request.user):
        messages.success(request, _("The row is tried again, and then those behind it."))
    else:
        messages.info(request, _("The row is not parked any more."))
    return redirect("operator:feeds")


@require_POST
@operates
def discarding(request: SignedInRequest, pk: int) -> HttpResponse:
    """Only parked rows: what will be tried again, or waits behind another, is not for a person to throw away."""
    parked = get_object_or_404(ParkedRow.objects.parked(), pk=pk)
    operating.discard_row(parked, by=request.user)
    messages.success(request, _("Discarded. What waited behind it goes on."))
    return redirect("operator:feeds")

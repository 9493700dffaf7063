"""Whether all is well; and the log of what operators did."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from crm.ui import keyset
from workspaces.models import OperatorEntry
from workspaces.operator import queries
from workspaces.operator.access import operates, page
from workspaces.requests import SignedInRequest


@require_GET
@operates
def overview(request: SignedInRequest) -> HttpResponse:
    """The page refreshes its body by itself."""
    template = "overview.htmx" if request.htmx else "overview"
    return page(request, template, queries.overview())


@require_GET
@operates
def log(request: SignedInRequest) -> HttpResponse:
    found = keyset.page_of_request(OperatorEntry.objects.select_related("actor"), "id", request.GET)
    return page(request, "log", {"page": found})

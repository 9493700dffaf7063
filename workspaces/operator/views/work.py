"""Work that needs a person: failed, of unknown outcome, or held up in its lane."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crm.ui import keyset
from crm.work.models import Item, Lane, State
from workspaces.actions import operating
from workspaces.operator import queries
from workspaces.operator.access import operates, page
from workspaces.requests import SignedInRequest


@require_GET
@operates
def listing(request: SignedInRequest) -> HttpResponse:
    kind, state = _narrowing(request.GET.get("kind", ""), request.GET.get("state", ""))
    context = {
        "page": keyset.page_of_request(queries.items(kind, state), "id", request.GET),
        "kinds": queries.kinds(),
        "lanes": queries.lanes(),
        "kind": kind,
        "state": state,
        "query": _query(kind, state),
        "most": operating.MOST,
    }
    return page(request, "work", context)


@require_POST
@operates
def retrial(request: SignedInRequest, pk: int) -> HttpResponse:
    """Try one row again."""
    if operating.retry([get_object_or_404(Item, pk=pk)], by=request.user):
        messages.success(request, _("It will be tried again now."))
    else:
        messages.info(request, _("It is not waiting for a decision any more."))
    return _back(request)


@require_POST
@operates
def discarding(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one row up."""
    if operating.discard([get_object_or_404(Item, pk=pk)], by=request.user):
        messages.success(request, _("Discarded. What waited behind it goes on."))
    else:
        messages.info(request, _("It is not waiting for a decision any more."))
    return _back(request)


@require_POST
@operates
def retrial_of_all(request: SignedInRequest) -> HttpResponse:
    """Try all rows of a kind again, the oldest first, as far as one click goes."""
    tried = operating.retry(_all_of_kind(request), by=request.user)
    words = ngettext("%(n)s row will be tried again now.", "%(n)s rows will be tried again now.", tried)
    messages.success(request, words % {"n": tried})
    return _back(request)


@require_POST
@operates
def discarding_of_all(request: SignedInRequest) -> HttpResponse:
    gone = operating.discard(_all_of_kind(request), by=request.user)
    messages.success(
        request, ngettext("%(n)s row is discarded.", "%(n)s rows are discarded.", gone) % {"n": gone}
    )
    return _back(request)


@require_POST
@operates
def lane_resumption(request: SignedInRequest, pk: int) -> HttpResponse:
    lane = get_object_or_404(Lane, pk=pk)
    operating.resume(lane, by=request.user)
    messages.success(request, _("%(lane)s goes on.") % {"lane": lane})
    return _back(request)


def _all_of_kind(request: HttpRequest) -> list[Item]:
    """None without a kind: nobody decides over everything by accident."""
    kind, state = _narrowing(request.POST.get("kind", ""), request.POST.get("state", ""))
    return list(queries.items(kind, state).order_by("pk")[: operating.MOST]) if kind else []


def _narrowing(kind: str, state: str) -> tuple[str, str]:
    """What an address may say: any kind, and a state in which a person decides."""
    return kind[:60], state if state in (State.FAILED, State.UNKNOWN) else ""


def _query(kind: str, state: str) -> str:
    return urlencode({name: value for name, value in (("kind", kind), ("state", state)) if value})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the list, narrowed as it was."""
    query = _query(*_narrowing(request.POST.get("kind", ""), request.POST.get("state", "")))
    return HttpResponseRedirect(f"{reverse('operator:work')}?{query}" if query else reverse("operator:work"))

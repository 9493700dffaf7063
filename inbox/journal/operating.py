"""The operator's page of webhooks: what was not understood or found no receiver, and the apps that call.

Bodies are not shown: they are people's messages.
"""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crm.ui import keyset
from inbox.journal import splitting
from inbox.models import ProviderApp, RawRequest
from workspaces.actions import operating
from workspaces.models import Act
from workspaces.operator.access import operates, page
from workspaces.requests import SignedInRequest

MOST = 1000  # replayed at once


@require_GET
@operates
def listing(request: SignedInRequest) -> HttpResponse:
    rows = RawRequest.objects.troubled().select_related("app").defer("body")
    context = {
        "page": keyset.page_of_request(rows, "id", request.GET),
        "apps": ProviderApp.objects.for_operator()[:200],
        "most": MOST,
    }
    return page(request, "inbox/operator/journal.html", context)


@require_POST
@operates
def replay(request: SignedInRequest, pk: int) -> HttpResponse:
    raw = get_object_or_404(RawRequest.objects.defer("body"), pk=pk)
    return _replayed(request, [raw.pk], raw.receiver)


@require_POST
@operates
def replay_of_all(request: SignedInRequest) -> HttpResponse:
    troubled = RawRequest.objects.troubled().values_list("pk", flat=True)[:MOST]
    return _replayed(request, list(troubled), "")


@transaction.atomic
def _replayed(request: SignedInRequest, raws: list[int], target: str) -> HttpResponse:
    operating.check_operates(request.user)
    count = splitting.replay(raws)
    if count:
        details = {"requests": count, "ids": raws[:50]}
        operating.record(Act.WEBHOOKS_REPLAYED, by=request.user, target=target, details=details)
    message = ngettext("%(count)s webhook is read again.", "%(count)s webhooks are read again.", count)
    messages.success(request, message % {"count": count} if count else _("Nothing was waiting."))
    return redirect("hooks:journal")

"""A fresh token for a stream whose own has run out."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.live import pages, tokens

MAX_TOPICS = 32


@require_safe
@never_cache
def token(request: HttpRequest, workspace_id: str) -> JsonResponse:
    """JSON {"token"}. `topic`, repeatable, asks for more than the usual; what is not allowed is left out."""
    held = pages.pass_for(request, request.GET.getlist("topic")[:MAX_TOPICS])
    if held is None:
        raise Http404
    return JsonResponse({"token": tokens.seal(held)})

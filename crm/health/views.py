"""Two answers for machines: JSON, never cached, without a session."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.health.registry import report


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Touches nothing else."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Every check with its time in milliseconds; 503 where one fails."""
    found = report()
    checks = {name: asdict(result) for name, result in found.checks.items()}
    response = JsonResponse(
        {"ready": found.is_ready, "checks": checks}, status=200 if found.is_ready else 503
    )
    response._has_been_logged = True  # type: ignore[attr-defined]  # it is an answer, not a fault of Django's
    return response

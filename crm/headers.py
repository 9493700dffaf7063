"""Headers that forbid the browser what our pages never do."""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp's middleware, with the policy of most answers put into words once instead of twice an answer.

    What it can do it still does: an answer with a nonce, or changed by its decorators, or under settings that ask for
    more than one constant policy, goes its way.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if self._policy is None or _is_special(request, response):
            return super().process_response(request, response)
        response.headers[HEADER] = self._policy
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response

    @cached_property
    def _policy(self) -> str | None:
        """The one policy, or None where settings name several or exceptions."""
        policy = settings.CONTENT_SECURITY_POLICY
        more = getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None) or policy.keys() - {
            "DIRECTIVES"
        }
        return None if settings.DEBUG or more else build_policy(**asdict(PolicyParts()))


def _is_special(request: HttpRequest, response: HttpResponseBase) -> bool:
    return (
        hasattr(request, "_csp_nonce")
        or HEADER in response.headers
        or any(name.startswith("_csp_") for name in vars(response))
    )

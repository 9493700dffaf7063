"""What happens to every request before and after the application: its id, its cleanness, its answer to htmx."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from crm import cleanness, logs, views

GetResponse = Callable[[HttpRequest], HttpResponseBase]
access_log = logging.getLogger("crm.request")
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{7,63}")
PRIVATE = "private, no-cache"  # the browser keeps it for going back, nobody else keeps it
QUIET_ROUTES = frozenset({"health:healthz", "health:readyz"})


class RequestId:
    """Gives a request its id (header X-Request-ID, `request.id`, every log line) and writes the access line.

    The line names the route, never the address: paths hold the secrets of links, query strings what people search.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.id = _request_id(request)  # type: ignore[attr-defined]
        token = logs.request_id.set(request.id)  # type: ignore[attr-defined]
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
            self._log(request, response, started)
        finally:
            logs.request_id.reset(token)
        return response

    def _log(self, request: HttpRequest, response: HttpResponseBase, started: float) -> None:
        match = request.resolver_match
        route = (match.view_name if match.url_name else match.route) if match else "-"
        status = response.status_code
        if route in QUIET_ROUTES and status < 500:
            return
        fields: dict[str, object] = {
            "method": request.method if request.method in _METHODS else "OTHER",
            "route": route,
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 1),
        }
        # Only what the request has read already: a log line makes no query.
        if (user := getattr(request, "_cached_user", None)) is not None and user.pk is not None:
            fields["user"] = user.pk
        if (workspace := getattr(request, "workspace", None)) is not None:
            fields["workspace"] = workspace.pk
        access_log.log(
            logging.WARNING if status >= 500 else logging.INFO, "request", extra={"fields": fields}
        )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class CleanInput:
    """Refuses, before any query, what PostgreSQL or a page could not hold: NUL, broken UTF-8, oversized bodies.

    A view that must take what strangers send as it is (a webhook's raw body) says so with `@raw_body`;
    one that takes larger uploads with `@upload_limit(bytes)`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not cleanness.is_clean_head(request):
            return views.unreadable(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.method in ("GET", "HEAD", "OPTIONS") and not request.META.get("CONTENT_LENGTH"):
            return None
        limit, raw = getattr(view, "upload_limit", None), getattr(view, "raw_body", False)
        if _content_length(request) > cleanness.body_limit(request, limit, raw=raw):
            cleanness.drain(request)
            return views.too_large(request)
        if raw:
            return None
        try:
            clean = cleanness.is_clean_body(request)
        except RequestDataTooBig:
            request._mark_post_parse_error()  # type: ignore[attr-defined]
            return views.too_large(request)
        except (TooManyFieldsSent, TooManyFilesSent, MultiPartParserError):
            request._mark_post_parse_error()  # type: ignore[attr-defined]
            return views.unreadable(request)
        if clean:
            return None
        return views.unreadable(request)


class HtmxResponses:
    """What htmx needs to hear: caches keep pages and fragments apart, and a log-in page replaces the whole page.

    htmx follows a redirect by itself and would swap the log-in page into a corner of the page; so a redirect to
    log-in becomes HX-Redirect, leading back to the page that was open rather than to the fragment's address.
    And what caches need: a page is of the person it was made for, unless its view says otherwise.
    Error statuses are answered in `crm.views`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "HTTP_HX_REQUEST" in request.META and response.status_code in (301, 302, 303, 307, 308):
            response = _redirect_whole_page(request, response)
        patch_vary_headers(response, ["HX-Request"])
        response.headers.setdefault("Cache-Control", PRIVATE)
        return response


def _redirect_whole_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    target = urlsplit(response.headers.get("Location", ""))
    if target.path not in _log_in_paths():
        return response
    query = QueryDict(target.query, mutable=True)
    if "next" in query:
        query["next"] = _open_page(request)
    # The answer keeps the cookies the redirect would have set.
    answer = HttpResponse(status=204)
    answer.cookies = response.cookies
    answer.headers["HX-Redirect"] = f"{target.path}?{query.urlencode(safe='/')}" if query else target.path
    return answer


def _open_page(request: HttpRequest) -> str:
    """The page that htmx says is open, if it is one of ours; else the start."""
    try:
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return "/"
    if current.netloc != request.get_host() or not re.match("/(?!/)", current.path):
        return "/"
    return f"{current.path}?{current.query}" if current.query else current.path


def _log_in_paths() -> Iterable[str]:
    return {reverse(name) for name in (settings.LOGIN_URL, "account_reauthenticate")}


def _request_id(request: HttpRequest) -> str:
    if settings.TRUSTED_PROXIES:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        if SANE_REQUEST_ID.fullmatch(sent):
            return str(sent)
    return uuid.uuid4().hex


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0

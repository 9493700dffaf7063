"""What a person sees when something went wrong: what happened, and what to do.

The pages come from `ui/error.html`. Where that cannot be rendered (the database is down and a context processor
asked it), and always for faults of our own, a page without any part that could fail takes its place. htmx gets one
plain line, which the page shows as a toast, since a whole error page has no place inside a list.
"""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
QUERY_CANCELED = "57014"  # SQLSTATE of statement_timeout
LOCK_NOT_AVAILABLE = "55P03"  # SQLSTATE of lock_timeout
SHEET = '<link rel="stylesheet" href="{}">'
MARK = '<img src="{}" alt="" width="24" height="24">'


@dataclass(frozen=True)
class Problem:
    """One error page: an HTTP status, what happened, what to do."""

    status: int
    title: str
    advice: str


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return answer(
        request,
        Problem(400, _("We could not understand that"), _("Go back, reload the page and try again.")),
    )


def unreadable(request: HttpRequest) -> HttpResponse:
    """NUL bytes, broken UTF-8, a form with too many parts."""
    return answer(
        request,
        Problem(
            400,
            _("That has characters we cannot read"),
            _("Go back and type it again instead of pasting it, or save the file as UTF-8."),
        ),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return answer(
        request,
        Problem(413, _("That is too large"), _("Go back and send something shorter or a smaller file.")),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return answer(
        request,
        Problem(
            403,
            _("You may not do this here"),
            _("Ask an admin of your workspace for the permission."),
        ),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: nearly always a page left open for long, or cookies turned off."""
    return answer(
        request,
        Problem(
            403,
            _("This page has been open for too long"),
            _("Reload it and try again. If that does not help, allow cookies for this site."),
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404."""
    return answer(
        request,
        Problem(
            404, _("There is nothing here"), _("It may have been deleted, or the address is not quite right.")
        ),
    )


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler429: allauth's rate limits lead here."""
    return answer(request, Problem(429, _("Too many attempts"), _("Wait a few minutes and try again.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: looks at what was raised, since some of it is nobody's fault and has a way out.

    What fails before the person is known speaks the cookie's language, or the browser's.
    """
    error = sys.exc_info()[1]
    with override(getattr(request, "LANGUAGE_CODE", None) or get_language_from_request(request)):
        return _explain(request, error)


def _explain(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    if isinstance(error, DataError):
        return unreadable(request)
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request, error)
    return answer(
        request,
        Problem(500, _("Something broke on our side"), _("It has been noted. Try again in a moment.")),
        bare=True,
    )


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database did not answer: it took too long, somebody holds a lock, or it is down."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state == QUERY_CANCELED:
        problem = Problem(
            503,
            _("That took too long"),
            _("Narrow it: a shorter period, fewer filters at once, or a more exact search."),
        )
    elif state == LOCK_NOT_AVAILABLE:
        problem = Problem(503, _("Somebody else is changing this"), _("Try again in a moment."))
    else:
        problem = Problem(
            503, _("We cannot reach our data right now"), _("Nothing was saved. Try again in a minute.")
        )
    response = answer(request, problem, bare=True)
    response.headers["Retry-After"] = "10"
    return response


def answer(request: HttpRequest, problem: Problem, *, bare: bool = False) -> HttpResponse:
    """The problem as a page, or for htmx as one line and a toast. `bare`: nothing that could fail again."""
    if request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted"):
        return _for_htmx(problem)
    html = None if bare else _rendered(request, problem)
    response = HttpResponse(html or _plain(request, problem), status=problem.status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _for_htmx(problem: Problem) -> HttpResponse:
    text = f"{problem.title}. {problem.advice}"
    response = HttpResponse(text, status=problem.status, content_type="text/plain; charset=utf-8")
    # Header values are latin-1: JSON's ASCII escapes carry the rest.
    response.headers["HX-Trigger"] = json.dumps({"toast": {"level": "error", "text": text}})
    response.headers["HX-Reswap"] = "none"
    response.headers["Cache-Control"] = "no-store"
    return response


def _rendered(request: HttpRequest, problem: Problem) -> str | None:
    try:
        return render_to_string("ui/error.html", {"problem": problem, "request_id": _id(request)}, request)
    except Exception:  # whatever it is, the person gets the plain page, and the log the reason
        log.exception("The error page could not be rendered")
        return None


def _plain(request: HttpRequest, problem: Problem) -> str:
    """The page of ui/error.html by hand: style sheet and mark are files, and the theme is this browser's cookie."""
    theme = escape(request.COOKIES.get(settings.THEME_COOKIE_NAME, ""))
    title, back = escape(problem.title), escape(_("Back to the start"))
    return (
        f'<!doctype html><html lang="{escape(get_language() or "es")}" data-theme="{theme}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title} · Cauce</title>'
        f"{_file('css/app.css', SHEET)}</head>"
        '<body class="is-bare"><header class="bare-head"><a class="brand" href="/" aria-label="Cauce">'
        f'{_file("img/icon.svg", MARK)}</a></header><main class="bare-main"><div class="bare-card">'
        f'<h1>{title}</h1><p class="lead-text">{escape(problem.advice)}</p>'
        f'<div class="form-actions"><a class="btn btn-primary" href="/">{back}</a></div></div>'
        f'<p class="bare-foot">{problem.status} · <span class="mono">{escape(_id(request))}</span></p>'
        "</main></body></html>"
    )


def _file(name: str, tag: str) -> str:
    """A tag with a static file's address; nothing where none was collected under that name: the words stand alone."""
    try:
        return tag.format(escape(static(name)))
    except ValueError:
        return ""


def _id(request: HttpRequest) -> str:
    return str(getattr(request, "id", ""))

"""Request types of pages."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request behind django-htmx's middleware: `request.htmx` is falsy for an ordinary page load."""

    htmx: HtmxDetails

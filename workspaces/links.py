"""Absolute addresses of our pages, for mails."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(name: str, **kwargs: Any) -> str:
    return base(reverse(name, kwargs=kwargs))


def base(path: str) -> str:
    """The same of a path that was reversed already."""
    return f"{settings.BASE_URL}{path}"

"""Absolute addresses of our pages, for mails."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(name: str, **kwargs: Any) -> str:
    return f"{settings.BASE_URL}{reverse(name, kwargs=kwargs)}"

"""Rendering a macro alone, as a tree."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag
from django.template import engines


def render(source: str, **context: Any) -> BeautifulSoup:
    """The tree of a template given as text: its imports and calls, with the project's environment."""
    html = engines["jinja2"].env.from_string(source).render(**context)
    return BeautifulSoup(html, "html.parser")


def one(tree: BeautifulSoup, selector: str) -> Tag:
    """The only element that the selector finds."""
    found = tree.select(selector)
    assert len(found) == 1, f"{len(found)} of {selector}"
    return found[0]

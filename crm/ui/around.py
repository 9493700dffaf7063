"""What of the frame stays the same from page to page, drawn once for each person and workspace.

A page's frame is some 300 small calls (menus, dialogs, words of errors) of which only the current place, the badges and
the availability differ between two pages of one person. So the rest is a pure function of `Around`, and remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template import engines
from markupsafe import Markup

REMEMBERED = 512  # frames of 12 KB: persons × workspaces of one process
CSRF_HERE = "<!-- csrf -->"  # where a form of a remembered part takes its token, which is new in every answer


class Place(NamedTuple):
    """An entry as the templates show it: words spoken, address made."""

    key: str
    label: str
    icon: str
    href: str
    shortcut: str
    group: str
    description: str
    keywords: str
    dialog: bool


class Person(NamedTuple):
    """The signed-in person; `picture` is an address or empty."""

    pk: int
    name: str
    email: str
    picture: str


@dataclass(frozen=True, slots=True)
class Around:
    """All that the remembered parts show. The workspace's are empty outside `/w/…`, the person None before log-in."""

    language: str
    theme: str
    languages: tuple[tuple[str, str], ...]
    workspace_id: str
    workspace_name: str
    home: str
    palette: str
    searches: bool
    person: Person | None
    places: tuple[Place, ...]
    person_places: tuple[Place, ...]
    creations: tuple[Place, ...]
    slots: tuple[tuple[str, str], ...]

    def slot(self, name: str) -> str:
        """The address of a view that a higher floor gave the frame, or ""."""
        return dict(self.slots).get(name, "")


PARTS = (
    "words",
    "person_menu",
    "bare_tools",
    "switcher",
    "search_button",
    "creations",
    "bell",
    "page_dialogs",
    "toasts",
)


def parts(around: Around) -> dict[str, Markup]:
    """Every remembered part by its macro's name in ui/_around.html."""
    return _drawn(around) if settings.DEBUG else _remembered(around)


def _drawn(around: Around) -> dict[str, Markup]:
    module = engines["jinja2"].env.get_template("ui/_around.html").module  # type: ignore[attr-defined]
    return {name: Markup(getattr(module, name)(around)) for name in PARTS}  # noqa: S704 (a macro's own output)


_remembered = lru_cache(maxsize=REMEMBERED)(_drawn)

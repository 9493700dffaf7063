"""What of the frame stays the same from page to page, drawn once for each person and workspace.

A page's frame is some 300 small calls (menus, dialogs, words of errors) of which only the current place and the badges
differ between two pages of one person. So the rest is a pure function of `Around`, and rail and phone bar are one of
`Around` and the places as they are now; both are remembered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.template import engines
from markupsafe import Markup

REMEMBERED = 512  # frames of 12 KB: persons × workspaces of one process
CSRF_HERE = "<!-- csrf -->"  # where a form of a remembered part takes its token, which is new in every answer

HTMX = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "scrollIntoViewOnBoost": False,
        "defaultSettleDelay": 0,  # what came is live at once: a quick hand met buttons that did nothing for 20 ms
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)
PHONE_PLACES = 4


class Place(NamedTuple):
    """An entry as the templates show it: words spoken, address made; `within` are the beginnings of those in it."""

    key: str
    label: str
    icon: str
    href: str
    shortcut: str
    group: str
    description: str
    keywords: str
    dialog: bool
    within: tuple[str, ...]


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
    availability: str

    @property
    def htmx(self) -> str:
        """htmx's configuration, as JSON for its meta tag."""
        return HTMX

    @property
    def phone_places(self) -> int:
        """How many places the bar at the foot of a phone has; the rest is in its "More"."""
        return PHONE_PLACES

    def slot(self, name: str) -> str:
        """The address of a view that a higher floor gave the frame, or ""."""
        return dict(self.slots).get(name, "")


class Here(NamedTuple):
    """A place on this page: whether one is in it, and what waits there."""

    place: Place
    current: bool
    badge: int


PARTS = (
    "head",
    "words",
    "before",
    "running",
    "bare_tools",
    "switcher",
    "search_button",
    "creations",
    "bell",
    "page_dialogs",
    "toasts",
)


def navigation(around: Around, heres: tuple[Here, ...]) -> tuple[Markup, Markup]:
    """Rail and phone bar, for one who stands here and is awaited there. CSRF_HERE is in the rail."""
    return _navigation(around, heres) if settings.DEBUG else _remembered_navigation(around, heres)


def parts(around: Around) -> dict[str, Markup]:
    """Every remembered part by its macro's name in ui/_around.html."""
    return _drawn(around) if settings.DEBUG else _remembered(around)


def _drawn(around: Around) -> dict[str, Markup]:
    module = _module("ui/_around.html")
    return {name: Markup(getattr(module, name)(around)) for name in PARTS}  # noqa: S704 (a macro's own output)


def _navigation(around: Around, heres: tuple[Here, ...]) -> tuple[Markup, Markup]:
    module = _module("ui/_frame.html")
    return Markup(module.rail(around, heres)), Markup(module.phone_bar(around, heres))  # noqa: S704 (as above)


def _module(template: str) -> Any:
    return engines["jinja2"].env.get_template(template).module  # type: ignore[attr-defined]


_remembered = lru_cache(maxsize=REMEMBERED)(_drawn)
_remembered_navigation = lru_cache(maxsize=2 * REMEMBERED)(_navigation)

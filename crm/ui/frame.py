"""What the frame around a page shows: read from the request, without a query, and only when a template asks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from crm.ui import rail, search, settings_pages, slots
from crm.ui.entries import Entry, address

PHONE_PLACES = 4
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "cauce_theme"
HTMX = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "scrollIntoViewOnBoost": False,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry as the templates show it: words spoken, address made, badge counted."""

    key: str
    label: str
    icon: str
    href: str
    current: bool
    badge: int
    shortcut: str
    group: str
    description: str
    keywords: str
    dialog: bool


class Frame:
    """The frame of one request. Every property is made once, on first use.

    `workspace` and `membership` are None outside `/w/…` (the person's own pages, the operator's).
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.workspace: Any = getattr(request, "workspace", None)
        self.membership: Any = getattr(request, "membership", None)
        self.workspace_id: str = self.workspace.public_id if self.workspace else ""

    @cached_property
    def user(self) -> Any:
        """The signed-in person, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def theme(self) -> str:
        """auto, light or dark: the person's; before log-in, this browser's."""
        theme = self.user.theme if self.user else self.request.COOKIES.get(THEME_COOKIE, "")
        return theme if theme in THEMES else "auto"

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Code and own name of each, so that everyone finds theirs."""
        return [(code, OWN_NAMES.get(code, str(name))) for code, name in settings.LANGUAGES]

    @property
    def zone(self) -> str:
        """The current time zone's IANA name, for the browser."""
        return timezone.get_current_timezone_name()

    @property
    def htmx(self) -> str:
        """htmx's configuration, as JSON for its meta tag."""
        return HTMX

    @cached_property
    def rail(self) -> list[Place]:
        """Where the person may go, in order."""
        return self._places(rail.entries) if self.user else []

    @cached_property
    def phone(self) -> list[Place]:
        """The first places, for the bar at the foot of a phone."""
        return self.rail[:PHONE_PLACES]

    @cached_property
    def rest(self) -> list[Place]:
        """What the phone's bar has under "More"."""
        return self.rail[PHONE_PLACES:]

    @cached_property
    def creations(self) -> list[Place]:
        return self._places(rail.creations) if self.user else []

    @cached_property
    def person(self) -> list[Place]:
        return self._places(rail.person) if self.user else []

    @cached_property
    def settings(self) -> list[tuple[str, list[Place]]]:
        """Settings pages under their headings, in order."""
        groups: list[tuple[str, list[Place]]] = []
        for place in self._places(settings_pages.pages) if self.user else []:
            if not groups or groups[-1][0] != place.group:
                groups.append((place.group, []))
            groups[-1][1].append(place)
        return groups

    @property
    def palette(self) -> str:
        """The palette's address, or "" where there is nothing to search."""
        return address("ui:palette", self.workspace_id) if self.workspace_id else ""

    @property
    def searches(self) -> bool:
        return len(search.providers) > 0

    def live(self, topics: Iterable[str] = ()) -> dict[str, str]:
        """What js/live.js connects by, as attributes of the body; `topics` beside those every page listens to."""
        from crm.live.pages import page_attributes  # late: live's topics are registered while apps are set up

        return page_attributes(self.request, topics)

    def slot(self, name: str) -> str:
        """The address of a view that a higher floor gave the frame, or ""."""
        return slots.href(name, self.workspace_id)

    @property
    def home(self) -> str:
        """The first place, or the start of the site."""
        return self.rail[0].href if self.rail else "/"

    def _places(self, entries: Iterable[Entry]) -> list[Place]:
        usable = [e for e in entries if (self.workspace_id or not e.scoped) and e.allowed(self.request)]
        addresses = [entry.href(self.workspace_id) for entry in usable]
        here = _current(self.request.path, tuple(addresses), tuple(entry.exact for entry in usable))
        return [
            Place(
                key=entry.key,
                label=str(entry.label),
                icon=entry.icon,
                href=href,
                current=place == here,
                badge=entry.badge(self.request) if entry.badge else 0,
                shortcut=entry.shortcut,
                group=str(entry.group),
                description=str(entry.description),
                keywords=str(entry.keywords),
                dialog=entry.dialog,
            )
            for place, (entry, href) in enumerate(zip(usable, addresses, strict=True))
        ]


OWN_NAMES = {"es": "Español", "en": "English"}


@lru_cache(maxsize=1024)
def _current(path: str, addresses: tuple[str, ...], exact: tuple[bool, ...]) -> int:
    """The index of the entry that a path is in: the longest address it begins with; -1 for none."""
    best, length = -1, 0
    for place, (href, whole) in enumerate(zip(addresses, exact, strict=True)):
        inside = path == href if whole else path.startswith(href)
        if inside and len(href) > length:
            best, length = place, len(href)
    return best


def context(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every page."""
    return {"frame": Frame(request)}

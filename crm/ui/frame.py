"""What the frame around a page shows: read from the request, without a query, and only when a template asks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language
from markupsafe import Markup

from crm.tenancy.scopes import workspace_if_any
from crm.ui import rail, search, settings_pages, slots
from crm.ui.around import CSRF_HERE, Around, Here, Person, Place, navigation, parts
from crm.ui.entries import Entry, address

THEMES = ("auto", "light", "dark")


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
        theme = self.user.theme if self.user else self.request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
        return theme if theme in THEMES else "auto"

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """Those one can choose: code and own name."""
        return tuple(settings.LANGUAGES)

    @property
    def zone(self) -> str:
        """The current time zone's IANA name, for the browser; empty where its own is as good as any."""
        known = self.workspace or (self.user and self.user.time_zone)
        return timezone.get_current_timezone_name() if known else ""

    @cached_property
    def rail(self) -> list[Here]:
        """Where the person may go, in order."""
        return self._here(rail.entries) if self.user else []

    @cached_property
    def creations(self) -> tuple[Place, ...]:
        return self._places(self._usable(rail.creations)) if self.user else ()

    @cached_property
    def person(self) -> tuple[Place, ...]:
        return self._places(self._usable(rail.person)) if self.user else ()

    @cached_property
    def settings(self) -> list[tuple[str, list[Here]]]:
        """Settings pages under their headings, in order."""
        groups: list[tuple[str, list[Here]]] = []
        for here in self._here(settings_pages.pages) if self.user else []:
            if not groups or groups[-1][0] != here.place.group:
                groups.append((here.place.group, []))
            groups[-1][1].append(here)
        return groups

    @cached_property
    def parts(self) -> dict[str, Markup]:
        """What stays the same from page to page, drawn: see crm.ui.around."""
        return parts(self._around)

    @property
    def rail_nav(self) -> Markup:
        """The rail, with this answer's token in the person menu's form."""
        field = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(self.csrf_token)
        return self._navigation[0].replace(CSRF_HERE, field)

    @property
    def phone_bar(self) -> Markup:
        """The rail's first places, at the foot of a phone."""
        return self._navigation[1]

    @cached_property
    def _navigation(self) -> tuple[Markup, Markup]:
        return navigation(self._around, tuple(self.rail))

    @cached_property
    def _around(self) -> Around:
        user = self.user
        return Around(
            language=self.language,
            theme=self.theme,
            languages=self.languages,
            workspace_id=self.workspace_id,
            workspace_name=self.workspace.name if self.workspace else "",
            home=self.home,
            palette=self.palette,
            searches=len(search.providers) > 0,
            person=Person(user.pk, user.name, user.email, user.picture_url) if user else None,
            places=tuple(here.place for here in self.rail),
            person_places=self.person,
            creations=self.creations,
            slots=slots.hrefs(self.workspace_id),
            availability=self.membership.availability if self.membership else "",
        )

    @cached_property
    def csrf_token(self) -> str:
        """This answer's token, made once: each is masked anew from 64 random letters."""
        return get_token(self.request)

    @property
    def palette(self) -> str:
        """The palette's address, or "" where there is nothing to search."""
        return address("ui:palette", self.workspace_id) if self.workspace_id else ""

    def live(self, topics: Iterable[str] = ()) -> dict[str, str]:
        """What js/live.js connects by, as attributes of the body; `topics` beside those every page listens to."""
        from crm.live.pages import page_attributes  # late: live's topics are registered while apps are set up

        return page_attributes(self.request, topics)

    @property
    def home(self) -> str:
        """The first place, or the start of the site."""
        return self.rail[0].place.href if self.rail else "/"

    def _usable(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple([e for e in entries if (self.workspace_id or not e.scoped) and e.allowed(self.request)])

    def _places(self, usable: tuple[Entry, ...]) -> tuple[Place, ...]:
        return _places(usable, self.workspace_id, self.language)

    def _here(self, entries: Iterable[Entry]) -> list[Here]:
        usable = self._usable(entries)
        places = self._places(usable)
        within = tuple([p.within for p in places])
        current = _current(self.request.path, within, tuple([e.exact for e in usable]))
        if current < 0 and entries is rail.entries:
            current = self._settings_of(usable)
        counts = workspace_if_any() is not None  # a suspended workspace's frame is drawn outside its scope
        return [
            Here(place, index == current, entry.badge(self.request) if entry.badge and counts else 0)
            for index, (entry, place) in enumerate(zip(usable, places, strict=True))
        ]

    def _settings_of(self, usable: tuple[Entry, ...]) -> int:
        """Of a page of the settings whose address is elsewhere, the place of the settings; else -1."""
        if not self.request.path.startswith(_of_settings(self.workspace_id)):
            return -1
        return next((index for index, entry in enumerate(usable) if entry.key == rail.SETTINGS), -1)


@lru_cache(maxsize=2048)
def _places(entries: tuple[Entry, ...], workspace_id: str, language: str) -> tuple[Place, ...]:
    """Addresses made, words spoken in the current language, which is `language`."""
    return tuple(_place(entry, workspace_id) for entry in entries)


def _place(entry: Entry, workspace_id: str) -> Place:
    return Place(
        key=entry.key,
        label=str(entry.label),
        icon=entry.icon,
        href=entry.href(workspace_id),
        shortcut=entry.shortcut,
        group=str(entry.group),
        description=str(entry.description),
        keywords=str(entry.keywords),
        dialog=entry.dialog,
        within=entry.within(workspace_id),
    )


@lru_cache(maxsize=1024)
def _current(path: str, within: tuple[tuple[str, ...], ...], exact: tuple[bool, ...]) -> int:
    """The index of the entry that a path is in: the longest address it begins with; -1 for none."""
    best, length = -1, 0
    for place, (addresses, whole) in enumerate(zip(within, exact, strict=True)):
        for href in addresses:
            inside = path == href if whole else path.startswith(href)
            if inside and len(href) > length:
                best, length = place, len(href)
    return best


@lru_cache(maxsize=1024)
def _of_settings(workspace_id: str) -> tuple[str, ...]:
    """The beginnings of the addresses of a workspace's settings pages."""
    pages = settings_pages.pages if workspace_id else ()
    return tuple(href for entry in pages if entry.scoped for href in entry.within(workspace_id))


def context(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every page."""
    return {"frame": Frame(request)}

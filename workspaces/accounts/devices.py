"""A browser's User-Agent in two words, for people to recognise their devices by. Never for deciding anything."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

# The first that is found names it: browsers carry the names of those they descend from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
HANDHELD = frozenset({"iPhone", "iPad", "Android"})


@dataclass(frozen=True)
class Device:
    browser: str
    system: str

    @property
    def name(self) -> str:
        """ "Chrome, Windows"."""
        return ", ".join(part for part in (self.browser, self.system) if part) or _("Unknown device")

    @property
    def icon(self) -> str:
        return "smartphone" if self.system in HANDHELD else "monitor"


def device_of(user_agent: str) -> Device:
    return Device(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in known if mark in user_agent), "")

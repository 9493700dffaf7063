"""Views of a higher floor that the frame itself calls, by name: small acts of the person's menu.

From AppConfig.ready(): `slots.fill("theme", "theme", scoped=False)`. What is not filled is not shown, or works in
this browser only (theme, by a cookie). Each takes a POST with one field and answers 204 (HX-Refresh to reload):
- theme: `theme` = auto | light | dark
- language: `language` = a code of settings.LANGUAGES (answers HX-Refresh)
- availability: `availability` = active | away; answers with `availability_control` of ui/_frame.html, and
  out of band with `availability_place` of ui/_around.html
`switcher` takes a GET and answers with `switcher_items` of ui/_frame.html: the workspaces one may enter.
`bell` takes a GET and answers with `bell_count` of ui/_around.html: how much is new, fetched apart from the page;
`notifications` is the page of it, which to htmx answers with what goes into the drawer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from crm.ui.entries import address

Name = Literal["theme", "language", "availability", "switcher", "bell", "notifications"]
NAMES: tuple[str, ...] = get_args(Name)


@dataclass(frozen=True)
class Slot:
    url_name: str
    scoped: bool


_filled: dict[str, Slot] = {}


def fill(name: Name, url_name: str, *, scoped: bool) -> None:
    """Say which view serves a slot; `scoped` reverses it with the current workspace's id."""
    if name not in NAMES:
        raise ValueError(f"No slot {name!r}")
    _filled[name] = Slot(url_name, scoped)
    hrefs.cache_clear()


def href(name: str, workspace_id: str) -> str:
    """The slot's address, or "" where nothing fills it (or it needs a workspace and the page has none)."""
    slot = _filled.get(name)
    if slot is None or (slot.scoped and not workspace_id):
        return ""
    return address(slot.url_name, workspace_id if slot.scoped else "")


@lru_cache(maxsize=1024)
def hrefs(workspace_id: str) -> tuple[tuple[str, str], ...]:
    """Every slot's name and address."""
    return tuple((name, href(name, workspace_id)) for name in NAMES)

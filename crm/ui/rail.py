"""The entries of the rail, of the "+ New" menu and of the person's menu.

From AppConfig.ready():

    from crm.ui import rail
    rail.register(Entry(key="home", label=_("Home"), icon="house", url_name="workspaces:home", order=10, exact=True))
"""

from __future__ import annotations

from crm.ui.entries import Entry
from crm.ui.registry import Registry

__all__ = [
    "SETTINGS",
    "Entry",
    "creations",
    "entries",
    "person",
    "register",
    "register_creation",
    "register_person",
]

SETTINGS = "settings"  # the key of the entry that settings pages are in, wherever their addresses are

entries: Registry[Entry] = Registry("Rail entry")
creations: Registry[Entry] = Registry("New entry")
person: Registry[Entry] = Registry("Person menu entry")


def register(entry: Entry) -> Entry:
    """Put an entry in the rail (and in the phone's bar, and the palette)."""
    return entries.register(entry)


def register_creation(entry: Entry) -> Entry:
    """Put an entry in "+ New"; `dialog=True` opens its answer in the page's dialog."""
    return creations.register(entry)


def register_person(entry: Entry) -> Entry:
    """Put an entry in the person's menu, above theme and "Log out" (usually `scoped=False`)."""
    return person.register(entry)

"""The pages of Settings: entries with a `group` (a heading) and a `description` (one line, for the palette)."""

from __future__ import annotations

from crm.ui.entries import Entry
from crm.ui.registry import Registry

__all__ = ["Entry", "pages", "register"]

pages: Registry[Entry] = Registry("Settings page")


def register(entry: Entry) -> Entry:
    """Put a page in the sub-navigation of settings; pages of one `group` must have neighbouring `order`s."""
    return pages.register(entry)

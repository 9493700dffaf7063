"""What every card says, spoken once a page."""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from crm.ui.icons import icon
from directory.models import STATUS_MARKS


class Icons(dict[str, Markup]):
    """Small icons by their names."""

    def __missing__(self, name: str) -> Markup:
        self[name] = icon(name, "icon-sm")
        return self[name]


def of_cards() -> dict[str, Any]:
    return _of_cards(get_language())


@lru_cache(maxsize=16)
def _of_cards(language: str | None) -> dict[str, Any]:
    return {
        "won": _("Won"),
        "lost": _("Lost"),
        "ours": _("You wrote"),
        "silent": _("No messages yet"),
        "in_stage": _("In this stage for"),
        "stale": _("Longer than this stage allows:"),
        "window": _("Reply window"),
        "nobody": _("Unassigned"),
        "chat": _("Open the conversation"),
        "more": _("Actions"),
        "icons": _icons(),
        "marks": STATUS_MARKS,
    }


def of_scripts() -> dict[str, str]:
    """What the page's scripts say, as attributes; the names in {…} are theirs to fill in."""
    return {
        "data-moved": _("%(name)s: %(stage)s, %(place)s of %(count)s")
        % {name: f"{{{name}}}" for name in ("name", "stage", "place", "count")},
        "data-unordered": _("Order by hand to move leads within a stage."),
    }


@lru_cache(maxsize=1)
def _icons() -> Icons:
    return Icons()

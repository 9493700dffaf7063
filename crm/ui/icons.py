"""Icons: one sprite of just the lucide icons that the code names, built by `manage.py build_assets`."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from markupsafe import Markup, escape

SPRITE = "img/icons.svg"


class UnknownIcon(LookupError):
    """An icon that the sprite lacks."""


def icon(name: str, classes: str = "") -> Markup:
    """The icon, hidden from screen readers: the words beside it, or the label of its button, say what it means.

    In DEBUG a name that is neither in the sprite nor in lucide raises UnknownIcon.
    """
    if settings.DEBUG:
        _check(name)
        return _markup(name, classes, static(SPRITE))
    return _markup(name, classes, _sprite_address())


@lru_cache(maxsize=1024)
def _markup(name: str, classes: str, sprite: str) -> Markup:
    css = f"icon {classes}" if classes else "icon"
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        escape(css), sprite, escape(name)
    )


@cache
def _sprite_address() -> str:
    return static(SPRITE)


def _check(name: str) -> None:
    path = finders.find(SPRITE)
    if path is None:
        return  # nothing built yet: the page shows no icons, and says nothing false about their names
    stamp = Path(path).stat().st_mtime_ns
    if name not in _names(path, stamp):
        raise UnknownIcon(
            f"No icon {name!r} in the sprite: is it lucide's name? Then run manage.py build_assets."
        )


@lru_cache(maxsize=2)
def _names(path: str, stamp: int) -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', Path(path).read_text()))

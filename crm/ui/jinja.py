"""The Jinja environment of our pages: its globals and filters are all a template may call without being handed it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Hashable, Mapping
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static as find_static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from crm.ui import avatars, controls, icons

# In development files change under us; elsewhere an address is looked up once.
static: Callable[[str], str] = find_static if settings.DEBUG else cache(find_static)


def environment(**options: Any) -> Environment:
    """Build the environment; Django calls it once per process with the backend's OPTIONS."""
    options.setdefault("undefined", StrictUndefined)
    options["autoescape"] = True
    environment = Environment(  # noqa: S701 (it is in the options)
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        cache_size=-1,
        **options,
    )
    environment.policies["ext.i18n.trimmed"] = True  # as babel.cfg extracts them
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    environment.globals.update(
        _=said,
        gettext=said,
        kept=kept,
        url=url,
        static=static,
        icon=icons.icon,
        svg=icons.icon,  # the same, for macros that have an argument called icon
        control=controls.control,
        initials=avatars.initials,
        avatar_colour=avatars.colour,
        now=timezone.now,
        debug=settings.DEBUG,
    )
    environment.filters.update(attrs=attrs, iso=iso, stamp=stamp, json=as_json, number=grouped)
    return environment


def said(text: str, **variables: Any) -> Markup:
    """A text in the language of the request, with what is put into it: as Jinja's own, but remembered. A page says
    some hundreds of texts, and each took eight calls."""
    if variables:
        return _pattern(get_language(), text) % variables  # which is escaped
    return _said(get_language(), text)


def _translated(language: str | None, text: str) -> Markup:
    return Markup(gettext(text))  # noqa: S704 (of the catalogue)


def _whole(language: str | None, text: str) -> Markup:
    return _translated(language, text) % {}


# Catalogues change under us in development, too.
_pattern = _translated if settings.DEBUG else lru_cache(maxsize=8192)(_translated)
_said = _whole if settings.DEBUG else lru_cache(maxsize=8192)(_whole)


def kept(macro: Callable[..., Markup], *arguments: Hashable) -> Markup:
    """What a macro writes, remembered by its arguments and the language: they must be all that it depends on. For what
    every page says alike, and takes a fifth of its time to say. The macro is of a file that was imported, whose macros
    stay the same."""
    return _drawn(get_language(), macro, arguments)


def _draw(language: str | None, macro: Callable[..., Markup], arguments: tuple[Hashable, ...]) -> Markup:
    return macro(*arguments)


_drawn = _draw if settings.DEBUG else lru_cache(maxsize=1024)(_draw)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """reverse() with its arguments plainly written: url("workspaces:people", workspace_id=…)."""
    return _url(name, args, tuple(kwargs.items()))


@lru_cache(maxsize=8192)
def _url(name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    # Addresses never change while we run, and a page asks for the same ones again and again.
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)


def attrs(attributes: Mapping[str, Any]) -> Markup:
    """HTML attributes, each with a space before it: True is a bare name, None and False are left out."""
    parts = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        parts.append(f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"')
    return Markup("".join(parts))  # noqa: S704 (each part is escaped above)


def iso(moment: dt.datetime | dt.date) -> str:
    """A moment as the browser wants it; moments in UTC, to the second."""
    if isinstance(moment, dt.datetime):
        return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return moment.isoformat()


def stamp(moment: dt.datetime | dt.date) -> str:
    """A moment in the current time zone, for those without JavaScript: 2026-07-23 10:04."""
    if isinstance(moment, dt.datetime):
        return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
    return moment.isoformat()


def grouped(number: float) -> str:
    """As people write it in the current language: 1,200."""
    return number_format(number, force_grouping=True)


def as_json(value: Any) -> str:
    """JSON for an attribute (autoescaping makes it safe there); lazy words are spoken."""
    return json.dumps(value, default=_spoken, ensure_ascii=False)


def _spoken(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")

"""The frame's own views: the palette, and the style guide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.patience import patiently
from crm.ui import search
from crm.ui.around import Place
from crm.ui.frame import Frame
from crm.ui.search import Result

RESULTS_PER_PROVIDER = 6
LONGEST_QUESTION = 200
SHORTEST_QUESTION = 2
NAME, GROUND = "Cauce", "#f6f8f8"  # as in ui/_around.html


@require_safe
@never_cache
@patiently
def palette(request: HttpRequest, workspace_id: str) -> HttpResponse:
    """GET /w/<id>/palette?q=: places that match at once, then what the providers find. Without words: every place."""
    words = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    frame = Frame(request)
    groups: list[tuple[str, list[Result]]] = [
        (_("New"), _matching(frame.creations, words) if words else []),
        (_("Go to"), _matching((here.place for here in frame.rail), words)),
        (
            _("Settings"),
            _matching((here.place for _group, there in frame.settings for here in there), words)
            if words
            else [],
        ),
        (_("You"), _matching(frame.person, words) if words else []),
    ]
    if len(words) >= SHORTEST_QUESTION:
        groups.extend(_found(request, words))
    shown = [(label, found) for label, found in _each_once(groups) if found]
    return render(request, "ui/palette.htmx.html", {"groups": shown, "words": words})


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a browser asks to put us on a home screen, where an iPhone lets a site tell anything. It comes without a
    session, so it is the same for everybody."""
    sizes = {"img/icon.svg": "any", "img/icon-192.png": "192x192", "img/icon-512.png": "512x512"}
    said = {
        "id": "/",
        "name": NAME,
        "short_name": NAME,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {"src": static(name), "sizes": size, "type": "image/svg+xml" if size == "any" else "image/png"}
            for name, size in sizes.items()
        ],
    }
    headers = {"Cache-Control": "no-cache"}  # the icons' names are those of this release
    return JsonResponse(said, content_type="application/manifest+json", headers=headers)


def _matching(places: Iterable[Place], words: str) -> list[Result]:
    """Places of which every word begins some word of the label, description or keywords."""
    asked = _plain(words).split()
    return [
        Result(place.label, place.href, place.icon, place.description)
        for place in places
        if not place.dialog and _begins(asked, f"{place.label} {place.description} {place.keywords}")
    ]


def _begins(asked: list[str], text: str) -> bool:
    known = _plain(text).split()
    return all(any(word.startswith(part) for word in known) for part in asked)


def _each_once(groups: Iterable[tuple[str, list[Result]]]) -> Iterable[tuple[str, list[Result]]]:
    """A page that is both in Settings and in the person's menu is shown where it came first."""
    seen: set[str] = set()
    for label, found in groups:
        yield label, [result for result in found if result.href not in seen]
        seen.update(result.href for result in found)


def _plain(text: str) -> str:
    """Lower case without accents, so that "conversacion" finds Conversaciones."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in split if not unicodedata.combining(character))


def _found(request: HttpRequest, words: str) -> Iterable[tuple[str, list[Result]]]:
    for provider in search.providers:
        if provider.allowed(request):
            yield str(provider.label), list(provider.find(request, words, RESULTS_PER_PROVIDER))


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; only where strangers have no business (demo, development)."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    from crm.ui.styleguide import samples

    context: dict[str, Any] = samples(request)
    return render(request, "ui/styleguide.html", context)

"""The loader that a site's script tag fetches, the page in its frame, and a shop of ours to try it in."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from inbox.channels.webchat import words
from inbox.channels.webchat.channel import FILE_BYTES, TEXT_LIMIT
from inbox.channels.webchat.views.door import Caller, public
from inbox.channels.webchat.widget import Widget
from inbox.models import Channel
from workspaces.models import Membership

FOLDER = Path(settings.BASE_DIR) / "static" / "chat"


@require_GET
@gzip_page
@cache_control(public=True, max_age=300)
@public
def loader(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The script, called with the widget's configuration. It changes within five minutes of the settings."""
    widget = caller.widget
    config = {
        "token": caller.channel.external_id,
        "paint": widget.paint,
        "on": widget.on_paint,
        "origins": list(widget.origins),
        "words": words.of_loader(),
        "style": _source("loader.css"),
    }
    script = f"{_source('loader.js').rstrip(';')}({json.dumps(config)});\n"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@require_GET
@gzip_page  # there is no secret in it
@xframe_options_exempt
@public
def page(request: HttpRequest, caller: Caller) -> HttpResponse:
    """`?lang=`: the site's language, where it differs from the browser's. Other sites cannot frame it."""
    return shown(request, caller.channel, caller.widget, lang=request.GET.get("lang", ""))


def shown(
    request: HttpRequest, channel: Channel, widget: Widget, *, lang: str = "", preview: bool = False
) -> HttpResponse:
    """The page of a widget, as it is or as it would be."""
    language = lang if lang in words.LANGUAGES else translation.get_language() or "es"
    with translation.override(language):
        config: dict[str, Any] = {
            "token": channel.external_id,
            "language": language,
            "limit": TEXT_LIMIT,
            "bytes": FILE_BYTES,
            "live": settings.LIVE_PATH + "stream",
            "livePort": settings.LIVE_PORT or None,
            "preview": preview,
            "words": words.of_page(),
        }
        context = {
            "widget": widget,
            "team": widget.team or channel.name,
            "greeting": words.greeting(widget.greeting),
            "language": language,
            "config": config,
        }
        response = render(request, "inbox/webchat/page.html", context)
    response._csp_replace = {"frame-ancestors": widget.ancestors}  # type: ignore[attr-defined]
    response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
@login_required
@public
def trial(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    """A shop that does not exist, with the widget on it. For the workspace's own people."""
    workspace = caller.channel.workspace
    if Membership.objects.entering(request.user.pk or 0, workspace.public_id) is None:
        raise Http404
    context = {"channel": caller.channel, "workspace": workspace}
    response = render(request, "inbox/webchat/shop.html", context)
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


def _source(name: str) -> str:
    return _read(name) if settings.DEBUG else _kept(name)


@cache
def _kept(name: str) -> str:
    return _read(name)


def _read(name: str) -> str:
    """Without indentation and comments: nobody reads it there, and everybody waits for it."""
    text = (FOLDER / name).read_text()
    lines = [line.strip() for line in re.sub(r"(?m)^\s*//.*$", "", text).splitlines()]
    return "\n".join(line for line in lines if line)

"""The list of conversations, and what of it is fetched again."""

from contextlib import nullcontext
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.cleanness import whole_number
from crm.patience import patiently, reading
from directory import listening
from inbox.conversations import choosing, counting, listing, saved
from inbox.conversations.rows import rows
from inbox.conversations.wanted import Order, Tab, Wanted
from inbox.models import Channel
from inbox.permissions import InboxPermission
from workspaces.requests import WorkspaceRequest


@require_GET
@patiently
def conversations(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The whole screen without a thread; for htmx the list, or with `after` or `before` more rows of it."""
    context = list_context(request)
    if request.htmx:
        return render(request, "inbox/conversations/list.htmx.html", context)
    return render(request, "inbox/conversations/index.html", context | screen_context(request))


@require_GET
@patiently
def again(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`?ids=1,2`: those of these rows that are still in the list; the page takes out the others."""
    wanted = Wanted.of(request.GET, request.membership)
    named = [whole_number(part) for part in request.GET.get("ids", "").split(",")]
    placements = listing.again(request.membership, wanted, [pk for pk in named if pk is not None])
    context = {"rows": rows(placements, request.membership, wanted), "wanted": wanted, "here": None}
    return render(request, "inbox/conversations/rows.htmx.html", context)


@require_GET
def counts(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    wanted = Wanted.of(request.GET, request.membership)
    context = {"counts": counting.counts(request.membership, wanted), "wanted": wanted}
    return render(request, "inbox/conversations/counts.htmx.html", context)


def list_context(request: WorkspaceRequest, here: int | None = None) -> dict[str, Any]:
    """What the list shows; `here` is the conversation that is open."""
    wanted = Wanted.of(request.GET, request.membership)
    # The page of a thread waits for a list as long as the list's own does.
    is_slow = here is not None and wanted.filters.more.is_set
    with reading() if is_slow else nullcontext():
        page = listing.page(request.membership, wanted, request.GET)
    is_more = bool(request.GET.get("after") or request.GET.get("before"))
    return {
        "wanted": wanted,
        "page": page,
        "rows": rows(page.rows, request.membership, wanted),
        "here": here,
        "is_more": is_more,
        "views": [] if is_more else saved.views(request.membership, wanted),
        "chips": [] if is_more else choosing.chips(request.membership, wanted),
        "tabs": Tab,
        "orders": Order,
        "may_connect": request.membership.may(InboxPermission.MANAGE_CHANNELS),
        "has_channels": bool(page.rows) or Channel.objects.in_use().exists(),
    }


def screen_context(request: WorkspaceRequest) -> dict[str, Any]:
    """What the whole page needs beside its parts."""
    return {"live_topics": listening.topics_for(request.membership)}

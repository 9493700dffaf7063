"""Status, assignee and archive of cards, one or several at once; and taking an act back."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.cleanness import whole_number
from directory import undoing
from directory.actions import several
from directory.actions import undoing as takes_back
from directory.actions.several import Row
from directory.models import Placement, Status
from directory.naming import shown_text
from directory.permissions import DirectoryPermission
from funnels.board.page import Board
from funnels.views.answers import acted, refused
from funnels.views.moves import gone_text
from funnels.views.opening import board_in_view, seen_leads
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

works_leads = requires(DirectoryPermission.WORK_LEADS)


@require_POST
@works_leads
def statuses(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    board = board_in_view(request, pk)
    status = request.POST.get("status", "")
    if status not in Status.values:
        raise BadRequest("no such status")

    def act(leads: list[int]) -> list[Row]:
        return several.set_status(leads, by=request.membership, status=status)

    return _each(request, board, "status", act, status)


@require_POST
@works_leads
def assignments(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """To `assignee`, an active person of the workspace; 0 is nobody."""
    board = board_in_view(request, pk)
    wanted = whole_number(request.POST.get("assignee", ""))
    if wanted is None:
        raise BadRequest("nobody is named")
    people = Membership.objects.of_workspace(request.workspace).active()
    to = get_object_or_404(people, pk=wanted) if wanted else None

    def act(leads: list[int]) -> list[Row]:
        return several.assign(leads, by=request.membership, to=to)

    return _each(request, board, "assign", act, to.pk if to else None)


@require_POST
@works_leads
def archivals(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`archived` 1 archives, 0 takes back."""
    archived = request.POST.get("archived") != "0"

    def act(leads: list[int]) -> list[Row]:
        return several.archive(leads, by=request.membership, archived=archived)

    return _each(request, board_in_view(request, pk), "archive" if archived else "unarchive", act, archived)


@require_POST
@works_leads
def undo(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Take an act back, by the token its toast carried."""
    board = board_in_view(request, pk)
    kind, rows, now = undoing.read(request.GET.get("act", ""), request.membership.pk)
    try:
        done = takes_back.undo(kind, rows, now, by=request.membership)
    except Refused as refusal:
        return refused(request, board, [row[0] for row in rows], str(refusal))
    leads = [row[0] for row in rows]
    if len(done) == len(rows):
        return acted(request, board, leads, _("Undone."))
    text = (
        _("Somebody changed it meanwhile: left as it is.")
        if not done
        else _("Undone where nothing changed since.")
    )
    return acted(request, board, leads, text, level="warning")


def _each(
    request: WorkspaceRequest,
    board: Board,
    kind: str,
    act: Callable[[list[int]], list[Row]],
    now: Any,
) -> HttpResponse:
    """One act on the leads named: one that is gone meanwhile stops none."""
    found = seen_leads(request, request.POST.getlist("lead"))
    if kind not in ("archive", "unarchive") and (
        text := gone_text(found, request.membership, archived=board.look.archived)
    ):
        return refused(request, board, [one.pk for one in found], text)
    leads = [one.pk for one in found]
    rows = act(leads)
    if not rows:
        return acted(request, board, leads, _("It is so already."), level="info")
    text = said(kind, [one for one in found if one.pk in {row[0] for row in rows}], request.membership)
    undo_token = undoing.token(kind, request.membership.pk, rows, now)
    return acted(request, board, leads, text, undo=undo_token)


def said(kind: str, changed: list[Placement], reader: Membership) -> str:
    """What was done, of one by name, of several by number."""
    count = len(changed)
    if count == 1:
        name = shown_text(changed[0].lead.name, reader) or _("The lead")
        return str(_ONE[kind]()) % {"name": name}
    return _MANY[kind](count) % {"count": count}


_ONE: dict[str, Callable[[], str]] = {
    "status": lambda: _("%(name)s has another status."),
    "assign": lambda: _("%(name)s has another assignee."),
    "archive": lambda: _("%(name)s is archived."),
    "unarchive": lambda: _("%(name)s is no longer archived."),
    "won": lambda: _("%(name)s is won."),
    "lost": lambda: _("%(name)s is lost."),
    "reopen": lambda: _("%(name)s is open again."),
}
_MANY: dict[str, Callable[[int], str]] = {
    "status": lambda n: ngettext(
        "%(count)s lead has another status.", "%(count)s leads have another status.", n
    ),
    "assign": lambda n: ngettext(
        "%(count)s lead has another assignee.", "%(count)s leads have another assignee.", n
    ),
    "archive": lambda n: ngettext("%(count)s lead is archived.", "%(count)s leads are archived.", n),
    "unarchive": lambda n: ngettext(
        "%(count)s lead is no longer archived.", "%(count)s leads are no longer archived.", n
    ),
    "won": lambda n: ngettext("%(count)s lead is won.", "%(count)s leads are won.", n),
    "lost": lambda n: ngettext("%(count)s lead is lost.", "%(count)s leads are lost.", n),
    "reopen": lambda n: ngettext("%(count)s lead is open again.", "%(count)s leads are open again.", n),
}

"""Won and lost, and open again."""

from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from directory import undoing
from directory.actions import placements
from directory.models import Outcome, Placement
from funnels.board.page import Board
from funnels.forms.closing import ClosureForm
from funnels.views.acts import said, works_leads
from funnels.views.answers import acted, refused
from funnels.views.moves import gone_text
from funnels.views.opening import board_in_view, open_board, seen_leads
from funnels.views.requirements import FETCH
from workspaces.requests import WorkspaceRequest


@require_http_methods(["GET", "POST"])
@works_leads
def closures(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """A GET asks why; a POST closes the leads with `outcome` won or lost, or opens them again without one."""
    data = request.POST if request.method == "POST" else request.GET
    board = board_in_view(request, pk) if request.method == "POST" else open_board(request, pk)
    outcome = data.get("outcome", "")
    if outcome not in Outcome.values:
        raise BadRequest("no such outcome")
    found = seen_leads(request, data.getlist("lead"))
    form = ClosureForm(request.POST if request.method == "POST" else None, outcome=outcome)
    if request.method == "GET" or not form.is_valid():
        if request.method == "POST" and "reason" not in request.POST and "words" not in request.POST:
            return _asked(request, board, found, outcome)
        context = {"board": board, "form": form, "leads": [one.pk for one in found], "outcome": outcome}
        return render(request, "funnels/board/closure.htmx.html", context, status=422 if form.errors else 200)
    if text := gone_text(found, request.membership, archived=board.look.archived):
        return refused(request, board, [one.pk for one in found], text)
    response = _closed(request, board, found, outcome, form)
    return trigger_client_event(response, "dialog:close", {})


def _asked(request: WorkspaceRequest, board: Board, found: list[Placement], outcome: str) -> HttpResponse:
    """Closed by dragging or from the menu, without being asked: the dialog asks, the cards stay as they are."""
    leads = [one.pk for one in found]
    response = refused(request, board, leads, _("Say why first."))
    query = urlencode([("outcome", outcome), *(("lead", pk) for pk in leads)])
    return trigger_client_event(response, FETCH, {"href": f"{board.act('closures')}?{query}"})


def _closed(
    request: WorkspaceRequest, board: Board, found: list[Placement], outcome: str, form: ClosureForm
) -> HttpResponse:
    rows = [
        [one.pk, one.outcome, one.close_reason_id] for one in found if _close(one.pk, request, outcome, form)
    ]
    leads = [one.pk for one in found]
    if not rows:
        return acted(request, board, leads, _("It is so already."), level="info")
    changed = {row[0] for row in rows}
    kind = outcome or "reopen"
    token = undoing.token(kind, request.membership.pk, rows, outcome)
    return acted(
        request,
        board,
        leads,
        said(kind, [one for one in found if one.pk in changed], request.membership),
        undo=token,
    )


def _close(lead: int, request: WorkspaceRequest, outcome: str, form: ClosureForm) -> bool:
    try:
        if outcome == Outcome.OPEN:
            return bool(placements.reopen(lead, by=request.membership))
        return bool(
            placements.close(
                lead,
                by=request.membership,
                outcome=outcome,
                reason=form.cleaned_data["reason"],
                words=form.cleaned_data["words"],
            )
        )
    except Placement.DoesNotExist:
        return False

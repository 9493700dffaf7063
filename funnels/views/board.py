"""The board: the page, and the parts of it that are fetched apart."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.cleanness import whole_number
from crm.patience import patiently
from directory import listening
from directory.models import STATUS_MARKS, Status
from funnels.board import choosing, orders, plan, words
from funnels.board.columns import FIRST, INBOX, MOST
from funnels.board.look import Look
from funnels.board.page import Board
from funnels.permissions import FunnelPermission
from funnels.views import answers
from funnels.views.opening import named_leads, open_board, seen_leads
from workspaces.models import Membership
from workspaces.requests import WorkspaceRequest


@require_GET
@patiently
def board(request: WorkspaceRequest, workspace_id: str, pk: int | None = None) -> HttpResponse:
    """A funnel's board, or with `view=list` its leads in one table; without a number of the main one. Where there is
    none yet, what to do next. For htmx with `after` more rows of the table."""
    plans = plan.of(request.membership)
    found = plan.chosen(plans, pk)
    manages = request.membership.may(FunnelPermission.MANAGE_FUNNELS)
    if found is None:
        if pk is not None:
            raise Http404("no such board")
        return render(request, "funnels/board/none.html", {"manages": manages})
    shown = Board(request.membership, workspace_id, found, Look.of(request.GET, request.membership))
    if shown.look.as_list and request.htmx and "after" in request.GET:
        return render(request, "funnels/board/rows.htmx.html", _listed(request, shown))
    context = {
        "board": shown,
        "plans": [one for one in plans if one.takes_leads or one.pk == found.pk],
        "manages": manages,
        "spoken": words.of_scripts(),
        "orders": orders.ORDERS,
        "filters": choosing.filters_of(shown),
        "said": choosing.said(shown),
        "outcomes": choosing.OUTCOMES,
        "live_topics": listening.topics_for(request.membership, plan.stages_of(plans)),
    }
    if shown.look.as_list:
        return render(request, "funnels/board/list.html", context | _listed(request, shown))
    return render(request, "funnels/board/board.html", context)


def _listed(request: WorkspaceRequest, shown: Board) -> dict[str, Any]:
    try:
        return {"board": shown, "listed": shown.listed(request.GET.get("after", ""))}
    except orders.BadKey as error:
        raise Http404("no such place in the list") from error


@require_GET
@patiently
def more(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What follows in `column` below the card with the key `after`, where `shown` cards stand already."""
    shown = open_board(request, pk)
    column = _column(shown, request.GET.get("column", ""))
    room = MOST - min(MOST, whole_number(request.GET.get("shown", "")) or 0)
    try:
        found = shown.more(column, request.GET.get("after", ""), limit=max(1, min(FIRST, room)), room=room)
    except orders.BadKey as error:
        raise Http404("no such place in the column") from error
    return render(
        request,
        "funnels/board/more.htmx.html",
        {"board": shown, "column": found[0]},
    )


@require_GET
@patiently
def news(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Leads (`lead`) as they are now, and whole columns (`column`, as "<stage>:<cards shown>")."""
    shown = open_board(request, pk)
    whole: list[Any] = []
    for value in request.GET.getlist("column")[: len(shown.plan.stages) + 1]:
        stage, _colon, number = value.partition(":")
        limit = max(FIRST, min(MOST, whole_number(number) or FIRST))
        whole += shown.more(_column(shown, stage), "", limit=limit)
    leads = named_leads(request, request.GET.getlist("lead")) if "lead" in request.GET else []
    return render(request, "funnels/board/news.htmx.html", answers.news(shown, leads, whole))


@require_GET
@patiently
def counts(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """How many each column has, where that takes counting."""
    shown = open_board(request, pk)
    every = [INBOX, *shown.plan.stage_ids]
    return render(request, "funnels/board/counts.htmx.html", {"counts": shown.all_counts(every)})


@require_GET
def menu(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """What can be done with leads (`lead`): of one card, or of those chosen. `panel` is card, end (of
    those chosen), stage, status or assignee."""
    shown = open_board(request, pk)
    found = seen_leads(request, request.GET.getlist("lead"))
    panel = request.GET.get("panel", "card")
    context: dict[str, Any] = {
        "board": shown,
        "panel": panel,
        "leads": [one.pk for one in found],
        "query": urlencode([("lead", one.pk) for one in found]),
        "is_closed": all(not one.is_open for one in found),
        "is_archived": all(one.is_archived for one in found),
        "stage": _same([one.stage_id or INBOX for one in found]),
        "status": _same([one.status for one in found]),
        "assignee": _same([one.assignee_id for one in found], otherwise=-1),
        "statuses": list(Status),
        "marks": STATUS_MARKS,
    }
    if panel == "stage":
        plans = plan.of(request.membership)
        first = [one for one in plans if one.pk == shown.plan.pk and one.takes_leads]
        context["plans"] = first + [one for one in plans if one.pk != shown.plan.pk and one.takes_leads]
    if panel == "assignee":
        people = Membership.objects.of_workspace(request.workspace).active().by_name()
        context["people"] = sorted(people, key=lambda one: one.pk != request.membership.pk)
    return render(request, "funnels/board/menu.htmx.html", context)


def _same(values: list[Any], otherwise: Any = None) -> Any:
    """The value that all have."""
    return values[0] if len(set(values)) == 1 else otherwise


@require_GET
def choices(request: WorkspaceRequest, workspace_id: str, pk: int, field: str) -> HttpResponse:
    """What a filter of the toolbar offers, once it is opened."""
    if field not in choosing.FIELDS:
        raise Http404("no such filter")
    shown = open_board(request, pk)
    context = {"board": shown, "options": choosing.options(shown, field)}
    return render(request, "funnels/board/choices.htmx.html", context)


def _column(shown: Board, text: str) -> int:
    pk = whole_number(text)
    if pk is None:
        raise BadRequest("no column is named")
    if not shown.has(pk):
        raise Http404("no such column")
    return pk

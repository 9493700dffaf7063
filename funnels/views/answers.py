"""What acts on the board answer: news for the page, and a toast that says what was done and takes it back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from funnels.board.columns import INBOX, some
from funnels.board.page import Board
from workspaces.requests import WorkspaceRequest


def news(
    board: Board, leads: list[int], whole: list[Any] | None = None, *, moved: bool = False
) -> dict[str, Any]:
    """The context of news: the leads' cards, which of them are not on the board any more, and the heads' counts. Of
    cards that only `moved` it is enough to say where they stand now."""
    rows = some(board.membership, board.look, stages=board.plan.stage_ids, leads=leads) if leads else []
    here = {row.pk for row in rows}
    return {
        "board": board,
        "cards": [] if moved else board.cards_of(rows),
        "places": [(row.pk, row.stage_id or INBOX, board.look.order.key(row)) for row in rows]
        if moved
        else [],
        "gone": [lead for lead in leads if lead not in here],
        "whole": whole or [],
        "counts": board.counts([INBOX, *board.plan.stage_ids]),
    }


def acted(
    request: WorkspaceRequest,
    board: Board,
    leads: list[int],
    text: str,
    *,
    undo: str = "",
    level: str = "success",
    moved: bool = False,
) -> HttpResponse:
    """`undo` is a token of `directory.undoing`."""
    response = render(request, "funnels/board/news.htmx.html", news(board, leads, moved=moved))
    toast: dict[str, Any] = {"text": text, "level": level}
    if undo:
        toast["action"] = {"label": _("Undo"), "href": f"{board.act('undo')}?act={undo}"}
    return trigger_client_event(response, "toast", toast)


def refused(request: WorkspaceRequest, board: Board, leads: list[int], text: str) -> HttpResponse:
    """Nothing was done, and why; with the leads as they are, so that what the page did ahead is put right."""
    response = render(request, "funnels/board/news.htmx.html", news(board, leads), status=422)
    return trigger_client_event(response, "toast", {"text": text, "level": "error"})

"""What every view of the board begins with: the board that is meant, and the leads that are named."""

from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict

from crm.cleanness import whole_number
from directory.models import Placement
from directory.visibility import in_sight
from funnels.board import plan
from funnels.board.look import Look
from funnels.board.page import Board
from workspaces.requests import WorkspaceRequest

MOST = 200  # leads of one act


def open_board(request: WorkspaceRequest, pk: int, query: QueryDict | None = None) -> Board:
    """404 where the person has no such board. `query` is how it is looked at, else the address's."""
    plans = plan.of(request.membership)
    found = plan.chosen(plans, pk)
    if found is None:
        raise Http404("no such board")
    look = Look.of(request.GET if query is None else query, request.membership)
    return Board(request.membership, request.workspace.public_id, found, look)


def board_in_view(request: WorkspaceRequest, pk: int) -> Board:
    """For an act: looked at as the page that sends it, which says so in its address."""
    shown = request.htmx.current_url_abs_path or ""
    return open_board(request, pk, QueryDict(shown.partition("?")[2]))


def named_leads(request: HttpRequest, values: Sequence[str]) -> list[int]:
    """The ids of an act, each once, in their order. 400 without any, or with more than a board chooses."""
    ids = list(dict.fromkeys(pk for value in values if (pk := whole_number(value)) is not None))
    if not ids:
        raise BadRequest("no lead is named")
    if len(ids) > MOST:
        raise BadRequest("more leads than a page has chosen")
    return ids


def seen_leads(request: WorkspaceRequest, values: Sequence[str]) -> list[Placement]:
    """Those that the person sees, in the order named, with their leads; 404 where they see none of them."""
    ids = named_leads(request, values)
    found = {one.pk: one for one in in_sight(request.membership, ids, "lead")}
    if not found:
        raise Http404("no such lead")
    return [found[pk] for pk in ids if pk in found]

"""Finding a lead, and answering an act on it: what of the card changed, out of band, where the card stands."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import retarget, trigger_client_event

from crm.prepared import Remembered, Statement
from directory import card as cards
from directory.models import Lead
from directory.visibility import clearance, tell_of, telling_stages
from workspaces.requests import WorkspaceRequest

_LEAD = -1  # no lead's key: it stands for the one asked for
_cards: Remembered[Statement[Lead]] = Remembered()
CHANGED = "lead-changed"  # heard by whatever else on the page shows the lead


def lead_of(request: WorkspaceRequest, pk: int) -> Lead:
    """With its card; 404 where the person does not see it. Describing and compiling what is read takes longer than to
    read it, and leads are opened one after the other: the statement is remembered."""
    reader = request.membership

    def make() -> Statement[Lead]:
        rows = Lead.objects.visible_to(reader).with_card().filter(pk=_LEAD)
        return Statement.of(telling_stages(rows, reader), kept=True, lead=_LEAD)

    found = _cards.get(clearance(reader), make).rows(lead=pk)
    if not found:
        raise Http404("no such lead")
    tell_of(found[0], reader)
    return found[0]


def lead_to_change(request: WorkspaceRequest, pk: int) -> Lead:
    """Only the row: an act reads under its lock what it needs."""
    return get_object_or_404(Lead.objects.visible_to(request.membership), pk=pk)


def place_of(request: WorkspaceRequest) -> str:
    """Where the card stands that sent this; empty where a board or a list did, which shows no card."""
    asked = request.GET.get("in", "")
    return asked if asked in cards.PLACES else ""


def answer(request: WorkspaceRequest, pk: int, **refused: Mapping[str, str]) -> HttpResponse:
    """After an act: the card's parts, or that it is out of reach. 204 to boards and lists, the page without htmx."""
    if not request.htmx:
        return redirect("directory:lead", workspace_id=request.workspace.public_id, pk=pk)
    place = place_of(request)
    if not place:
        return trigger_client_event(HttpResponse(status=204), CHANGED, {"id": pk})
    try:
        lead = lead_of(request, pk)
    except Http404:
        return _out_of_reach(request, pk, place)
    context = {"card": cards.read(lead, request.membership, place, **refused)}
    response = render(request, "directory/news.htmx.html", context, status=422 if refused else 200)
    return response if refused else trigger_client_event(response, CHANGED, {"id": pk})


def refuse(request: WorkspaceRequest, pk: int, reason: str) -> HttpResponse:
    """What an act refused, in a toast; the card as it is now."""
    response = answer(request, pk)
    return trigger_client_event(response, "toast", {"text": reason, "level": "warning"})


def tell(response: HttpResponse, text: str, *, undo: str = "", method: str = "post") -> HttpResponse:
    """What was done, in a toast; `undo` is the address that takes it back, asked by `method`."""
    said: dict[str, object] = {"text": text, "level": "success"}
    if undo:
        said["action"] = {"label": _("Undo"), "href": undo, "method": method}
    return trigger_client_event(response, "toast", said)


def told(request: WorkspaceRequest, response: HttpResponse, text: str, back: str) -> HttpResponse:
    """The same of an act that the same address takes back by `back`, the other method. What takes something back is not
    offered to be taken back again."""
    if "undo" in request.GET:
        return tell(response, _("Undone."))
    query = request.GET.copy()
    query["undo"] = "1"
    return tell(response, text, undo=f"{request.path}?{query.urlencode()}", method=back)


def _out_of_reach(request: WorkspaceRequest, pk: int, place: str) -> HttpResponse:
    """They gave it to somebody else, or moved it where they do not see it."""
    response = render(request, "directory/gone.htmx.html", {"prefix": f"{place}-lead-{pk}"})
    response["HX-Reswap"] = "outerHTML"
    trigger_client_event(response, CHANGED, {"id": pk})
    return retarget(response, f"#{place}-lead-{pk}")

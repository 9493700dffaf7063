"""Notes in a thread, and the people who may be named in them."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from crm.cleanness import whole_number
from directory.models import Lead
from directory.views import answers
from inbox import mentions
from inbox.actions import notes as acts
from inbox.conversations import notes as shown
from inbox.conversations import thread
from inbox.models import Message, Note
from inbox.views.found import lead_of, placement_of
from inbox.views.messages import client_id
from workspaces.errors import Refused
from workspaces.requests import WorkspaceRequest


@require_http_methods(["GET", "POST"])
def notes(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """GET: all notes of the lead, newest first, `?before=` one of them. POST `text`: one more; answers with the thread
    since `since`. A refusal is 422, in plain words."""
    lead = lead_of(request, pk)
    if request.method == "GET":
        return _listed(request, lead)
    try:
        acts.write(
            lead, by=request.membership, text=request.POST.get("text", ""), client_id=client_id(request)
        )
    except Refused as refused:
        return _refusal(refused)
    context = {"stretch": _since(request, lead), "pk": pk}
    return render(request, "inbox/conversations/stretch.htmx.html", context)


@require_http_methods(["GET", "POST", "DELETE"])
def note(request: WorkspaceRequest, workspace_id: str, pk: int, note: int) -> HttpResponse:
    """GET: the note; `?edit=1`: its words in a field, for its author. POST `text` changes it, DELETE leaves a line."""
    found = get_object_or_404(shown.of(lead_of(request, pk)), pk=note)
    if request.method == "GET":
        return _edited(request, found) if request.GET.get("edit") else _shown(request, found)
    try:
        if request.method == "DELETE":
            found = acts.delete(found, by=request.membership)
        else:
            found = acts.edit(found, by=request.membership, text=request.POST.get("text", ""))
    except Refused as refused:
        return _refusal(refused)
    return _shown(request, get_object_or_404(shown.of(found.lead), pk=note))


@require_http_methods(["POST", "DELETE"])
def pin(request: WorkspaceRequest, workspace_id: str, pk: int, note: int) -> HttpResponse:
    """POST pins, DELETE unpins. Answers for where it was asked: the card (`?in=` its place), the list of all notes
    (`?in=list`), else the thread. What is refused is said in a toast."""
    found = get_object_or_404(shown.of(lead_of(request, pk)), pk=note)
    pins = request.method == "POST"
    try:
        (acts.pin if pins else acts.unpin)(found, by=request.membership)
    except Refused as refused:
        said = {"text": str(refused), "level": "warning"}
        return trigger_client_event(_pin_shown(request, pk, note), "toast", said)
    response = _pin_shown(request, pk, note)
    if pins:
        return answers.told(request, response, _("The note is pinned."), "delete")
    return answers.told(request, response, _("The note is no longer pinned."), "post")


@require_GET
def people(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Whom a note about this lead may name."""
    found = mentions.candidates(placement_of(request, pk), request.membership)
    return render(request, "inbox/conversations/people.htmx.html", {"people": found})


def _pin_shown(request: WorkspaceRequest, pk: int, note: int) -> HttpResponse:
    """What stands elsewhere on the page hears of it as of a signal, which it need not wait for."""
    if answers.place_of(request):
        response = answers.answer(request, pk)
    else:
        lead = lead_of(request, pk)
        if request.GET.get("in") == "list":
            response = _listed(request, lead)
        else:
            response = _shown(request, get_object_or_404(shown.of(lead), pk=note))
        trigger_client_event(response, f"live:lead:{pk}", {"ids": [{"id": pk}]})
    return trigger_client_event(response, "live:thread", {"ids": [{"id": pk}]})


def _listed(request: WorkspaceRequest, lead: Lead) -> HttpResponse:
    before = whole_number(request.GET.get("before", ""))
    try:
        page = shown.of_lead(lead, request.membership, before)
    except Note.DoesNotExist:
        raise Http404
    context = {"page": page, "is_more": before is not None, "pk": lead.pk}
    return render(request, "inbox/conversations/notes.htmx.html", context)


def _shown(request: WorkspaceRequest, note: Note) -> HttpResponse:
    context = {"note": shown.alone(note, request.membership), "pk": note.lead_id}
    return render(request, "inbox/conversations/note.htmx.html", context)


def _edited(request: WorkspaceRequest, note: Note) -> HttpResponse:
    if note.author_id != request.membership.pk:
        raise PermissionDenied
    if note.is_deleted:
        raise Http404
    context = {
        "note": shown.alone(note, request.membership),
        "written": shown.begun(note.text, request.membership),
        "pk": note.lead_id,
    }
    return render(request, "inbox/conversations/note_form.htmx.html", context)


def _since(request: WorkspaceRequest, lead: Lead) -> thread.Stretch:
    """What the page shows from `since` on; the newest where it shows no message."""
    since = whole_number(request.POST.get("since", ""))
    if since is None:
        return thread.newest(lead, request.membership)
    try:
        return thread.since(lead, request.membership, since, within=True)
    except Message.DoesNotExist:  # the page shows one that is not of this thread
        return thread.newest(lead, request.membership)


def _refusal(refused: Refused) -> HttpResponse:
    return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")

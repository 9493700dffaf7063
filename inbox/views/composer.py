"""The composer: where to answer, what was begun, files that wait to be sent, templates."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from crm.cleanness import upload_limit
from inbox.actions import attachments, drafts, reading
from inbox.conversations import beginning, composing, templates
from inbox.conversations.beginning import Asked, Target
from inbox.fetching import working
from inbox.models import Template
from inbox.views.found import lead_of
from workspaces.errors import Refused
from workspaces.requests import WorkspaceRequest


@require_GET
def composer(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`?identity=` answers there; `?begin=1`, with a `channel` and a `point` that are chosen, writes first."""
    found = composing.composer(lead_of(request, pk), request.membership, Asked.of(request.GET))
    return render(request, "inbox/conversations/composer.htmx.html", {"composer": found, "pk": pk})


@require_POST
def draft(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`note`: of a note, and not of an answer."""
    text, is_note = request.POST.get("text", ""), bool(request.POST.get("note"))
    drafts.keep(lead_of(request, pk), by=request.membership, text=text, is_note=is_note)
    return HttpResponse(status=204)


@require_POST
def typing(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Somebody writes: the customer is told where the channel has such a thing."""
    reading.tell_typing(lead_of(request, pk), by=request.membership)
    return HttpResponse(status=204)


@require_POST
@upload_limit(working.MAX_BYTES + 1024 * 1024)
def files(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """One file; answers its id and what it was found to be."""
    lead_of(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        return HttpResponse(status=400)
    try:
        kept = attachments.upload(upload, by=request.membership, voice=bool(request.POST.get("voice")))
    except Refused as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    return JsonResponse({"id": kept.pk, "kind": kept.kind})


@require_GET
def template_list(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """`?identity=`, or `?channel=` and `?point=`: the templates that may be sent there."""
    target = _target(request, pk)
    context = {"choices": templates.choices(target.channel), "target": target, "pk": pk}
    return render(request, "inbox/conversations/templates.htmx.html", context)


@require_GET
def template(request: WorkspaceRequest, workspace_id: str, pk: int, template: int) -> HttpResponse:
    """One template, to be filled in."""
    target = _target(request, pk)
    usable = Template.objects.usable().filter(channel=target.channel)
    found = templates.blank(get_object_or_404(usable, pk=template))
    context = {"blank": found, "target": target, "pk": pk}
    return render(request, "inbox/conversations/template.htmx.html", context)


def _target(request: WorkspaceRequest, pk: int) -> Target:
    lead, asked = lead_of(request, pk), Asked.of(request.GET)
    if asked.is_first:
        found = beginning.find(lead, request.membership, asked)
    else:
        routes = composing.routes_of(lead, request.membership)
        found = next((route.target for route in routes if route.pk == asked.identity), None)
    if found is None:
        raise Http404
    return found

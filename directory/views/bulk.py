"""Acts on many leads: the dialog that asks, the act, and taking it back."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from crm.cleanness import whole_number
from directory.actions import bulk as doing
from directory.actions.bulk import AT_ONCE, Miscounted
from directory.bulk import acts, words
from directory.bulk.acts import Act, ActForm
from directory.filtering import BadFilter
from directory.models import BulkAct
from directory.selection import Selection
from directory.views.answers import CHANGED
from workspaces.errors import Refused
from workspaces.requests import WorkspaceRequest

ACTED = "bulk-acted"  # heard by pages that show acts, or many leads
LONGEST_KEY = 40


@require_POST
def ask(request: WorkspaceRequest, workspace_id: str, key: str) -> HttpResponse:
    """What would be done, to how many, and what is to be chosen; writes nothing. Of a form, since thousands of leads
    stand in no address."""
    act = _act(request, key)
    selection = _selection(request)
    form = act.form(request.membership, initial={name: request.POST[name] for name in request.POST})
    return _dialog(request, act, selection, form, count=selection.count(request.membership))


@require_POST
def more(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The acts that have no button in the bar."""
    selection = _selection(request)
    others = [act for act in acts.open_to(request.membership) if not act.in_bar and act.is_offered()]
    if not others:
        raise PermissionDenied("no act is open to them")
    context = {"acts": others, "selection": selection, "workspace_id": workspace_id}
    return render(request, "directory/bulk/more.htmx.html", context)


@require_POST
def begin(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`act` says which; `key` is the form's own, so that two clicks are one act. 422 with the dialog again where
    something is missing, or was miscounted."""
    act = _act(request, request.POST.get("act", ""))
    selection = _selection(request)
    once = request.POST.get("key", "")
    if not 8 <= len(once) <= LONGEST_KEY:
        raise BadRequest("the form has no key")
    form = act.form(request.membership, request.POST)
    if not form.is_valid():
        return _dialog(request, act, selection, form, status=422)
    try:
        begun = doing.begin(
            by=request.membership,
            kind=act.key,
            params=form.params(),
            selection=selection,
            key=once,
            typed=whole_number(request.POST.get("confirmation", "").strip()),
        )
    except Miscounted as wrong:
        return _dialog(request, act, selection, form, count=wrong.leads, error=str(wrong), status=422)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _dialog(request, act, selection, form, status=422)
    return _begun(request, begun)


@require_POST
def undo(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    act = get_object_or_404(BulkAct.objects.visible_to(request.membership), pk=pk)
    try:
        after = doing.undo(act, by=request.membership)
    except Refused as refused:
        return _answer(request, act, str(refused), level="warning")
    if after.undo_job_id is not None:
        text = _("Undoing in %(leads)s.") % {"leads": words.leads(after.changed)}
        return _answer(request, after, text, level="info", link=_("See how it goes"))
    text = words.undone(after.undone, after.left)
    return _answer(request, after, text, level="warning" if after.left else "success")


def _act(request: WorkspaceRequest, key: str) -> Act:
    act = acts.find(key)
    if act is None:
        raise Http404("no such act")
    if not act.allowed(request.membership):
        raise PermissionDenied(act.permission)
    return act


def _selection(request: WorkspaceRequest) -> Selection:
    try:
        return Selection.of_request(request)
    except BadFilter as error:
        raise BadRequest(str(error)) from error


def _dialog(
    request: WorkspaceRequest,
    act: Act,
    selection: Selection,
    form: ActForm,
    *,
    count: int | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    leads = selection.count(request.membership) if count is None else count
    context: dict[str, Any] = {
        "act": act,
        "form": form,
        "selection": selection,
        "leads": leads,
        "asked": act.asked(leads),
        "is_large": leads > AT_ONCE or act.is_final,
        "key": request.POST.get("key", "") or secrets.token_urlsafe(16),
        "error": error,
        "workspace_id": request.workspace.public_id,
    }
    return render(request, "directory/bulk/dialog.htmx.html", context, status=status)


def _begun(request: WorkspaceRequest, act: BulkAct) -> HttpResponse:
    title = acts.title(act)
    if act.is_open:
        text = f"{title} · {words.leads(act.total)}"
        return _answer(request, act, text, level="info", link=_("See how it goes"))
    text = f"{title}: {words.done(act.changed, act.already, act.gone, act.refused)}"
    level = "warning" if act.refused else "success" if act.changed else "info"
    return _answer(request, act, text, level=level, can_undo=act.can_be_undone)


def _answer(
    request: WorkspaceRequest, act: BulkAct, text: str, *, level: str, link: str = "", can_undo: bool = False
) -> HttpResponse:
    """A toast, and whatever shows leads or acts asks anew; without htmx the act's page."""
    where: dict[str, Any] = {"workspace_id": request.workspace.public_id, "pk": act.pk}
    if not request.htmx:
        messages.add_message(request, messages.WARNING if level == "warning" else messages.INFO, text)
        return HttpResponseRedirect(reverse("directory:bulk_act", kwargs=where))
    toast: dict[str, Any] = {"text": text, "level": level}
    if can_undo:
        toast["action"] = {"label": _("Undo"), "href": reverse("directory:bulk_undo", kwargs=where)}
    elif link:
        toast["link"] = {"label": link, "href": reverse("directory:bulk_act", kwargs=where)}
    response = trigger_client_event(HttpResponse(status=204), "toast", toast)
    # The page asks anew by itself, for where no live signal comes.
    for event in ("dialog:close", ACTED, CHANGED, *(["live:refresh"] if act.ended_at else [])):
        trigger_client_event(response, event, {})
    return response

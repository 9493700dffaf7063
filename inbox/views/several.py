"""Acts on several conversations of the list at once, and taking one back."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from crm.cleanness import whole_number
from directory import choices, undoing
from directory.actions import undoing as takes_back
from directory.forms.leads import assignable
from directory.models import LeadTag, Placement, Status, Tag
from directory.permissions import DirectoryPermission
from inbox.actions import several
from inbox.actions.several import Done
from inbox.conversations.several import said
from workspaces.errors import Refused
from workspaces.permissions import requires
from workspaces.requests import WorkspaceRequest

MOST = 200
PANELS = ("assignee", "status", "tags")
works_leads = requires(DirectoryPermission.WORK_LEADS)
Leads = list[Placement]


@require_POST
@works_leads
def act(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Of a `kind`, on `lead`, up to MOST of them, for some with `value`. The page asks then how these rows are now."""
    kind = request.POST.get("kind", "")
    if kind not in _ACTS:
        raise BadRequest("no such act")
    ids = _named(request.POST.getlist("lead"))
    found = _seen(request, ids)
    done = _ACTS[kind](request, found, request.POST.get("value", ""))
    toast: dict[str, Any] = {
        "text": said(kind, done, len(ids) - len(found)),
        "level": "success" if done.rows and not done.refused else "info" if not done.refused else "warning",
    }
    if done.rows and kind not in ("read", "unread"):
        token = undoing.token(kind, request.membership.pk, done.rows, done.now)
        toast["action"] = {
            "label": _("Undo"),
            "href": f"{request.path}undo/?act={token}",
        }
    return _answer(ids, toast)


@require_POST
@works_leads
def undo(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """Take an act back, by the token its toast carried."""
    kind, rows, now = undoing.read(request.GET.get("act", ""), request.membership.pk)
    ids = [int(row[0]) for row in rows]
    try:
        done = takes_back.undo(kind, rows, now, by=request.membership)
    except Refused as refused:
        return _answer(ids, {"text": str(refused), "level": "warning"})
    if len(done) == len(rows):
        return _answer(ids, {"text": _("Undone."), "level": "success"})
    text = (
        _("Undone where nothing changed since.")
        if done
        else _("Somebody changed it meanwhile: left as it is.")
    )
    return _answer(ids, {"text": text, "level": "warning"})


@require_GET
@works_leads
def choice(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """What can be chosen in a `panel` for those that are named (`lead`): whom to assign, a
    status, tags with how many have each."""
    panel = request.GET.get("panel", "")
    if panel not in PANELS:
        raise BadRequest("no such panel")
    context: dict[str, Any] = {"panel": panel}
    if panel == "assignee":
        context["options"] = choices.people(request.membership)
    elif panel == "status":
        context["options"] = choices.statuses()
    else:
        ids = [one.pk for one in _seen(request, _named(request.GET.getlist("lead")))]
        rows = LeadTag.objects.filter(lead_id__in=ids).values_list("tag_id").annotate(Count("pk"))
        having = dict(rows.order_by())
        context |= {"options": choices.tags(), "having": having, "amount": len(ids)}
    return render(request, "inbox/conversations/several.htmx.html", context)


def _named(values: list[str]) -> list[int]:
    """Each once. 400 for none, or for more than MOST."""
    ids = list(dict.fromkeys(pk for value in values if (pk := whole_number(value)) is not None))
    if not ids or len(ids) > MOST:
        raise BadRequest("from one to two hundred conversations")
    return ids


def _seen(request: WorkspaceRequest, ids: list[int]) -> Leads:
    """Those of them that the person sees, in the order named."""
    rows = Placement.objects.visible_to(request.membership).filter(pk__in=ids).select_related("lead")
    found = {one.pk: one for one in rows}
    return [found[pk] for pk in ids if pk in found]


def _answer(ids: list[int], toast: dict[str, Any]) -> HttpResponse:
    """Nothing to swap: the list asks for these rows again, and whatever shows one of the leads for itself."""
    response = trigger_client_event(HttpResponse(status=204), "toast", toast)
    trigger_client_event(response, "talks:acted", {"ids": ids})
    return trigger_client_event(response, "lead-changed", {})


def _assign(request: WorkspaceRequest, leads: Leads, value: str) -> Done:
    """`value` is a membership's id; 0 is nobody."""
    pk = whole_number(value)
    if pk is None:
        raise BadRequest("nobody is named")
    to = get_object_or_404(assignable(request.membership), pk=pk) if pk != choices.NOBODY else None
    return several.assign(leads, by=request.membership, to=to)


def _status(request: WorkspaceRequest, leads: Leads, value: str) -> Done:
    if value not in Status.values:
        raise BadRequest("no such status")
    return several.set_status(leads, by=request.membership, status=value)


def _tag(on: bool) -> "Act":
    def act(request: WorkspaceRequest, leads: Leads, value: str) -> Done:
        tag = get_object_or_404(Tag, pk=whole_number(value) or 0)
        return several.tag(leads, by=request.membership, tag=tag, on=on)

    return act


def _plain(verb: Callable[..., Done], **how: bool) -> "Act":
    return lambda request, leads, value: verb(leads, by=request.membership, **how)


Act = Callable[[WorkspaceRequest, Leads, str], Done]
_ACTS: dict[str, Act] = {
    "assign": _assign,
    "status": _status,
    "tag": _tag(on=True),
    "untag": _tag(on=False),
    "archive": _plain(several.archive, archived=True),
    "unarchive": _plain(several.archive, archived=False),
    "star": _plain(several.star, starred=True),
    "unstar": _plain(several.star, starred=False),
    "read": _plain(several.mark, read=True),
    "unread": _plain(several.mark, read=False),
}

"""What is written and sent, and what is done about what did not arrive."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.cleanness import whole_number
from crm.prepared import Prepared
from directory.models import ContactPoint, Lead, Placement
from inbox.actions import messages, sessions
from inbox.actions.together import Crossed
from inbox.conversations import templates, thread
from inbox.conversations.beginning import Asked
from inbox.models import Attachment, Channel, Message, MessageKind, Session, Template
from inbox.views import beside
from inbox.views.found import lead_of, message_of
from workspaces.errors import Refused
from workspaces.requests import WorkspaceRequest

FILES = {"image", "video", "audio", "voice", "document", "sticker"}
_NEWEST = Prepared(
    lambda identity, lead: (
        Session.objects.open()
        .filter(identity_id=identity, identity__lead_id=lead)
        .select_related("identity__lead")
        .order_by("-id")[:1]
    ),
    identity=-1,
    lead=-2,
)
WRITTEN = FILES | {"text"}  # other kinds have fields of their own, or come from customers and the house only


@require_POST
def send(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Answers with the thread since `since`, a message that the page shows. A refusal is 422, in plain words; 409 is a
    warning that somebody else answers, too (`seen`: the last message that was shown when the answer was begun). To a
    `channel` and a `point` instead of an `identity` it begins a conversation."""
    try:
        lead, channel, act = _first(request, pk) if "point" in request.POST else _answer(request, pk)
        written = _written(request, lead, channel)
        message = act(lead, by=request.membership, seen=beside.seen(request, pk), **written)
    except Crossed as crossed:
        return beside.warned(request, pk, crossed)
    except Refused as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    except Placement.DoesNotExist:
        raise Http404
    return _since(request, lead, message)


@require_POST
def retry(request: WorkspaceRequest, workspace_id: str, pk: int, message: int) -> HttpResponse:
    return _about(request, pk, message, lambda found: messages.retry(found, by=request.membership))


@require_POST
def settlement(request: WorkspaceRequest, workspace_id: str, pk: int, message: int) -> HttpResponse:
    """Of one that was not confirmed: `arrived`, or it is sent again."""
    act = messages.settle_by_hand if request.POST.get("arrived") else messages.retry
    return _about(request, pk, message, lambda found: act(found, by=request.membership))


def _about(request: WorkspaceRequest, pk: int, message: int, act: Callable[[Message], None]) -> HttpResponse:
    """204 with a signal for this page, which draws the thread again; a refusal is said in a toast."""
    found = message_of(lead_of(request, pk), message)
    response = HttpResponse(status=204)
    events: dict[str, Any] = {"refresh-thread": {}}
    try:
        act(found)
    except Refused as refused:
        events["toast"] = {"text": str(refused), "level": "warning"}
    response["HX-Trigger"] = json.dumps(events)
    return response


def _since(request: WorkspaceRequest, lead: Lead, message: Message) -> HttpResponse:
    shown = whole_number(request.POST.get("since", ""))
    try:
        stretch = thread.since(lead, request.membership, shown or message.pk, within=shown is not None)
    except Message.DoesNotExist:  # the page shows one that is not of this thread
        stretch = thread.since(lead, request.membership, message.pk)
    return render(request, "inbox/conversations/stretch.htmx.html", {"stretch": stretch, "pk": lead.pk})


def _answer(request: WorkspaceRequest, pk: int) -> tuple[Lead, int, Callable[..., Message]]:
    """The lead, the channel that it goes by, and how."""
    session = _session(request, pk)
    return session.identity.lead, session.channel_id, partial(messages.send, session=session)


def _first(request: WorkspaceRequest, pk: int) -> tuple[Lead, int, Callable[..., Message]]:
    """The same of a number that nobody wrote to yet."""
    lead = lead_of(request, pk)
    asked = Asked.of(request.POST)
    channel = get_object_or_404(Channel, pk=asked.channel or 0)
    point = get_object_or_404(ContactPoint, pk=asked.point or 0, lead=lead)
    return lead, channel.pk, partial(sessions.begin, channel=channel, point=point)


def _session(request: WorkspaceRequest, pk: int) -> Session:
    """The open conversation that is answered in, with its identity and lead. Whether the person may see them, the
    action says, when it holds the lead's lock."""
    identity = whole_number(request.POST.get("identity", "")) or 0
    session = _NEWEST.first(identity=identity, lead=pk)
    if session is None:
        lead_of(request, pk)
        raise Refused(_("This conversation has ended. Open the lead again."))
    return session


def _written(request: WorkspaceRequest, lead: Lead, channel: int) -> dict[str, Any]:
    """The action's arguments from what was posted."""
    kind = request.POST.get("kind", "text")
    written: dict[str, Any] = {
        "kind": kind if kind in WRITTEN else "text",
        "text": request.POST.get("text", "").replace("\r\n", "\n"),
        "reply_to": _replied(lead, request.POST.get("reply_to", "")),
        "client_id": client_id(request),
        "attachments": _attachments(request),
    }
    if kind == MessageKind.TEMPLATE:
        template = get_object_or_404(
            Template.objects.usable().filter(channel_id=channel),
            pk=whole_number(request.POST.get("template", "")) or 0,
        )
        written |= templates.filled(template, request.POST)
    elif kind == "choices":
        written |= _choices(request)
    elif kind in FILES and written["attachments"]:
        written["kind"] = written["attachments"][0].kind
    return written


def _choices(request: WorkspaceRequest) -> dict[str, Any]:
    """Up to three without descriptions are buttons; more, or with descriptions, are a list."""
    titles = request.POST.getlist("choice")
    descriptions = request.POST.getlist("description") + [""] * len(titles)
    rows = [
        {"id": f"{place}", "title": title.strip(), "description": description.strip()}
        for place, (title, description) in enumerate(zip(titles, descriptions, strict=False), start=1)
        if title.strip()
    ]
    if len(rows) <= 3 and not any(row["description"] for row in rows):
        buttons = [{"id": row["id"], "title": row["title"]} for row in rows]
        return {"kind": MessageKind.BUTTONS, "data": {"buttons": buttons}}
    return {
        "kind": MessageKind.LIST,
        "data": {"rows": rows, "button": request.POST.get("label", "").strip()},
    }


def _replied(lead: Lead, pk: str) -> Message | None:
    number = whole_number(pk)
    return Message.objects.of_lead(lead).filter(pk=number).first() if number else None


def _attachments(request: WorkspaceRequest) -> list[Attachment]:
    ids = [whole_number(pk) for pk in request.POST.getlist("attachment")]
    wanted = [pk for pk in ids if pk is not None]
    found = Attachment.objects.in_bulk(wanted) if wanted else {}
    return [found[pk] for pk in dict.fromkeys(wanted) if pk in found]


def client_id(request: WorkspaceRequest) -> UUID | None:
    """The composer's own number of what it posts; what is none counts as not said."""
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return None

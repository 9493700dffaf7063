"""What the page in the frame asks, all as JSON, all by the visitor's token."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.cleanness import upload_limit, whole_number
from crm.ui.jinja import iso
from inbox.channels.reading import mapping, text
from inbox.channels.webchat import claims, guests, limits, thread, uploads, visitors, writing
from inbox.channels.webchat.channel import FILE_BYTES, TEXT_LIMIT
from inbox.channels.webchat.views.door import Caller, UnfitRequestError, api, public
from inbox.fetching import looking
from inbox.models import Attachment, Delivery, Identity
from workspaces.hours import Schedule
from workspaces.models import Workspace

CLIENT_ID = re.compile("[0-9a-f]{32}")
FORM_BYTES = 65_536  # of a multipart body, beside its file


@require_POST
@api
def start(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    """The beginning, or the going on: a token where they have none or an old one, the newest messages, our hours."""
    limits.by_address(limits.STARTS, caller.channel, request)
    try:
        visitor = caller.visitor
        token = visitors.seal(visitor, caller.channel) if visitor.is_old else None
    except visitors.BadVisitorError:
        visitor = caller.visitor = visitors.newcomer(caller.channel)
        token = visitors.seal(visitor, caller.channel)
    answer = _known(caller, caller.identity)
    return JsonResponse({**answer, **({"visitor": token} if token else {})})


@upload_limit(FILE_BYTES + FORM_BYTES)
@require_http_methods(["GET", "POST"])
@api
def messages(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    """GET: the newest, or those `?before=` one. POST: {client_id, text, claims, page}, or a form with a `file`."""
    if request.method == "POST":
        return _post(request, caller)
    before = whole_number(request.GET.get("before", ""))
    if caller.identity is None:
        return JsonResponse(thread.EMPTY.stored())
    return JsonResponse(thread.page(caller.channel, caller.identity, before=before).stored())


@require_POST
@api
def receipts(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    """{"delivered": id} or {"read": id}: up to and with that message of ours."""
    limits.by_visitor(limits.ACTS, caller.visitor)
    for state in (Delivery.READ, Delivery.DELIVERED):
        up_to = caller.body.get(str(state))
        if isinstance(up_to, int) and 0 < up_to < 2**63:
            writing.acknowledge(caller.known, up_to=up_to, state=state)
    return JsonResponse({})


@require_POST
@api
def typing(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    limits.by_visitor(limits.ACTS, caller.visitor)
    writing.type_(caller.known)
    return JsonResponse({})


@require_GET
@api
def ticket(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    """For the stream, when the last one has run out."""
    return JsonResponse({"ticket": guests.ticket(caller.known)})


@require_POST
@api
def identity(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    """{identifier, hash}: who the site says they are. Without a hash it is a claim, which changes nobody; where the
    channel asks for proof, not even that is taken.
    """
    limits.by_address(limits.IDENTITIES, caller.channel, request)
    identifier, signature = text(caller.body.get("identifier"), 500), text(caller.body.get("hash"), 200)
    if not signature and not caller.widget.must_verify:
        return JsonResponse({})
    person = visitors.verified(caller.channel, identifier, signature)
    if caller.visitor.key == person.key:
        return JsonResponse({})
    found = writing.vouch(caller.channel, caller.visitor, person)
    return JsonResponse({**_known(caller, found), "visitor": visitors.seal(person, caller.channel)})


@require_GET
@cache_control(private=True, max_age=3600)
@public
def file(request: HttpRequest, caller: Caller, key: str) -> HttpResponseBase:
    """One file of a conversation. Its address was given to who may see it, and says so by itself."""
    pk = thread.opened_by(key) or 0
    found = Attachment.objects.filter(
        pk=pk, message__channel=caller.channel, state=Attachment.State.READY
    ).first()
    if found is None or not default_storage.exists(str(found.file)):
        raise Http404
    inline = found.mime.startswith(uploads.INLINE)
    response = FileResponse(found.file.open("rb"), as_attachment=not inline, filename=found.name or "file")
    response.headers["Content-Type"] = found.mime if inline else looking.UNKNOWN
    response._csp_replace = {"default-src": ["'none'"], "sandbox": []}  # type: ignore[attr-defined]
    return response


def _post(request: HttpRequest, caller: Caller) -> HttpResponse:
    visitor, body = caller.visitor, caller.body
    client_id = text(body.get("client_id"), 64).replace("-", "").lower()
    if not CLIENT_ID.fullmatch(client_id):
        raise UnfitRequestError("client_id")
    written = body.get("text") or ""
    upload = request.FILES.get("file")
    if not isinstance(written, str) or len(written) > TEXT_LIMIT:
        raise UnfitRequestError("long")
    if not written.strip() and upload is None:
        raise UnfitRequestError("nothing")
    if caller.identity is not None and caller.identity.is_blocked:
        raise UnfitRequestError("closed")  # and nothing more: not by whom, and not for how long
    limits.by_visitor(limits.MESSAGES, visitor)
    limits.by_address(limits.MESSAGES_BY_ADDRESS, caller.channel, request)
    if caller.identity is None:
        limits.by_address(limits.NEWCOMERS, caller.channel, request)
    if upload is not None:
        limits.by_visitor(limits.UPLOADS, visitor)
        limits.by_address(limits.UPLOADS_BY_ADDRESS, caller.channel, request)
    claimed = claims.read(mapping(body.get("claims")), caller.channel.workspace)
    words = writing.Words(
        client_id=client_id,
        text=written.strip(),
        claims=claimed,
        page=_page(mapping(body.get("page"))),
        upload=uploads.take(upload, caller.channel.workspace_id) if upload else None,
    )
    try:
        message = writing.receive(caller.channel, visitor, words, is_new=caller.identity is None)
    except writing.ForgottenError:
        raise UnfitRequestError("again", 503) from None
    answer = {"message": thread.shown(message, caller.channel), "ticket": guests.ticket(message.identity)}
    return JsonResponse(answer, status=201)


def _known(caller: Caller, identity: Identity | None) -> dict[str, Any]:
    page = thread.page(caller.channel, identity) if identity else thread.EMPTY
    answer = {**page.stored(), "hours": _hours(caller.channel.workspace)}
    return {**answer, "ticket": guests.ticket(identity)} if identity else answer


def _hours(workspace: Workspace) -> dict[str, Any]:
    """`known` is false where nobody has set them: then the page says nothing about them."""
    schedule, now = Schedule.of(workspace), timezone.now()
    following = schedule.next_opening(now)
    return {
        "known": workspace.has_set_hours,
        "open": schedule.is_open(now),
        "next": iso(following) if following else None,
    }


def _page(given: dict[str, Any]) -> dict[str, str]:
    """Where they wrote from, for who answers."""
    address = text(given.get("url"), 400)
    if not address.startswith(("https://", "http://")):
        return {}
    return {"url": address, "title": text(given.get("title"), 160)}

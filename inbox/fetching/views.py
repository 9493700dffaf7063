"""Files of messages, to who may see the message; and what we send, to the provider that fetches it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from directory.models import Placement
from inbox.actions import attachments
from inbox.fetching import lending, looking, serving
from inbox.models import Attachment
from workspaces.requests import WorkspaceRequest


@require_safe
def media(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponseBase:
    attachment = _found(request, pk)
    if attachment.state != Attachment.State.READY:
        raise Http404
    return serving.answer(attachment, request)


@require_POST
def retry(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """Fetch it again. The thread shows what comes of it by itself."""
    attachments.fetch_again(_found(request, pk), by=request.membership)
    return HttpResponse(status=204)


@require_safe
def lent(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """For a provider that fetches what we send. The address is all it has, and ends by itself."""
    attachment = lending.lent(token)
    if attachment is None:
        raise Http404
    response = serving.answer(attachment, request)
    response.headers["Content-Type"] = attachment.mime or looking.UNKNOWN
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _found(request: WorkspaceRequest, pk: int) -> Attachment:
    """Of a message of a lead that the person sees; or their own upload that is not sent yet."""
    attachment = get_object_or_404(Attachment.objects.select_related("message"), pk=pk)
    if attachment.message is None:
        if attachment.uploaded_by_id != request.membership.pk:
            raise Http404
    elif not Placement.objects.visible_to(request.membership).filter(pk=attachment.message.lead_id).exists():
        raise Http404
    return attachment

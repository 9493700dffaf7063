"""Who else is at a conversation, and the warning before two answer at once."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.cleanness import whole_number
from directory.models import Placement
from inbox.actions.together import Crossed, Seen
from inbox.cards import last_message
from inbox.conversations import beside, linking
from workspaces.requests import WorkspaceRequest


@require_http_methods(["GET", "POST", "DELETE"])
def presence(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """POST `doing` ("", "writing", "noting"): I am here; answers who else is. GET: only that. DELETE: I am gone.

    Asked every few seconds by every browser: the fewest queries that say whether the person may see the lead.
    """
    me = request.membership
    if not Placement.objects.visible_to(me).filter(pk=pk).exists():
        raise Http404
    if request.method == "DELETE":
        beside.go(pk, me)
        return HttpResponse(status=204)
    if request.method == "POST":
        doing = request.POST.get("doing", "")
        people = beside.come(pk, me, doing if doing in beside.DOING else beside.LOOKING)
    else:
        people = beside.others(pk, me)
    return render(request, "inbox/conversations/presence.htmx.html", {"people": people})


def seen(request: WorkspaceRequest, pk: int) -> Seen | None:
    """What the page knew when it sent an answer: `seen`, the last message that it showed, and `told`, of whom it was
    told that they write, too. Who sends without a page (or by an old one) is not asked."""
    up_to = whole_number(request.POST.get("seen", ""))
    if up_to is None:
        return None
    told = {whole_number(one) for one in request.POST.getlist("told")}
    writing = [one for one in beside.writing(pk, request.membership) if one not in told]
    return Seen(up_to, writing)


def warned(request: WorkspaceRequest, pk: int, crossed: Crossed) -> HttpResponse:
    """409: what the other wrote, with the ways on. The page keeps what was written until one is chosen."""
    answer, words = crossed.answer, ""
    if answer is not None:
        said = linking.for_reader(answer.text, request.membership)
        is_revoked = answer.revoked_at is not None
        words = last_message(answer.kind, said, answer.direction, answer.delivery, is_revoked=is_revoked).text
    context = {
        "answer": answer,
        "words": words,
        "ago": max(0, int((timezone.now() - answer.sent_at).total_seconds())) if answer else 0,
        "names": beside.named(crossed.writing, request.membership),
        "writing": crossed.writing,
        "last": crossed.last,
    }
    return render(request, "inbox/conversations/crossed.htmx.html", context, status=409)

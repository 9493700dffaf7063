"""The bell, what it opens, and how one wants to be told."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from crm import limits, push
from crm.cleanness import whole_number
from crm.push import vapid
from crm.tenancy import scope
from crm.ui import keyset
from directory.actions import notifications
from directory.forms.notifications import WAY_LABELS, NotificationSettingsForm
from directory.models import Notification
from directory.notifications import choosing, digests, pushing, shifts, showing
from workspaces.accounts.devices import device_of
from workspaces.models import Workspace
from workspaces.requests import SignedInRequest, WorkspaceRequest
from workspaces.views.home import LAST_WORKSPACE

PAGE = 30
TRIALS, AN_HOUR = 20, 3_600
SEEN = "notices-seen"  # what a page hears when something was seen in it


@require_safe
@never_cache
def listing(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """A page; to htmx what goes into the drawer (`?in=drawer`), the list alone, or with `?after=` what is older."""
    context = _list_context(request)
    if not request.htmx:
        return render(request, "directory/notifications/list.html", context)
    if request.GET.get("after"):
        return render(request, "directory/notifications/more.htmx.html", context)
    if request.htmx.target == "drawer":
        return render(request, "directory/notifications/drawer.htmx.html", {**context, "place": "drawer"})
    return render(request, "directory/notifications/panel.htmx.html", context)


@require_safe
@never_cache
def bell(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """How much is unseen. `?since=`, the mark of an earlier answer: what came after it is told aloud, if one likes."""
    count, newest = showing.unseen_and_newest(request.membership)
    mark = showing.mark_of(newest)
    response = render(request, "directory/notifications/bell.htmx.html", {"count": count, "mark": mark})
    since = whole_number(request.GET.get("since", ""))
    news = showing.news(request.membership, since) if since is not None and count and mark > since else None
    return trigger_client_event(response, "notice", news) if news else response


@require_POST
def seen_all(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """`upto`: the mark of the list that was looked at; what came since stays."""
    notifications.see_all(by=request.membership, up_to=showing.moment_of(request.POST.get("upto", "")))
    if not request.htmx:
        return redirect("directory:notifications", workspace_id=workspace_id)
    response = render(request, "directory/notifications/panel.htmx.html", _list_context(request))
    return trigger_client_event(response, SEEN)


@require_POST
def seen(request: WorkspaceRequest, workspace_id: str, pk: int) -> HttpResponse:
    """One of mine. What is another's, or gone, is as if it were not there."""
    if not Notification.objects.of(request.membership).filter(pk=pk).exists():
        raise Http404
    notifications.see(pk, by=request.membership)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@never_cache
def settings(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    person = request.membership
    posted = request.POST if request.method == "POST" else None
    form = NotificationSettingsForm(posted, person=person, instance=choosing.settings_of(person))
    if posted is not None and form.is_valid():
        notifications.choose(person, ways=form.posted_ways(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("directory:notification_settings", workspace_id=workspace_id)
    browsers = [
        (row.pk, device_of(row.user_agent), row.created_at) for row in push.browsers_of(request.user.pk)
    ]
    context = {
        "form": form,
        "way_labels": WAY_LABELS,
        "browsers": browsers,
        "push_key": vapid.public_key(),
        "zone": str(shifts.zone_of(person)).replace("_", " "),
    }
    return render(
        request, "directory/notifications/settings.html", context, status=422 if form.errors else 200
    )


@require_POST
def trial(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """One to each browser of mine, so that I see whether it comes."""
    if not limits.allow("push-trial", request.user.pk, amount=TRIALS, per=AN_HOUR):
        return HttpResponse(status=429)
    count = pushing.send_trial(request.membership)
    if count:
        words = ngettext("Sent to %(count)s browser.", "Sent to %(count)s browsers.", count)
        toast = {"text": words % {"count": count}, "level": "success"}
    else:
        toast = {
            "text": _("No browser of yours is told anything yet. Allow it here first."),
            "level": "warning",
        }
    return trigger_client_event(HttpResponse(status=204), "toast", toast)


@login_required
@require_GET
def mine(request: SignedInRequest) -> HttpResponse:
    """From the person's own pages, which are in no workspace: the settings in the one they used last."""
    known = list(Workspace.objects.of(request.user.pk).values_list("public_id", flat=True))
    last = request.COOKIES.get(LAST_WORKSPACE)
    if not known:
        return redirect("workspaces:choice")
    return redirect("directory:notification_settings", workspace_id=last if last in known else known[0])


@csrf_exempt
@require_http_methods(["GET", "POST"])
@never_cache
def mute(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a summary: asks, and ends the summaries of that person in that workspace. A mail program that offers
    to unsubscribe posts here by itself (RFC 8058), without a cookie: the token vouches, and does this only."""
    person = digests.muted_person(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        with scope(person.workspace):
            notifications.mute_digest(person)
    context = {"workspace": person.workspace, "is_done": request.method == "POST"}
    return render(request, "directory/notifications/mute.html", context)


def _list_context(request: WorkspaceRequest) -> dict[str, Any]:
    person = request.membership
    rows = Notification.objects.of(person).in_page().with_leads()
    page = keyset.page_of_request(rows, "at", request.GET, limit=PAGE)
    lines = showing.lines(page.rows, person)
    days = showing.by_day(lines)
    following = request.GET.get("day", "")  # the day that the list before this one ended with
    return {
        "days": days,
        "following": following,
        "next": page.next,
        "last_day": days[-1].date.isoformat() if days else "",
        "place": "drawer" if request.GET.get("in") == "drawer" else "page",
        "has_unseen": any(not line.is_seen for line in lines),
        "mark": showing.mark_of(lines[0].at) if lines else "",
    }

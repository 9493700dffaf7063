"""What a request needs of a person: language and zone; and of a workspace: membership and scope."""

import json
import re
import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from crm.tenancy import scope
from crm.ui.converters import WorkspaceIdConverter
from workspaces.errors import Refused
from workspaces.models import Membership, User

GetResponse = Callable[[HttpRequest], HttpResponseBase]
INSIDE = re.compile(rf"/w/({WorkspaceIdConverter.regex})/")


class Locale:
    """The person's language, else the cookie's, else the browser's; the person's zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        language = user.language if isinstance(user, User) else translation.get_language_from_request(request)
        zone = user.time_zone if isinstance(user, User) else ""
        with translation.override(language):
            request.LANGUAGE_CODE = language
            activate_zone(zone)
            try:
                response = self.get_response(request)
                response.headers.setdefault("Content-Language", language)
                return response
            finally:
                timezone.deactivate()


class WorkspaceScope:
    """Under `/w/<workspace id>/` only: find the membership, open the tenancy scope.

    1. Not signed in: to the log-in page.
    2. No active membership in that workspace, or no such workspace: 404, without a difference.
    3. Suspended: a page that says so, whatever was asked for.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        public_id = _workspace_of(request.path_info)
        if public_id is None:
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        membership = Membership.objects.entering(user.pk, public_id)
        if membership is None:
            raise Http404
        membership.user = user
        request.membership = membership  # type: ignore[attr-defined]
        request.workspace = workspace = membership.workspace  # type: ignore[attr-defined]
        if workspace.is_suspended:
            page = render_to_string("workspaces/suspended.html", {"workspace": workspace}, request)
            return HttpResponse(page, status=403)
        if not user.time_zone:
            activate_zone(workspace.time_zone)
        with scope(workspace.pk):
            return self.get_response(request)


class Refusals:
    """What an action refused and no form showed: back to where one was, with the words; for HTMX a toast."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if "HX-Request" in request.headers:
            toast = {"toast": {"text": str(exception), "level": "error"}}
            return HttpResponse(status=409, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"})
        messages.error(request, str(exception))
        back = request.headers.get("Referer", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(back if back and safe else reverse("workspaces:home"))


def activate_zone(name: str) -> None:
    """Make the zone current; an unknown name (zones are renamed now and then) leaves UTC."""
    try:
        timezone.activate(zoneinfo.ZoneInfo(name)) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        timezone.deactivate()


def _workspace_of(path: str) -> str | None:
    """The Workspace ID in the path, or None outside `/w/…`.

    Read from the text: to resolve the whole route here, only for Django to do it again, costs more than the query.
    Nothing but routes of a workspace begins so (tests/workspaces/test_entering.py); what is no route at all
    ends as 404 as ever, only later.
    """
    found = INSIDE.match(path)
    return found[1] if found else None

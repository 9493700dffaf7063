"""When and from where a session was last used, for the list of sessions."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from crm import origin

SEEN_AT = "cauce_seen_at"  # session key: seconds since 1970
EVERY = 300  # seconds between two notes of one session


class LastSeen:
    """Note it at most every five minutes: allauth's own middleware would write at every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and time.time() - request.session.get(SEEN_AT, 0) > EVERY:
            mark_seen(request)
            values = {
                "last_seen_at": timezone.now(),
                "user_agent": request.headers.get("User-Agent", "")[:200],
            }
            if ip := origin.client_ip(request):
                values["ip"] = ip
            UserSession.objects.filter(session_key=request.session.session_key, user=request.user).update(
                **values
            )
        return self.get_response(request)


def mark_seen(request: HttpRequest) -> None:
    request.session[SEEN_AT] = int(time.time())

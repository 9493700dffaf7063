"""What a browser asks of us: the service worker, and to keep or give up its subscription."""

from functools import cache

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from crm import limits
from crm.cleanness import whole_number
from crm.push import subscribing

WORKER = "js/service-worker.js"
A_DAY = 86_400
MOST = 100  # subscriptions a person makes a day


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, since a worker cares for what lies below its own address. Browsers ask anew at most daily."""
    return HttpResponse(
        _source(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@login_required
@require_POST
def subscription(request: HttpRequest) -> HttpResponse:
    """`endpoint`, `p256dh`, `auth`, as the browser's PushSubscription has them. With `again` nobody has asked: what
    this person allowed in this browser is bound to the session they have now."""
    user_id, session_key = request.user.pk, request.session.session_key
    assert user_id is not None
    if not limits.allow("push", user_id, amount=MOST, per=A_DAY):
        return HttpResponse(status=429)
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        subscribing.keep(
            user_id,
            **given,
            session_key=session_key or "",
            user_agent=request.headers.get("User-Agent", ""),
            only_known="again" in request.POST,
        )
    except subscribing.NotASubscription:
        return HttpResponse(status=400)
    return HttpResponse(status=204)


@login_required
@require_POST
def removal(request: HttpRequest) -> HttpResponse:
    """`pk` of one of mine, or the `endpoint` of this browser's."""
    assert request.user.pk is not None
    subscribing.give_up(
        request.user.pk,
        pk=whole_number(request.POST.get("pk", "")),
        endpoint=request.POST.get("endpoint", ""),
    )
    return HttpResponse(status=204)


@cache
def _source() -> str:
    found = finders.find(WORKER) if not staticfiles_storage.exists(WORKER) else None
    if found:
        with open(found, encoding="utf-8") as file:  # noqa: PTH123 (a path as finders give it)
            return file.read()
    with staticfiles_storage.open(WORKER) as stored:
        return str(stored.read().decode())

"""Outgoing mail as its envelopes tell; and, in a demo, the mails themselves, since they go to files."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from crm.checks import is_loopback
from crm.mail import outbox, transports
from crm.mail.transports.files import FileTransport
from crm.ui import keyset
from workspaces.models import User
from workspaces.operator import queries
from workspaces.operator.access import operates, page
from workspaces.requests import SignedInRequest


@require_GET
@operates
def listing(request: SignedInRequest) -> HttpResponse:
    address = User.objects.normalize_email(request.GET.get("to", ""))[:254]
    found = keyset.page_of_request(queries.mails(address), "id", request.GET)
    context = {
        "page": found,
        "mails": queries.posted(found.rows),
        "address": address,
        "query": urlencode({"to": address}) if address else "",
        "can_read": may_read(request),
    }
    return page(request, "mails", context)


@require_GET
def demo_letters(request: HttpRequest) -> HttpResponse:
    """Codes and invitations of the demo, to follow without a mail server. Newest first; `?to=` narrows."""
    _check_reads(request)
    address = request.GET.get("to", "").strip()[:254]
    return render(
        request, "operator/letters.html", {"letters": outbox.letters(to=address), "address": address}
    )


@require_GET
def demo_letter(request: HttpRequest, uid: str) -> HttpResponse:
    _check_reads(request)
    found = outbox.letter(uid)
    if found is None:
        raise Http404
    return render(request, "operator/letter.html", {"letter": found})


def may_read(request: HttpRequest) -> bool:
    """In a demo, with mail in files, from this very machine. Behind any proxy everyone would seem to be."""
    return (
        settings.DEMO
        and isinstance(transports.current(), FileTransport)
        and is_loopback(request.META.get("REMOTE_ADDR", ""))
        and not settings.TRUSTED_PROXIES
        and "X-Forwarded-For" not in request.headers
        and "Forwarded" not in request.headers
    )


def _check_reads(request: HttpRequest) -> None:
    if not may_read(request):
        raise Http404

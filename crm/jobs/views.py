"""Pages of jobs: mine (everyone's for who oversees them), one with its progress, calling it off, its file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.http.request import HttpHeaders
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.jobs import kinds, results, starting
from crm.jobs.models import Job
from crm.ui import keyset

LISTED_RUNNING = 5


class MemberRequest(HttpRequest):
    """Under `/w/<workspace id>/`; of the membership, whose floor is above, jobs read user, role and permissions."""

    membership: Any
    workspace: Any
    htmx: Any
    headers: HttpHeaders


@require_safe
@never_cache
def jobs(request: MemberRequest, workspace_id: str) -> HttpResponse:
    oversees = kinds.oversees(request.membership)
    everyone = oversees and request.GET.get("of") == "everyone"
    found = Job.objects.select_related("asker").defer("params", "cursor", "parts")  # may be long, not shown
    try:
        page = keyset.page(
            found if everyone else found.asked_by(request.membership.user_id),
            "id",
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except keyset.BadCursor:
        raise Http404 from None
    context = {
        "page": page,
        "everyone": everyone,
        "oversees": oversees,
        "action": request.path,
        "me": request.membership.user_id,
        "workspace_id": workspace_id,
    }
    return render(request, "jobs/list.html", context)


@require_safe
@never_cache
def running(request: MemberRequest, workspace_id: str) -> HttpResponse:
    """The indicator in the top bar: what I have under way."""
    mine = Job.objects.asked_by(request.membership.user_id).open().newest()[:LISTED_RUNNING]
    return render(request, "jobs/running.htmx.html", {"running": list(mine), "workspace_id": workspace_id})


@require_safe
@never_cache
def detail(request: MemberRequest, workspace_id: str, pk: int) -> HttpResponse:
    """The job; to htmx only the part that changes."""
    job = _job(request, pk)
    whole = "HX-Request" not in request.headers or "HX-History-Restore-Request" in request.headers
    return render(request, "jobs/detail.html" if whole else "jobs/detail.htmx.html", _shown(request, job))


@require_POST
def cancellation(request: MemberRequest, workspace_id: str, pk: int) -> HttpResponse:
    job = _job(request, pk)
    starting.cancel(job)
    if "HX-Request" in request.headers:
        return render(request, "jobs/detail.htmx.html", _shown(request, job))
    return redirect("jobs:detail", workspace_id=workspace_id, pk=job.pk)


@require_safe
@never_cache
def file(request: MemberRequest, workspace_id: str, pk: int) -> HttpResponseBase:
    """The result, to who asked for it and may still have it. Expired or gone: the job's page, which says so."""
    job = get_object_or_404(Job.objects.asked_by(request.membership.user_id), pk=pk)
    kind = kinds.find(job.kind)
    if kind is None:
        raise Http404
    if kind.permission is not None and kind.permission not in request.membership.permissions:
        raise PermissionDenied(kind.permission)
    if job.is_open:
        return redirect("jobs:detail", workspace_id=workspace_id, pk=job.pk)
    if not job.has_file or not results.is_there(job):
        return render(request, "jobs/detail.html", _shown(request, job) | {"is_gone": True}, status=410)
    return _attachment(job, with_body=request.method == "GET")


def _attachment(job: Job, *, with_body: bool) -> StreamingHttpResponse | FileResponse | HttpResponse:
    response = StreamingHttpResponse(results.chunks(job)) if with_body else HttpResponse()
    response.headers["Content-Type"] = job.file_type or "application/octet-stream"
    response.headers["Content-Length"] = str(job.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, job.file_name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _job(request: MemberRequest, pk: int) -> Job:
    visible = Job.objects.visible_to(request.membership).select_related("asker")
    return get_object_or_404(visible, pk=pk)


def _shown(request: MemberRequest, job: Job) -> dict[str, Any]:
    kind = kinds.find(job.kind)
    return {
        "job": job,
        "ways": kind.ways(job, request.membership) if kind else (),
        "is_mine": job.is_of(request.membership),
        "is_gone": False,
        "workspace_id": request.workspace.public_id,
    }

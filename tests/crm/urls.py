"""Routes that misbehave, for the tests of what surrounds every request."""

import json
import logging

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, OperationalError, connection
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from crm import urls as real
from crm.cleanness import raw_body, upload_limit
from crm.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401
from crm.views import too_many_requests

log = logging.getLogger(__name__)


@csrf_exempt
def echo(request):
    return HttpResponse(
        json.dumps({"get": request.GET, "post": request.POST, "files": sorted(request.FILES)})
    )


@csrf_exempt
@raw_body
def webhook(request):
    return HttpResponse(str(len(request.body)))


@csrf_exempt
@upload_limit(2_000)
def small_upload(request):
    return HttpResponse("stored")


def forbidden(request):
    raise PermissionDenied


def suspicious(request):
    raise SuspiciousOperation("password=hunter2")


def broken(request):
    secret_local = "hunter2-local"  # noqa: F841
    raise RuntimeError("password=hunter2")


def too_slow(request):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 50; SELECT pg_sleep(2)")
    return HttpResponse("never")


def no_database(request):
    raise OperationalError("connection to server at db.internal failed")


def too_long(request):
    raise DataError("value too long for type character varying(10)")


def limited(request):
    return too_many_requests(request)


@login_required
def private(request):
    return HttpResponse("mine")


def reset(request, uidb36, key):
    log.warning("Reset link %s used", request.get_full_path())
    return HttpResponse("ok")


urlpatterns = [
    path("echo", echo),
    path("webhook", webhook),
    path("small-upload", small_upload),
    path("forbidden", forbidden),
    path("suspicious", suspicious),
    path("broken", broken),
    path("too-slow", too_slow),
    path("no-database", no_database),
    path("too-long", too_long),
    path("limited", limited),
    path("private", private),
    path("accounts/password/reset/key/<uidb36>-<key>/", reset),
    path("named/", lambda request: HttpResponse("x"), name="echo"),
    *real.urlpatterns,
]

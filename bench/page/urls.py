"""The house's routes and the empty page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from crm.urls import handler400, handler403, handler404, handler500
from crm.urls import urlpatterns as house

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest, workspace_id: str) -> HttpResponse:
    return render(request, "ui/page.html")


urlpatterns = [*house, path("w/<ws:workspace_id>/empty/", empty)]

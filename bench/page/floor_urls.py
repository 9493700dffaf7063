"""The floor's one route."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

TEMPLATE = engines["jinja2"].from_string("<!doctype html><title>{{ name }}</title>")


def floor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEMPLATE.render({"name": request.user.get_username()}))


urlpatterns = [path("", floor)]

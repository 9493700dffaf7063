"""Addresses of a lead that was merged lead on to the one that remains: old links, notifications, pages left open."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from directory.merging.following import remaining
from directory.models import Placement
from directory.notifications import showing
from directory.views.answers import place_of
from workspaces.requests import WorkspaceRequest

View = TypeVar("View", bound=Callable[..., HttpResponse])


def follows_merge(*, whole: bool = False) -> Callable[[View], View]:
    """A view of one lead (`pk`) that answers 404 leads on where the lead was merged and the person sees the remaining
    one. `whole`: its answer is all that is shown of the lead, so the same of the remaining one takes its place; a part
    of a page that is open would not fit the rest of it: the page goes along, and a drawer closes."""

    def decorate(view: View) -> View:
        @wraps(view)
        def following(request: WorkspaceRequest, workspace_id: str, pk: int, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, workspace_id, pk, **kwargs)
            except Http404:
                other = _remaining(request, pk)
                if other is None:
                    raise
                return _lead_on(request, other, whole=whole, **kwargs)

        return following  # type: ignore[return-value]

    return decorate


def _remaining(request: WorkspaceRequest, pk: int) -> int | None:
    other = remaining(pk) if request.method in ("GET", "HEAD") else None
    seen = other is not None and Placement.objects.visible_to(request.membership).filter(pk=other).exists()
    return other if seen else None


def _lead_on(request: WorkspaceRequest, other: int, *, whole: bool, **kwargs: Any) -> HttpResponse:
    workspace = request.workspace.public_id
    if whole or not request.htmx:
        assert request.resolver_match is not None
        there = reverse(
            request.resolver_match.view_name, kwargs={"workspace_id": workspace, "pk": other, **kwargs}
        )
        return redirect(f"{there}?{request.GET.urlencode()}" if request.GET else there)
    if place_of(request) == "drawer":
        said = {"text": _("This lead was merged into another one."), "level": "info"}
        answer = trigger_client_event(HttpResponse(status=204), "drawer:close", {})
        return trigger_client_event(answer, "toast", said)
    if place_of(request) == "page":
        return HttpResponseClientRedirect(
            reverse("directory:lead", kwargs={"workspace_id": workspace, "pk": other})
        )
    return HttpResponseClientRedirect(showing.address_of_lead(workspace, other))

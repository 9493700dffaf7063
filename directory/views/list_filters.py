"""The filter of the directory, part by part: what there is to filter by, and the dialog in which a part is made."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseLocation, trigger_client_event

from directory import filtering
from directory.filtering import BadFilter, Filter
from directory.filtering.fields import Field, Groups, open_to
from directory.filtering.wording import named
from directory.listing import groups
from directory.listing.editing import Line
from directory.listing.groups import Part
from directory.listing.places import Place, place_of
from directory.listing.wanted import Wanted
from workspaces.models import Membership
from workspaces.requests import WorkspaceRequest


@require_GET
def fields(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """What one may filter by, under headings."""
    headed: dict[Any, list[Field]] = {}
    for field in open_to(request.membership):
        headed.setdefault(field.group, []).append(field)
    wanted = Wanted.of(request.GET, request.membership)
    named = [(name, request.GET[name]) for name in ("in", "of", "rest") if request.GET.get(name)]
    context = {"groups": headed, "wanted": wanted, "carried": f"&{urlencode(named)}" if named else ""}
    return render(request, "directory/list/fields.htmx.html", context)


@require_GET
def part(request: WorkspaceRequest, workspace_id: str) -> HttpResponse:
    """The dialog of one part (`part`, else a new one, of `field` or of several); with `apply` the list with it."""
    wanted = Wanted.of(request.GET, request.membership)
    if "line" in request.GET:
        shown = groups.of_form(request.GET, wanted.filter.catalogue)
        if "apply" in request.GET:
            changed = _changed(wanted.filter, shown)
            if changed is not None:
                return _list(request, wanted.filtered(changed), place_of(request))
            return _dialog(request, wanted, shown, status=422)
        return _dialog(request, wanted, shown)
    return _dialog(request, wanted, _begun(request, wanted))


def _begun(request: WorkspaceRequest, wanted: Wanted) -> Part | None:
    number = request.GET.get("part", "")
    if number:
        if not number.isdecimal() or int(number[:4]) >= len(wanted.filter.parts):
            raise Http404("no such part")
        return groups.of_filter(wanted.filter, int(number))
    if "group" in request.GET:
        return groups.begun(Line(0), Line(1))
    key = request.GET.get("field", "")
    try:
        return groups.begun(Line(0, wanted.filter.catalogue.known(key) if key else None))
    except BadFilter as error:
        raise Http404("no such field") from error


def _changed(wanted: Filter, part: Part) -> Filter | None:
    """The filter with the part; None where something is refused: its line says why."""
    node = part.node(wanted.catalogue)
    if node is None:
        return None
    if part.place is not None and part.place < len(wanted.parts):
        changed = wanted.with_instead(part.place, node)
    else:
        changed = wanted.with_part(node)
    try:
        return filtering.parse(changed.text)
    except BadFilter as refused:
        part.lines[-1].error = str(refused)
        return None


def _dialog(request: WorkspaceRequest, wanted: Wanted, part: Part | None, status: int = 200) -> HttpResponse:
    member = request.membership
    context = {
        "wanted": wanted,
        "part": part,
        "fields": open_to(member),
        "options": {line.number: _options(line, member) for line in part.lines} if part else {},
        "times": named(),
        "place": place_of(request),
    }
    response = render(request, "directory/list/part.htmx.html", context)
    response.status_code = status
    return response


def _options(line: Line, membership: Membership) -> Groups:
    field = line.field
    if field is None or field.options is None:
        return []
    return field.options(membership, None)


def _list(request: WorkspaceRequest, wanted: Wanted, place: Place) -> HttpResponse:
    """To the page it is for, as a link there would lead."""
    address = place.address(request, wanted)
    if place.is_fragment:
        response = HttpResponseLocation(address, target=place.target, swap="innerHTML")
    else:
        response = HttpResponseLocation(address, target=place.target, select=place.target, swap="outerHTML")
    return trigger_client_event(response, "dialog:close", {})

"""Pages whose leads are narrowed by `f`: where the dialog of a filter leads back to. Floors above register theirs:

places.register(places.Place("board", "funnels:board", "#board", ("pk",)))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from crm.cleanness import whole_number
from crm.ui.registry import Registry
from directory.listing.wanted import READABLE, Wanted
from workspaces.requests import WorkspaceRequest


@dataclass(frozen=True)
class Place:
    """`route` takes the workspace, and `pk` where `has_pk` (the parameter `of`). `target` is what of its page is taken.
    What its address says beside the filter comes in `rest`, as a query string."""

    key: str
    route: str
    target: str
    has_pk: bool = False
    order: int = 100

    def address(self, request: WorkspaceRequest, wanted: Wanted) -> str:
        kwargs: dict[str, object] = {"workspace_id": request.workspace.public_id}
        number = whole_number(request.GET.get("of", ""))
        if self.has_pk and number is not None:
            kwargs["pk"] = number
        try:
            path = reverse(self.route, kwargs=kwargs)
        except NoReverseMatch:
            path = reverse(self.route, kwargs={"workspace_id": request.workspace.public_id})
        return f"{path}{self._query(request.GET, wanted)}"

    def _query(self, given: Mapping[str, str], wanted: Wanted) -> str:
        if self == DIRECTORY:
            return wanted.query
        rest = [pair for pair in parse_qsl(given.get("rest", "")) if pair[0] not in ("f", "after", "before")]
        pairs = [*rest, *([("f", wanted.text)] if wanted.text else [])]
        return f"?{urlencode(pairs, safe=READABLE)}" if pairs else ""


DIRECTORY = Place("directory", "directory:directory", "#directory", order=0)
_places: Registry[Place] = Registry("Place of a filter")


def register(place: Place) -> Place:
    return _places.register(place)


def place_of(request: HttpRequest) -> Place:
    """`in` names it; the directory, where it names none."""
    named = request.GET.get("in", "")
    return next((one for one in _places if one.key == named), DIRECTORY)


register(DIRECTORY)

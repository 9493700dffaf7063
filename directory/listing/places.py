"""Pages whose leads are narrowed by `f`: where the dialog of a filter leads back to. Floors above register theirs:

places.register(places.Place("board", "funnels:board", "#board", has_pk=True))
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
    """`route` takes the workspace, and `pk` where `has_pk` (the parameter `of`). `target` is what of its page is taken,
    or (`is_fragment`) what the answer to htmx is put into. What its address says beside the filter comes in `rest`, as
    a query string."""

    key: str
    route: str
    target: str
    has_pk: bool = False
    is_fragment: bool = False
    order: int = 100

    def address(self, request: WorkspaceRequest, wanted: Wanted) -> str:
        """With what is wanted."""
        pairs = self.pairs(request.GET, wanted)
        return f"{self.path(request)}{f'?{urlencode(pairs, safe=READABLE)}' if pairs else ''}"

    def path(self, request: WorkspaceRequest) -> str:
        kwargs: dict[str, object] = {"workspace_id": request.workspace.public_id}
        number = whole_number(request.GET.get("of", ""))
        if self.has_pk and number is not None:
            kwargs["pk"] = number
        try:
            return reverse(self.route, kwargs=kwargs)
        except NoReverseMatch:
            return reverse(self.route, kwargs={"workspace_id": request.workspace.public_id})

    def pairs(self, given: Mapping[str, str], wanted: Wanted) -> list[tuple[str, str]]:
        """Names and values of its address."""
        if self == DIRECTORY:
            return wanted.pairs
        rest = [pair for pair in parse_qsl(given.get("rest", "")) if pair[0] not in ("f", "after", "before")]
        return [*rest, *([("f", wanted.text)] if wanted.text else [])]


DIRECTORY = Place("directory", "directory:directory", "#directory", order=0)
_places: Registry[Place] = Registry("Place of a filter")


def register(place: Place) -> Place:
    return _places.register(place)


def place_of(request: HttpRequest) -> Place:
    """`in` names it; the directory, where it names none."""
    named = request.GET.get("in", "")
    return next((one for one in _places if one.key == named), DIRECTORY)


register(DIRECTORY)

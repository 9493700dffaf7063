"""What is measured: each screen as one request of each person, with the budget of the design."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse

from directory.models import Placement
from directory.models.placement import ON_BOARD
from funnels.models import Funnel
from workspaces.models import Membership


@dataclass(frozen=True)
class Screen:
    """`budget` is a multiple of the floor, `queries` how many beyond the frame's. `data` makes it a POST.

    `turns` are values that alternate from one request to the next in `data`, so that each of them changes something.
    """

    name: str
    path: str
    budget: float
    queries: int
    data: dict[str, str] = field(default_factory=dict)
    turns: list[dict[str, str]] = field(default_factory=list)
    htmx: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def screens(person: str, membership: Membership) -> Iterator[Screen]:
    """In the scope of the membership's workspace. What has no route is left out."""
    for make in MAKERS:
        try:
            yield from make(membership)
        except NoReverseMatch as missing:
            print(f"# {person}: {missing}")


def _path(name: str, membership: Membership, **kwargs: Any) -> str:
    return reverse(name, kwargs={"workspace_id": membership.workspace.public_id, **kwargs})


def _board(membership: Membership) -> Iterator[Screen]:
    """Inbox and seven stages; of the second funnel the mixed seller sees everything."""
    for number, funnel in enumerate(Funnel.objects.in_use().in_order(), start=1):
        path = _path("funnels:board", membership, pk=funnel.pk)
        yield Screen(f"board.{number}", path, 8, 6)
        yield Screen(f"board.{number}.manual", f"{path}?sort=manual", 8, 6)
        yield Screen(f"board.{number}.urgent", f"{path}?status=urgent", 8, 6)


def _list(membership: Membership) -> Iterator[Screen]:
    path = _path("inbox:conversations", membership)
    for tab in ("all", "mine", "unread", "unassigned", "starred", "archived"):
        yield Screen(f"list.{tab}", f"{path}?tab={tab}", 8, 9)
    for order in ("waiting", "window"):
        yield Screen(f"list.{order}", f"{path}?tab=all&order={order}", 8, 9)
    for name, words in SEARCHES.items():
        yield Screen(f"search.{name}", f"{path}?q={words}", 12, 6)


def _thread(membership: Membership) -> Iterator[Screen]:
    """The 100,000 messages for who sees them, else the person's newest."""
    yield Screen("thread", _path("inbox:thread", membership, pk=_newest(membership)), 8, 9)


def _lead(membership: Membership) -> Iterator[Screen]:
    yield Screen("lead", _path("directory:lead", membership, pk=_newest(membership)), 6, 8)


MAKERS: list[Callable[[Membership], Iterator[Screen]]] = [_board, _list, _thread, _lead]
SEARCHES = {
    "rare": "xochitl+etxeberria",
    "common": "garcia",
    "short": "ma",
    "none": "zzyzx",
    "phone": "5504827",
    "phone_end": "4827",
    "email": "maria.1",
}


def _newest(membership: Membership) -> int:
    seen = Placement.objects.visible_to(membership).filter(ON_BOARD, last_message_id__isnull=False)
    return seen.order_by("-last_activity_at").values_list("pk", flat=True)[0]

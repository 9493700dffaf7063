"""The bar at the foot of the list, which comes when leads are chosen. From `AppConfig.ready()`:

    foot.register(foot.Foot("tag", _("Tag"), "tag", "directory:bulk_tag"))

A button posts the form `#chosen` (`lead` of each that is chosen, or `all` with `f`, `q` and `state`: see
`directory.selection.Selection.of_request`) to `route`, by htmx; the answer goes into `#dialog`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from crm.ui.registry import Registry
from workspaces.models import Membership


def everyone(membership: Membership) -> bool:
    return True


@dataclass(frozen=True)
class Foot:
    """`route` takes nothing but the workspace. `tone` "danger" for what cannot be taken back."""

    key: str
    label: str | Promise
    icon: str
    route: str
    order: int = 100
    allowed: Callable[[Membership], bool] = everyone
    tone: str = ""


_foot: Registry[Foot] = Registry("Foot of the directory")


def register(entry: Foot) -> Foot:
    return _foot.register(entry)


def open_to(membership: Membership) -> tuple[Foot, ...]:
    return tuple(entry for entry in _foot if entry.allowed(membership))

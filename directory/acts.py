"""What one does with a lead from the menu of its card, beside what is there always. Floors above add theirs.

acts.register(acts.Act("senders", _("Block a sender…"), "ban", "inbox:blocks"))     from AppConfig.ready()
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from crm.ui.registry import Registry
from workspaces.models import Membership


def everyone(membership: Membership) -> bool:
    return True


@dataclass(frozen=True)
class Act:
    """`route` takes the lead's `pk`. By "get" it answers a dialog; by another method it acts and says so in a toast."""

    key: str
    label: str | Promise
    icon: str
    route: str
    method: Literal["get", "post", "delete"] = "get"
    tone: str = ""
    allowed: Callable[[Membership], bool] = everyone
    order: int = 100


_acts: Registry[Act] = Registry("Act on a lead")


def register(act: Act) -> Act:
    return _acts.register(act)


def open_to(membership: Membership) -> list[Act]:
    return [act for act in _acts if act.allowed(membership)]

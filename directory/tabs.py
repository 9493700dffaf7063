"""Tabs of the lead's page: General here, the rest from the floors above, each loaded when it is opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.ui.registry import Registry
from directory.models import Lead
from workspaces.models import Membership


def everyone(membership: Membership, lead: Lead) -> bool:
    return True


@dataclass(frozen=True)
class Tab:
    """`template` is drawn with what `load(request, lead)` gives, beside `card` (directory.card.Card);
    `allowed(membership, lead)` makes no query. `lead` has its placement."""

    key: str
    label: str | Promise
    template: str
    load: Callable[[Any, Lead], Mapping[str, Any]]
    allowed: Callable[[Membership, Lead], bool] = everyone
    order: int = 100


tabs: Registry[Tab] = Registry("Lead tab")
# In the page from the beginning; by itself where only it is asked for.
GENERAL = Tab("general", _("General"), "directory/general.htmx.html", lambda request, lead: {}, order=0)


def register(tab: Tab) -> Tab:
    return tabs.register(tab)


def open_to(membership: Membership, lead: Lead) -> list[Tab]:
    return [tab for tab in tabs if tab.allowed(membership, lead)]

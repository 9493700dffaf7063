"""Every row of a tenant belongs to one workspace, and no query leaves the workspace whose scope is open.

    with scope(workspace):
        Team.objects.filter(…)      # this workspace's teams; outside any scope it raises Unscoped

The models are loaded on first use, so that code which runs before the app registry is ready can import the scope.
"""

from typing import TYPE_CHECKING, Any

from crm.tenancy.scopes import ForeignWorkspace, Unscoped, current_workspace, scope

if TYPE_CHECKING:
    from crm.tenancy.models import PARENT_KEY, TenantManager, TenantModel, TenantPart, TenantQuerySet

__all__ = [
    "PARENT_KEY",
    "ForeignWorkspace",
    "TenantManager",
    "TenantModel",
    "TenantPart",
    "TenantQuerySet",
    "Unscoped",
    "current_workspace",
    "scope",
]

_LAZY = {"PARENT_KEY", "TenantManager", "TenantModel", "TenantPart", "TenantQuerySet"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from crm.tenancy import models

        return getattr(models, name)
    raise AttributeError(name)

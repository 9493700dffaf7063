"""Permissions are enumerations, roles are sets of them.

Each app declares its own enumeration and registers it from its `AppConfig.ready()`, saying for each member which
roles hold it and whether an admin may grant it to a single seller as a "tool".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.models.membership import Membership, Role

if TYPE_CHECKING:
    from workspaces.requests import WorkspaceRequest

ADMINS = frozenset({Role.OWNER, Role.ADMIN})
OWNER_ONLY = frozenset({Role.OWNER})


class Permission(StrEnum):
    """Base of every app's enumeration. A value is "<app>.<verb_noun>", unique over all apps."""


class WorkspacePermission(Permission):
    SEE_PEOPLE = "workspaces.see_people"
    MANAGE_PEOPLE = "workspaces.manage_people"
    MANAGE_TEAMS = "workspaces.manage_teams"
    MANAGE_SETTINGS = "workspaces.manage_settings"
    SEE_AUDIT = "workspaces.see_audit"
    EXPORT_AUDIT = "workspaces.export_audit"
    SEE_ALL_JOBS = "workspaces.see_all_jobs"
    HAND_OWNERSHIP_OVER = "workspaces.hand_ownership_over"
    EXPORT_WORKSPACE = "workspaces.export_workspace"
    DELETE_WORKSPACE = "workspaces.delete_workspace"


@dataclass(frozen=True)
class Declaration:
    """What the access screen shows of a permission, and who holds it by role."""

    permission: Permission
    label: str | Promise
    roles: frozenset[Role]
    help: str | Promise = ""
    grantable: bool = False  # to a single seller, as a tool


_declared: dict[Permission, Declaration] = {}
_by_role: dict[str, frozenset[Permission]] = {}


def register(declarations: Iterable[Declaration]) -> None:
    """Make permissions known. Registering one twice with another meaning raises ValueError."""
    for declaration in declarations:
        known = _declared.setdefault(declaration.permission, declaration)
        if known != declaration:
            raise ValueError(f"{declaration.permission} is declared twice")
    for role in Role:
        _by_role[role] = frozenset(p for p, declared in _declared.items() if role in declared.roles)


def tools() -> list[Declaration]:
    """What may be granted to a single seller, in the order of registration."""
    return [declared for declared in _declared.values() if declared.grantable]


def held_by(membership: Membership) -> frozenset[Permission]:
    held = _by_role.get(membership.role, frozenset())
    if membership.is_seller and membership.tools:
        held |= {
            d.permission for d in _declared.values() if d.grantable and d.permission.value in membership.tools
        }
    return held


def check(membership: Membership, permission: Permission) -> None:
    """Raise PermissionDenied (403) unless the membership holds the permission."""
    if not membership.may(permission):
        raise PermissionDenied(permission.value)


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def requires(permission: Permission) -> Callable[[View], View]:
    """A view that answers 403 to members without the permission. Only under `/w/<workspace id>/`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: "WorkspaceRequest", *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request.membership, permission)
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def may(request: HttpRequest, permission: Permission) -> bool:
    """Whether the request's membership, if it has one, holds the permission. For registries' predicates."""
    membership = getattr(request, "membership", None)
    return membership is not None and membership.may(permission)


DECLARATIONS = [
    Declaration(
        WorkspacePermission.SEE_PEOPLE,
        _("Team list"),
        ADMINS,
        _("See everyone in the workspace and who is active"),
        grantable=True,
    ),
    Declaration(WorkspacePermission.MANAGE_PEOPLE, _("Manage people"), ADMINS),
    Declaration(WorkspacePermission.MANAGE_TEAMS, _("Manage teams"), ADMINS),
    Declaration(WorkspacePermission.MANAGE_SETTINGS, _("Manage settings"), ADMINS),
    Declaration(
        WorkspacePermission.SEE_AUDIT,
        _("Audit log"),
        ADMINS,
        _("See security-relevant actions: who, when, from where"),
        grantable=True,
    ),
    Declaration(WorkspacePermission.EXPORT_AUDIT, _("Export the audit log"), ADMINS),
    Declaration(WorkspacePermission.SEE_ALL_JOBS, _("See everyone's tasks in progress"), ADMINS),
    Declaration(WorkspacePermission.HAND_OWNERSHIP_OVER, _("Hand the ownership over"), OWNER_ONLY),
    Declaration(WorkspacePermission.EXPORT_WORKSPACE, _("Export the whole workspace"), OWNER_ONLY),
    Declaration(WorkspacePermission.DELETE_WORKSPACE, _("Delete the workspace"), OWNER_ONLY),
]

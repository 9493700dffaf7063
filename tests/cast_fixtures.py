"""Fixtures of the fixed cast (see tests/cast.py)."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import cast
from workspaces.models import Membership, Role, User, Workspace


@pytest.fixture
def owner(db: None) -> Membership:
    return cast.workspace_of("Ventas MX", "Olga Owner", "olga@example.com")


@pytest.fixture
def workspace(owner: Membership) -> Workspace:
    return owner.workspace


@pytest.fixture
def admin(workspace: Workspace) -> Membership:
    return cast.member(workspace, Role.ADMIN, "Ana Admin", "ana@example.com")


@pytest.fixture
def seller(workspace: Workspace) -> Membership:
    return cast.member(workspace, Role.SELLER, "Sara Seller", "sara@example.com")


@pytest.fixture
def other_seller(workspace: Workspace) -> Membership:
    return cast.member(workspace, Role.SELLER, "Omar Other", "omar@example.com")


@pytest.fixture
def outsider(db: None) -> Membership:
    """The owner of another workspace."""
    return cast.workspace_of("Otra Empresa", "Oscar Outsider", "oscar@example.com")


@pytest.fixture
def other_workspace(outsider: Membership) -> Workspace:
    return outsider.workspace


@pytest.fixture
def operator(db: None) -> User:
    return cast.person("Olivia Operator", "olivia@example.com", is_operator=True)


@pytest.fixture
def client_of() -> Callable[[Membership | User], Client]:
    return cast.signed_in

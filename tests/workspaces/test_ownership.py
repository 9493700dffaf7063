"""Exactly one owner, whatever is tried: by the actions, and by PostgreSQL where an action is passed by."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from crm.tenancy import scope
from workspaces.actions import memberships
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership, Role, Verb, Workspace


@contextmanager
def checked_at_commit() -> Iterator[None]:
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_owner_hands_over_and_becomes_an_admin(owner: Membership, admin: Membership) -> None:
    memberships.hand_ownership_over(by=owner, to=admin)

    roles = dict(Membership.objects.values_list("pk", "role"))
    assert roles == {owner.pk: Role.ADMIN, admin.pk: Role.OWNER}
    with scope(owner.workspace):
        entry = AuditEntry.objects.get(verb=Verb.OWNERSHIP_HANDED_OVER)
    assert entry.changes == {"owner": ["Olga Owner", "Ana Admin"]}
    assert entry.membership_id == admin.pk


def test_a_seller_who_becomes_owner_keeps_no_single_tools(owner: Membership, seller: Membership) -> None:
    Membership.objects.filter(pk=seller.pk).update(tools=["workspaces.see_audit"])
    memberships.hand_ownership_over(by=owner, to=seller)
    seller.refresh_from_db()
    assert (seller.role, seller.tools) == (Role.OWNER, [])


def test_only_the_owner_hands_over(admin: Membership, seller: Membership) -> None:
    with pytest.raises(PermissionDenied):
        memberships.hand_ownership_over(by=admin, to=seller)


def test_ownership_does_not_leave_the_workspace(owner: Membership, outsider: Membership) -> None:
    with pytest.raises(Refused):
        memberships.hand_ownership_over(by=owner, to=outsider)


def test_handing_over_twice_from_two_tabs_ends_in_one_owner(
    owner: Membership, admin: Membership, seller: Membership
) -> None:
    stale = Membership.objects.get(pk=owner.pk)
    memberships.hand_ownership_over(by=owner, to=admin)
    with pytest.raises(PermissionDenied):
        memberships.hand_ownership_over(by=stale, to=seller)
    assert Membership.objects.get(role=Role.OWNER, workspace=owner.workspace) == admin


def test_nobody_changes_or_deactivates_the_owner(owner: Membership, admin: Membership) -> None:
    with pytest.raises(Refused):
        memberships.change_role(owner, by=admin, role=Role.SELLER)
    with pytest.raises(Refused):
        memberships.deactivate(owner, by=admin, successor=None)


def test_the_database_refuses_a_second_owner(owner: Membership, admin: Membership) -> None:
    with pytest.raises(IntegrityError, match="membership_one_owner"), transaction.atomic():
        Membership.objects.filter(pk=admin.pk).update(role=Role.OWNER)


def test_the_database_refuses_to_be_left_without_an_owner(owner: Membership) -> None:
    with pytest.raises(IntegrityError, match="would have no owner"), checked_at_commit():
        Membership.objects.filter(pk=owner.pk).update(role=Role.ADMIN)
    with (
        pytest.raises(IntegrityError, match="would have no owner"),
        scope(owner.workspace),
        checked_at_commit(),
    ):
        Membership.objects.filter(pk=owner.pk).delete()


def test_the_database_refuses_a_workspace_born_without_an_owner(db: None) -> None:
    with pytest.raises(IntegrityError, match="would have no owner"), checked_at_commit():
        Workspace.objects.create(name="Nobody's")


def test_the_database_refuses_a_deactivated_owner(owner: Membership) -> None:
    with pytest.raises(IntegrityError, match="membership_owner_is_active"), transaction.atomic():
        Membership.objects.filter(pk=owner.pk).update(deactivated_at=owner.joined_at)


@pytest.mark.django_db(transaction=True)
def test_handing_over_to_someone_who_is_deactivated_meanwhile_leaves_one_active_owner(
    owner: Membership, admin: Membership
) -> None:
    """Two connections at once: whichever comes second is refused, and never both or neither succeed."""
    results: list[str] = []
    ready = threading.Barrier(2)

    def attempt(name: str, act: object) -> None:
        ready.wait(5)
        try:
            act()  # type: ignore[operator]
            results.append(name)
        except (Refused, PermissionDenied):
            pass
        finally:
            connection.close()

    threads = [
        threading.Thread(
            target=attempt, args=("over", lambda: memberships.hand_ownership_over(by=owner, to=admin))
        ),
        threading.Thread(
            target=attempt, args=("out", lambda: memberships.deactivate(admin, by=owner, successor=None))
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(results) == 1
    one = Membership.objects.get(workspace=owner.workspace, role=Role.OWNER)
    assert one.is_active

"""Queries compiled once give what the queryset would, for whoever runs them."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db.models import Count, QuerySet

from crm.prepared import Prepared, Statement
from crm.tenancy import Unscoped, scope
from crm.tenancy.scopes import ForeignWorkspace
from workspaces.actions import teams
from workspaces.models import Membership, Team, User

pytestmark = pytest.mark.django_db


def _named(name: str) -> QuerySet[User]:
    return User.objects.filter(name=name, is_active=True)


def test_the_same_rows_for_other_values(owner: Membership, seller: Membership) -> None:
    prepared = Prepared(_named, name="?")
    for person in (owner.user, seller.user):
        assert prepared.rows(name=person.name) == [person]
    assert prepared.first(name="nobody") is None


def test_what_is_joined_comes_with_its_row(owner: Membership, django_assert_num_queries: Any) -> None:
    prepared = Prepared(
        lambda pk: Membership.objects.filter(pk=pk).select_related("workspace", "user"), pk=-1
    )
    with django_assert_num_queries(1):
        found = prepared.first(pk=owner.pk)
        assert found is not None
        assert (found.workspace.name, found.user.name) == (owner.workspace.name, owner.user.name)
    found.refresh_from_db()
    assert not found._state.adding


def test_a_tenants_rows_are_those_of_the_open_scope(owner: Membership, outsider: Membership) -> None:
    prepared = Prepared(
        lambda colour: Team.objects.filter(colour=colour).values_list("name", "colour"), colour="?"
    )
    for person, name in ((owner, "Mayoreo"), (outsider, "Menudeo")):
        with scope(person.workspace):
            teams.create(by=person, name=name, colour="teal", people=[])
    for person, name in ((owner, "Mayoreo"), (outsider, "Menudeo")):
        with scope(person.workspace):
            assert prepared.rows(colour="teal") == [(name, "teal")]
    with pytest.raises(Unscoped):
        prepared.rows(colour="teal")


def test_a_list_is_one_parameter(owner: Membership, seller: Membership) -> None:
    prepared = Prepared(lambda ids: Membership.objects.filter(user_id__any=ids).order_by("pk"), ids=[-1])
    for asked in ([], [seller.user_id], [seller.user_id, owner.user_id]):
        assert prepared.rows(ids=asked) == list(Membership.objects.filter(user_id__in=asked).order_by("pk"))


def test_a_statement_runs_only_in_the_workspace_it_was_compiled_in(
    owner: Membership, outsider: Membership
) -> None:
    with scope(owner.workspace):
        team = teams.create(by=owner, name="Mayoreo", colour="teal", people=[])
        statement = Statement.of(Team.objects.filter(colour="teal"))
        assert statement.rows() == [team]
    with scope(outsider.workspace), pytest.raises(ForeignWorkspace):
        statement.rows()
    with pytest.raises(Unscoped):
        statement.rows()


def test_what_cannot_be_prepared_is_refused() -> None:
    annotated = Prepared(lambda pk: User.objects.filter(pk=pk).annotate(places=Count("memberships")), pk=-1)
    with pytest.raises(FieldError, match="annotations"):
        annotated.rows(pk=1)
    lost = Prepared(lambda pk, name: User.objects.filter(pk=pk), pk=-1, name="?")
    with pytest.raises(FieldError, match="parameter"):
        lost.rows(pk=1, name="x")

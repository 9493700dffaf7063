"""Queries compiled once give what the queryset would, for whoever runs them."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, JSONObject
from django.db.transaction import TransactionManagementError

from crm import prepared
from crm.prepared import Lately, Prepared, Remembered, Statement, cursors, lately
from crm.tenancy import Unscoped, scope
from crm.tenancy.scopes import ForeignWorkspace
from tests.crm.models import Box
from workspaces.actions import teams
from workspaces.models import Membership, Team, User

pytestmark = pytest.mark.django_db

_PLANS = "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE %s"


def _named(name: str) -> QuerySet[User]:
    return User.objects.filter(name=name, is_active=True)


def test_the_same_rows_for_other_values(owner: Membership, seller: Membership) -> None:
    asked = Prepared(_named, name="?")
    for person in (owner.user, seller.user):
        assert asked.rows(name=person.name) == [person]
    assert asked.first(name="nobody") is None


def test_what_is_joined_comes_with_its_row(owner: Membership, django_assert_num_queries: Any) -> None:
    asked = Prepared(lambda pk: Membership.objects.filter(pk=pk).select_related("workspace", "user"), pk=-1)
    with django_assert_num_queries(1):
        found = asked.first(pk=owner.pk)
        assert found is not None
        assert (found.workspace.name, found.user.name) == (owner.workspace.name, owner.user.name)
    found.refresh_from_db()
    assert not found._state.adding


def test_a_tenants_rows_are_those_of_the_open_scope(owner: Membership, outsider: Membership) -> None:
    asked = Prepared(
        lambda colour: Team.objects.filter(colour=colour).values_list("name", "colour"), colour="?"
    )
    for person, name in ((owner, "Mayoreo"), (outsider, "Menudeo")):
        with scope(person.workspace):
            teams.create(by=person, name=name, colour="teal", people=[])
    for person, name in ((owner, "Mayoreo"), (outsider, "Menudeo")):
        with scope(person.workspace):
            assert asked.rows(colour="teal") == [(name, "teal")]
    with pytest.raises(Unscoped):
        asked.rows(colour="teal")


def test_a_list_is_one_parameter(owner: Membership, seller: Membership) -> None:
    asked = Prepared(lambda ids: Membership.objects.filter(user_id__any=ids).order_by("pk"), ids=[-1])
    for ids in ([], [seller.user_id], [seller.user_id, owner.user_id]):
        assert asked.rows(ids=ids) == list(Membership.objects.filter(user_id__in=ids).order_by("pk"))


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


def test_a_statement_takes_other_values_for_its_samples_and_counts_several_at_once(owner: Membership) -> None:
    with scope(owner.workspace):
        made = [
            teams.create(by=owner, name=name, colour="teal", people=[]) for name in ("Uno", "Dos", "Tres")
        ]
        asked = Statement.of(Team.objects.filter(pk__any=[-1]).order_by("pk"), ids=[-1])
        assert asked.rows(ids=[made[0].pk, made[2].pk]) == [made[0], made[2]]
        assert asked.rows(ids=[]) == []
        teal = Team.objects.filter(colour="teal")
        counting = Statement.counting([teal, teal.none(), teal.values_list("pk")[:2]])
        assert counting.rows() == [(3, 0, 2)]


def test_statements_are_remembered_by_workspace(owner: Membership, outsider: Membership) -> None:
    remembered: Remembered[Statement[Team]] = Remembered(most=2)
    made = []

    def make() -> Statement[Team]:
        made.append(1)
        return Statement.of(Team.objects.order_by("pk"))

    for membership in (owner, owner, outsider):
        with scope(membership.workspace):
            assert remembered.get("all", make).rows() == list(Team.objects.order_by("pk"))
    assert len(made) == 2
    with scope(owner.workspace):
        remembered.get("others", make)
        remembered.get("all", make)
    assert len(made) == 4  # there was no room for a third: it began anew


def test_annotations_and_columns_that_need_reading_come_as_a_queryset_gives_them(owner: Membership) -> None:
    box = Box.objects.create(name="one", secret="hidden", parts={"a": [1]}, loose={"b": None})
    asked = Prepared(
        lambda name: Box.objects.filter(name=name).annotate(
            longer=Concat("name", Value("!")), inner=JSONObject(loose="loose")
        ),
        name="?",
    )
    found = asked.first(name="one")
    assert (found, found.secret, found.parts, found.loose) == (box, "hidden", {"a": [1]}, {"b": None})
    assert (found.longer, found.inner) == ("one!", {"loose": {"b": None}})


def test_what_locks_is_asked_in_a_transaction(transactional_db: None) -> None:
    asked = Prepared(lambda pk: Box.objects.select_for_update().filter(pk=pk), pk=-1)
    with transaction.atomic():
        assert asked.rows(pk=1) == []
    with pytest.raises(TransactionManagementError):
        asked.rows(pk=1)


def test_a_value_that_is_lost_is_refused() -> None:
    lost = Prepared(lambda pk, name: User.objects.filter(pk=pk), pk=-1, name="?")
    with pytest.raises(FieldError, match="parameter"):
        lost.rows(pk=1, name="x")


def test_a_row_is_written_as_save_writes_it(owner: Membership) -> None:
    made = Box(name="one", secret="hidden", parts={"a": 1}, loose={"ñ": "\u2028"})
    assert prepared.insert(made)
    assert Box.objects.get(pk=made.pk).secret == "hidden"
    made.name, made.loose = "two", {}
    prepared.update(made, ["name"])
    stored = Box.objects.get(pk=made.pk)
    assert (stored.name, stored.loose) == ("two", {"ñ": "\u2028"})
    Box.objects.all().delete()
    with pytest.raises(DatabaseError):
        prepared.update(made, ["name"])


def test_a_tenants_row_is_written_in_its_own_scope_alone(owner: Membership, outsider: Membership) -> None:
    with scope(owner.workspace):
        team = Team(name="Mayoreo", colour="teal")
        assert prepared.insert(team, unless="team_name_once")
        assert team.workspace_id == owner.workspace_id
        assert not prepared.insert(Team(name="Mayoreo", colour="sky"), unless="team_name_once")
    with scope(outsider.workspace):
        for write in (lambda: prepared.update(team, ["name"]), lambda: prepared.insert(team)):
            with pytest.raises(ForeignWorkspace):
                write()
    with pytest.raises(Unscoped):
        prepared.insert(Team(name="Menudeo", colour="teal"))


def test_postgresql_plans_it_once_for_a_connection(owner: Membership) -> None:
    """Asked of PostgreSQL: Django tells the driver to prepare nothing, even where it is asked to."""
    asked = Prepared(lambda name: User.objects.filter(name=name).values_list("name"), name="?")
    for _ in range(3):
        assert asked.rows(name=owner.user.name) == [(owner.user.name,)]
    with connection.cursor() as cursor:
        cursor.execute(_PLANS, ['%SELECT "workspaces_user"."name" AS "name"%'])
        assert cursor.fetchall() == [(3,)]


def test_a_statement_is_planned_each_time_unless_it_says_otherwise(owner: Membership) -> None:
    with scope(owner.workspace):
        rows = Team.objects.filter(colour="_").values_list("name")
        for kept, plans in ((False, []), (True, [(2,)])):
            asked = Statement.of(rows, kept=kept, colour="_")
            assert asked.rows(colour="teal") == asked.rows(colour="rose") == []
            with connection.cursor() as cursor:
                cursor.execute(_PLANS, ["%workspaces_team%"])
                assert cursor.fetchall() == plans


def _planned() -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(_PLANS, ["%workspaces_team%"])
        return list(cursor.fetchall())


def test_a_whole_statement_has_its_values_in_it_and_is_planned_once_from_the_second_time_on(
    owner: Membership,
) -> None:
    with scope(owner.workspace):
        team = teams.create(by=owner, name="100% 'Sur' %s", colour="teal", people=[])
        asked = Statement.whole(Team.objects.filter(name=team.name))
        for plans in ([], [(1,)], [(2,)]):
            assert asked.rows() == [team]
            assert _planned() == plans
        assert Statement.whole(Team.objects.none()).rows() == []


def test_a_whole_statement_answers_after_a_rollback_and_where_there_is_no_room(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(owner.workspace):
        team = teams.create(by=owner, name="Uno", colour="teal", people=[])
        asked = Statement.whole(Team.objects.filter(colour="teal"))
        other = Statement.whole(Team.objects.filter(colour="rose"))
        for _ in range(2):
            assert asked.rows() == [team]
        with pytest.raises(RuntimeError), transaction.atomic():
            raise RuntimeError
        assert _planned() == []  # the driver lets go of all that it keeps
        assert asked.rows() == [team]
        assert _planned() == [(1,)]
        monkeypatch.setattr(cursors, "MOST_WRITTEN", len(_sql(asked)) + 10)
        for _ in range(2):
            assert other.rows() == []
        assert _planned() == [(1,)]  # of the other: there is room for one
        assert (asked.rows(), other.rows()) == ([team], [])


def test_behind_a_pooler_no_whole_statement_is_kept(owner: Membership, settings: Any) -> None:
    settings.DATABASE_KEEPS_STATEMENTS = False
    with scope(owner.workspace):
        team = teams.create(by=owner, name="100%", colour="teal", people=[])
        asked = Statement.whole(Team.objects.filter(name="100%"))
        for _ in range(3):
            assert asked.rows() == [team]
        assert _planned() == []


def _sql(statement: Statement[Any]) -> str:
    assert statement.compiled is not None
    return statement.compiled.sql


def test_what_was_found_lately_is_asked_again_after_a_while(
    owner: Membership, outsider: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(lately.time, "monotonic", lambda: now)
    found: Lately[int] = Lately(60, most=2)
    with scope(owner.workspace):
        assert found.get("some") is None
        found.keep("some", 0)
        assert found.get("some") == 0
    with scope(outsider.workspace):
        assert found.get("some") is None
    now += 61
    with scope(owner.workspace):
        assert found.get("some") is None
        for number in range(3):
            found.keep(number, number)
        assert [found.get(number) for number in range(3)] == [None, 1, 2]  # "some" was there, too

"""The demo is believable, made once, and never where it is not wanted."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.mail.models import Message
from crm.tenancy import scope
from workspaces import demo
from workspaces.demo.building import build
from workspaces.models import AuditEntry, Holiday, Invitation, Membership, Team, User, Workspace


@pytest.fixture
def allowed(settings: Any) -> None:
    settings.DEMO = True


def said() -> str:
    out = io.StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_it_is_refused_where_this_is_no_demo(db: None, settings: Any):
    settings.DEMO = False
    with pytest.raises(CommandError):
        said()
    assert demo.accounts() == []
    assert not User.objects.exists()


def test_it_is_made_once_and_tells_the_log_ins(db: None, allowed: None):
    first = said()
    assert "Owner     ana@demo.cauce" in first
    assert "Operator  operador@demo.cauce" in first
    tables = (User, Workspace, Membership, Invitation, Message)
    before = [model.objects.count() for model in tables]
    assert said() == first
    assert [model.objects.count() for model in tables] == before
    assert build() is False


def test_a_second_run_asks_each_chapter_and_writes_nothing(
    db: None, allowed: None, django_assert_num_queries: Any
):
    build()
    with django_assert_num_queries(6) as asked:
        build()
    assert not [query for query in asked.captured_queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_it_has_what_the_screens_need(db: None, allowed: None):
    build()
    workspace = Workspace.objects.get(name="Ventas MX")
    people = Membership.objects.of_workspace(workspace)
    assert people.filter(role="owner").get().user.email == "ana@demo.cauce"
    assert people.active().filter(role="admin").count() == 2
    assert people.active().filter(role="seller").count() >= 8
    assert people.exclude(deactivated_at=None).count() == 1
    invitations = list(Invitation.objects.of_workspace(workspace).open())
    assert sorted(one.is_expired for one in invitations) == [False, True]
    with scope(workspace):
        assert Team.objects.count() == 3
        assert Holiday.objects.count() == 4
        rows = AuditEntry.objects.all()
        assert 150 <= rows.count() <= 260
        assert len({row.verb for row in rows}) >= 10
        oldest = rows.order_by("created_at").first()
        assert 29 <= (timezone.now() - oldest.created_at).days <= 31
        assert not rows.filter(created_at__gt=timezone.now()).exists()

    ana = User.objects.get(email="ana@demo.cauce")
    assert [one.name for one in Workspace.objects.of(ana.pk)] == ["Ventas MX", "Estudio Norte"]


def test_everyone_told_can_log_in_and_no_needless_mail_confuses(db: None, allowed: None):
    build()
    assert {one.recipients[0] for one in Message.objects.all()} == {"nora@demo.cauce", "pablo@demo.cauce"}
    for account in demo.accounts():
        credentials = {"login": account.email, "password": account.password}
        response = Client().post(reverse("account_login"), credentials, follow=True)
        assert response.status_code == 200
        expected = "/operator/" if account.email.startswith("operador") else "/w/"
        assert response.request["PATH_INFO"].startswith(expected)


def test_the_command_line_makes_operators(db: None, owner):
    out = io.StringIO()
    call_command("operator", "OLGA@example.com", stdout=out)
    owner.user.refresh_from_db()
    assert owner.user.is_operator
    call_command("operator", "olga@example.com", "--end", stdout=out)
    owner.user.refresh_from_db()
    assert not owner.user.is_operator
    with pytest.raises(CommandError):
        call_command("operator", "nobody@example.com")

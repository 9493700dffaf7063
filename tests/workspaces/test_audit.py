"""The audit log: what is seen, how it is narrowed, that its cost stays, its export."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from crm.jobs import running
from crm.jobs.models import Job
from crm.jobs.results import chunks
from crm.tenancy import scope
from crm.work.models import Item
from tests.swap import HTMX, Swapped
from workspaces.actions import audit, memberships, teams
from workspaces.audit_log.words import changes_of
from workspaces.models import AuditEntry, Membership, Role, Verb, Workspace

FRAME = 5  # queries of the frame, see design 6


def address(workspace: Workspace, query: str = "") -> str:
    path = reverse("workspaces:audit", kwargs={"workspace_id": workspace.public_id})
    return f"{path}?{query}" if query else path


def fill(workspace: Workspace, actor: Membership, number: int, *, verb: str = Verb.SIGNED_IN) -> None:
    """Rows one minute apart, the newest a minute ago."""
    now = timezone.now()
    with scope(workspace):
        AuditEntry.objects.bulk_create(
            AuditEntry(
                workspace=workspace,
                verb=verb,
                actor=actor.user,
                actor_name=str(actor.user),
                created_at=now - timedelta(minutes=n + 1),
            )
            for n in range(number)
        )


def shown(response: Any) -> list[str]:
    """Ids of the rows on the page."""
    return [
        row["id"] for row in BeautifulSoup(response.content, "html.parser").select("#audit-table-body tr")
    ]


def older(response: Any) -> str:
    """The address of the next page; empty on the last."""
    link = BeautifulSoup(response.content, "html.parser").select_one("#pager a[rel=next]")
    return link["href"] if link else ""


def test_many_are_written_by_one_statement_in_their_order_and_told_once(owner, workspace, monkeypatch):
    told: list[Any] = []
    monkeypatch.setattr("crm.feed.announce", told.append)
    with CaptureQueriesContext(connection) as queries:
        audit.record_many(workspace, verb=Verb.LEAD_ERASED, by=None, targets=["#2", "#1", "#" + "3" * 200])
        audit.record_many(workspace.pk, verb=Verb.LEAD_ERASED, by=owner, targets=["#4"])
    assert (len(queries), told) == (2, [AuditEntry, AuditEntry])
    with scope(workspace):
        audit.record(workspace, verb=Verb.LEAD_ERASED, by=owner, target="#5")
        *others, alone, single = AuditEntry.objects.filter(verb=Verb.LEAD_ERASED).order_by("pk")
    assert [one.target for one in others] == ["#2", "#1", ("#" + "3" * 200)[:160]]
    assert {(one.actor_id, one.actor_name) for one in others} == {(None, "Cauce")}
    same = [field.attname for field in AuditEntry._meta.fields if field.attname not in OWN]
    assert [getattr(alone, name) for name in same] == [getattr(single, name) for name in same]


OWN = {"id", "created_at", "target", "xid"}  # of each row


def test_a_change_is_told_in_words_with_what_was_before(owner, seller, workspace, client_of):
    memberships.change_role(seller, by=owner, role=Role.ADMIN)
    page = client_of(owner).get(address(workspace)).content.decode()
    assert "Changed a role" in page
    assert "Sara Seller" in page
    assert "Seller" in page
    assert "Admin" in page


def test_names_of_teams_and_tools_are_told_as_people_know_them(owner, seller, workspace, client_of):
    with scope(workspace):
        team = teams.create(by=owner, name="North", colour="teal", people=[seller])
        memberships.change_access(
            seller,
            by=owner,
            tools_held=["workspaces.see_people"],
            switches={"sees_phones": False},
            granted={"workspaces.supervise_team": {team.pk}},
        )
    page = client_of(owner).get(address(workspace)).content.decode()
    assert "Team list" in page
    assert "Teams: Supervises" in page
    assert "Sees phone numbers" in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"hours": [["0 09:00–18:00"], ["0 09:00–18:00", "5 10:00–14:00"]]},
            "Business hours: + Saturday 10:00–14:00",
        ),
        ({"sees_phones": [True, False]}, "Sees phone numbers: yes → no"),
        ({"by": [None, "password, totp"]}, "Way in: Password, Authenticator app"),
        ({"handed over to": [None, None]}, "Handed over to: none"),
        ({"something new": ["a", "b"]}, "something new: a → b"),
        ({"odd": "shape"}, "odd: shape"),
        ({"hours": [[], ["nonsense"]]}, "Business hours: + nonsense"),
    ],
)
def test_every_kind_of_change_has_words(changes: Any, told: str):
    with translation.override("en"):
        assert str(changes_of(changes)[0]) == told


def test_changes_of_any_shape_are_survived():
    assert changes_of(["not", "a", "dict"]) == ()


def test_where_it_came_from_is_told(owner, workspace, client_of):
    from crm.origin import Origin, acting

    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
    with acting(Origin("web", ip="203.0.113.9", user_agent=agent)):
        audit.record(workspace, verb=Verb.SIGNED_IN, by=owner, about=owner)
    page = client_of(owner).get(address(workspace)).content.decode()
    assert "203.0.113.9" in page
    assert "Chrome, Windows" in page


def test_it_is_narrowed_by_what_who_and_when(owner, seller, workspace, client_of):
    fill(workspace, owner, 3)
    fill(workspace, seller, 2, verb=Verb.SIGNED_OUT)
    client = client_of(owner)

    def lines(query: str) -> list[Any]:
        return shown(client.get(address(workspace, query)))

    assert len(lines(f"person={seller.pk}")) == 2
    assert len(lines("verb=signed_in")) == 3
    assert lines(f"verb=signed_in&person={seller.pk}") == []
    assert lines("until=2020-01-01") == []
    assert len(lines("since=2020-01-01")) == 6  # and the workspace's creation


def test_days_are_those_of_the_workspace(owner, workspace, client_of):
    """23:30 of the 9th in Mexico is the 10th in UTC."""
    fill(workspace, owner, 1)
    with scope(workspace):
        late = AuditEntry.objects.filter(verb=Verb.SIGNED_IN)
        late.update(created_at=datetime(2026, 3, 10, 5, 30, tzinfo=UTC))
    client = client_of(owner)
    assert len(shown(client.get(address(workspace, "since=2026-03-09&until=2026-03-09")))) == 1
    assert shown(client.get(address(workspace, "since=2026-03-10&until=2026-03-10"))) == []


@pytest.mark.parametrize(
    "query",
    [
        "verb=nonsense",
        "person=999999",
        "since=yesterday",
        "since=0001-01-01",
        "until=9999-12-31",
        "after=nonsense",
        "before=%00",
        "after=WyIyMDI2IiwxXQ",
        f"verb={'x' * 5000}",
    ],
)
def test_an_address_that_means_nothing_narrows_nothing(query: str, owner, workspace, client_of):
    response = client_of(owner).get(address(workspace, query))
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert len(shown(response)) == 1


def test_people_of_another_workspace_are_no_choice(owner, outsider, workspace, client_of):
    response = client_of(owner).get(address(workspace, f"person={outsider.pk}"))
    assert len(shown(response)) == 1
    assert "Oscar" not in response.content.decode()


def test_an_empty_answer_says_so_and_leads_back(owner, workspace, client_of):
    page = client_of(owner).get(address(workspace, "verb=suspended")).content.decode()
    assert "Nothing matches" in page
    assert "/audit/export/" not in page


def test_paging_goes_through_every_row_once(owner, workspace, client_of):
    fill(workspace, owner, 120)
    client = client_of(owner)
    seen: list[str] = []
    following = address(workspace)
    while following:
        response = client.get(following)
        seen += shown(response)
        following = older(response)
    assert len(seen) == len(set(seen)) == 121


def test_the_next_page_swapped_in_equals_the_page_loaded(owner, workspace, client_of):
    fill(workspace, owner, 60)
    client = client_of(owner)
    first = client.get(address(workspace))
    following = older(first)
    page = Swapped(first)
    page.apply(client.get(following, headers=HTMX), trigger="#pager a[rel=next]")
    page.assert_same(client.get(following))


def test_a_filter_swapped_in_equals_the_page_loaded(owner, workspace, client_of):
    fill(workspace, owner, 3)
    client = client_of(owner)
    page = Swapped(client.get(address(workspace)))
    page.apply(client.get(address(workspace, "verb=signed_in"), headers=HTMX), trigger="form.filters")
    for option in page.tree.select("#id_verb option"):  # as the person has just chosen
        del option["selected"]
    page.tree.select_one("#id_verb option[value=signed_in]")["selected"] = ""
    page.assert_same(client.get(address(workspace, "verb=signed_in")))


def test_a_page_takes_two_queries_beyond_the_frame_at_any_size(owner, seller, workspace, client_of):
    client = client_of(owner)
    counts = []
    for number in (1, 150):
        fill(workspace, seller, number)
        with CaptureQueriesContext(connection) as caught:
            client.get(address(workspace))
        counts.append(len([one for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert counts[0] == counts[1] <= FRAME + 2


@pytest.mark.parametrize(
    ("given", "index"),
    [
        ({}, "audit_by_time"),
        ({"verb": "sign_in_failed"}, "audit_by_verb_time"),
        ({"actor": True}, "audit_by_actor_time"),
        ({"verb": "sign_in_failed", "actor": True}, "audit_by_both_time"),
        (
            {"since": timezone.now() - timedelta(days=9), "until": timezone.now() - timedelta(days=8)},
            "audit_by_time",
        ),
    ],
)
def test_each_way_of_narrowing_enters_by_its_index(given: Any, index: str, owner, seller, workspace):
    fill(workspace, seller, 400)
    fill(workspace, owner, 400, verb=Verb.SIGNED_OUT)
    fill(workspace, owner, 400)
    actor = {"actor_id": owner.user_id} if given.pop("actor", False) else {}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workspaces_auditentry")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    with scope(workspace):
        rows = AuditEntry.objects.filtered(**given, **actor).order_by("-created_at", "-pk")[:51]
        plan = rows.explain()
    assert index in plan, plan


def test_an_export_holds_what_was_narrowed_and_is_noted(owner, seller, workspace, client_of):
    fill(workspace, owner, 5)
    fill(workspace, seller, 7)
    data = {"verb": "signed_in", "person": str(seller.pk)}
    path = reverse("workspaces:audit_export", kwargs={"workspace_id": workspace.public_id})
    response = client_of(owner).post(path, data)
    with scope(workspace):
        job = Job.objects.get()
        assert response.headers["Location"].endswith(
            reverse("jobs:detail", kwargs={"workspace_id": workspace.public_id, "pk": job.pk})
        )
        noted = AuditEntry.objects.get(verb=Verb.AUDIT_EXPORTED)
        assert noted.changes["person"] == [None, "Sara Seller"]
    rows = exported(job)
    assert len(rows) == 1 + 7
    assert {row[1] for row in rows[1:]} == {"Sara Seller"}


def test_what_strangers_wrote_is_no_formula_in_the_export(owner, workspace, client_of):
    audit.record(workspace, verb=Verb.PERSON_INVITED, by=owner, target="=HYPERLINK(1)")
    path = reverse("workspaces:audit_export", kwargs={"workspace_id": workspace.public_id})
    client_of(owner).post(path, {"verb": "person_invited"})
    with scope(workspace):
        job = Job.objects.get()
    assert exported(job)[1][3] == "'=HYPERLINK(1)"


def test_an_export_of_thousands_of_rows_has_each_of_them_once(owner, workspace, client_of, monkeypatch):
    from workspaces.audit_log import export

    monkeypatch.setattr(export, "PAGE", 100)
    fill(workspace, owner, 1050)
    path = reverse("workspaces:audit_export", kwargs={"workspace_id": workspace.public_id})
    client_of(owner).post(path, {"verb": "signed_in"})
    with scope(workspace):
        job = Job.objects.get()
    rows = exported(job)
    assert len(rows) == 1051
    assert len({row[0] for row in rows}) == 1051


def test_a_seller_sees_the_log_only_when_granted_and_never_exports(seller, workspace, client_of):
    client = client_of(seller)
    assert client.get(address(workspace)).status_code == 403
    Membership.objects.filter(pk=seller.pk).update(tools=["workspaces.see_audit"])
    response = client.get(address(workspace))
    assert response.status_code == 200
    assert "/audit/export/" not in response.content.decode()
    path = reverse("workspaces:audit_export", kwargs={"workspace_id": workspace.public_id})
    assert client.post(path).status_code == 403


def exported(job: Job) -> list[list[str]]:
    """Let the job run as its worker would, and read its file."""
    with scope(job.workspace_id):
        running.deliver(Item.objects.get(kind="job", correlation=f"job-{job.pk}-{job.turns}"))
        job.refresh_from_db()
        assert job.state == "done", (job.state, job.message_code)
        content = b"".join(chunks(job)).decode("utf-8-sig")
    assert default_storage.exists(job.parts[0][0])
    return list(csv.reader(io.StringIO(content)))

"""What operators see and do, and that each act is noted."""

from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm import mail
from crm.feed.models import ParkedRow
from crm.mail import delivery
from crm.tenancy import scope
from crm.work.models import Item, Lane, State
from tests.swap import HTMX, Swapped
from workspaces.actions import operating
from workspaces.models import Act, AuditEntry, Membership, OperatorEntry, User, Verb, Workspace


@pytest.fixture
def client(operator: User, client_of: Any) -> Client:
    operator.language = "en"
    operator.save(update_fields=["language"])
    return client_of(operator)


def page(client: Client, name: str, query: str = "", **kwargs: Any) -> str:
    response = client.get(reverse(f"operator:{name}", kwargs=kwargs) + query)
    assert response.status_code == 200
    return response.content.decode()


def failed(kind: str = "mail", *, state: State = State.FAILED) -> Item:
    lane, _ = Lane.objects.get_or_create(kind=kind, key="installation")
    over = timezone.now() if state == State.FAILED else None
    number = Item.objects.count()
    return Item.objects.create(
        kind=kind, lane=lane, correlation=f"c{number}", state=state, error="No such mailbox", finished_at=over
    )


def acts() -> list[tuple[str, str]]:
    return list(OperatorEntry.objects.order_by("pk").values_list("act", "target"))


# Getting in


@pytest.mark.parametrize("name", ["overview", "log", "workspaces", "work", "feeds", "mails"])
def test_to_others_there_is_nothing_here(name: str, owner: Membership, client_of: Any):
    path = reverse(f"operator:{name}")
    assert client_of(owner).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_an_operator_who_is_no_member_enters_no_workspace(client: Client, workspace: Workspace):
    path = reverse("workspaces:home_of", kwargs={"workspace_id": workspace.public_id})
    assert client.get(path).status_code == 404


def test_one_who_is_no_operator_any_more_is_out_at_the_next_click(client: Client, operator: User):
    operating.set_operator(operator, by=None, operates=False)
    assert client.get(reverse("operator:overview")).status_code == 404


def test_without_a_second_factor_they_are_told(client: Client, operator: User):
    assert "You have no second step" in page(client, "overview")
    Authenticator.objects.create(user=operator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert "You have no second step" not in page(client, "overview")


# Overview


def test_the_overview_counts_without_telling_what_people_wrote(client: Client, owner: Membership):
    failed()
    shown = BeautifulSoup(page(client, "overview"), "html.parser").get_text(" ")
    assert "security_notices" in shown
    assert "mail" in shown
    assert owner.user.email not in shown


def test_the_overview_refreshes_itself_to_what_a_reload_shows(client: Client):
    path = reverse("operator:overview")
    shown = Swapped(client.get(path))
    failed()
    shown.apply(client.get(path, headers=HTMX), trigger="#overview")
    for tree in (shown.tree, (loaded := Swapped(client.get(path))).tree):
        for cell in tree.select("td.num"):
            if "." in cell.get_text():  # milliseconds of the readiness checks
                cell.string = ""
    assert shown.tree.select_one("#overview") == loaded.tree.select_one("#overview")


# Workspaces


def test_a_workspace_is_found_by_its_name_and_by_its_id(
    client: Client, workspace: Workspace, other_workspace: Workspace
):
    for query in ("?q=ventas", f"?q={workspace.public_id[:6].upper()}"):
        shown = page(client, "workspaces", query)
        assert workspace.public_id in shown
        assert other_workspace.public_id not in shown
    assert "No workspace is called that" in page(client, "workspaces", "?q=nowhere")
    assert "No workspace is called that" in page(client, "workspaces", "?q=%25")


def test_suspending_puts_everyone_out_with_the_reason_and_lifting_lets_them_in(
    client: Client, owner: Membership, client_of: Any
):
    public_id = owner.workspace.public_id
    home = reverse("workspaces:home_of", kwargs={"workspace_id": public_id})
    client.post(reverse("operator:suspension", kwargs={"public_id": public_id}), {"reason": "Unpaid"})
    refused = client_of(owner).get(home)
    assert refused.status_code == 403
    assert "Unpaid" in refused.content.decode()
    assert "Unpaid" in page(client, "workspace", public_id=public_id)
    client.post(reverse("operator:suspension_lifting", kwargs={"public_id": public_id}))
    assert client_of(owner).get(home).status_code == 200
    assert [act for act, _target in acts()] == [Act.WORKSPACE_SUSPENDED, Act.WORKSPACE_UNSUSPENDED]
    with scope(owner.workspace):
        row = AuditEntry.objects.get(verb=Verb.SUSPENDED)
    assert (row.origin, row.ip) == ("operator", None)


def test_a_reason_is_asked_for(client: Client, workspace: Workspace):
    response = client.post(
        reverse("operator:suspension", kwargs={"public_id": workspace.public_id}), {"reason": " "}
    )
    assert response.status_code == 422
    assert acts() == []


def test_suspending_twice_is_suspending_once(client: Client, workspace: Workspace):
    path = reverse("operator:suspension", kwargs={"public_id": workspace.public_id})
    client.post(path, {"reason": "a"})
    client.post(path, {"reason": "b"})
    workspace.refresh_from_db()
    assert workspace.suspended_reason == "a"
    assert len(acts()) == 1


# Work


def test_failed_work_is_tried_again(client: Client):
    item = failed()
    assert "No such mailbox" in page(client, "work")
    client.post(reverse("operator:retrial", kwargs={"pk": item.pk}))
    item.refresh_from_db()
    assert item.state == State.RETRY
    assert acts() == [(Act.WORK_RETRIED, "mail")]


def test_unknown_work_is_discarded(client: Client):
    item = failed(state=State.UNKNOWN)
    client.post(reverse("operator:discarding", kwargs={"pk": item.pk}))
    item.refresh_from_db()
    assert item.state == State.DISCARDED
    assert acts() == [(Act.WORK_DISCARDED, "mail")]


def test_what_was_decided_meanwhile_is_not_decided_again(client: Client):
    item = failed()
    path = reverse("operator:retrial", kwargs={"pk": item.pk})
    client.post(path)
    Item.objects.filter(pk=item.pk).update(state=State.SENT, finished_at=timezone.now())
    client.post(path)
    item.refresh_from_db()
    assert item.state == State.SENT
    assert len(acts()) == 1


def test_all_of_one_kind_and_only_of_that_is_tried_again(client: Client):
    mails, jobs = [failed() for _ in range(3)], failed("job")
    client.post(reverse("operator:retrial_of_all"), {"kind": "mail", "state": "failed"})
    assert set(Item.objects.filter(pk__in=[one.pk for one in mails]).values_list("state", flat=True)) == {
        "retry"
    }
    jobs.refresh_from_db()
    assert jobs.state == State.FAILED
    [entry] = OperatorEntry.objects.all()
    assert entry.details["rows"] == 3


def test_without_a_kind_nothing_is_discarded(client: Client):
    item = failed()
    client.post(reverse("operator:discarding_of_all"), {})
    item.refresh_from_db()
    assert item.state == State.FAILED


def test_a_lane_that_was_asked_to_wait_goes_on(client: Client):
    lane = Lane.objects.create(kind="mail", key="slow", paused_at=timezone.now())
    assert "mail/slow" in page(client, "work")
    client.post(reverse("operator:lane_resumption", kwargs={"pk": lane.pk}))
    lane.refresh_from_db()
    assert lane.paused_at is None
    assert acts() == [(Act.LANE_RESUMED, "mail/slow")]


# Feeds


def parked(attempts: int = 5) -> ParkedRow:
    return ParkedRow.objects.create(
        consumer="security_notices",
        subject_key="1",
        xid=1,
        row_id=1,
        attempts=attempts,
        error="KeyError in handle:1",
    )


def test_a_parked_row_is_replayed(client: Client):
    row = parked()
    assert "KeyError in handle:1" in page(client, "feeds")
    client.post(reverse("operator:replay", kwargs={"pk": row.pk}))
    row.refresh_from_db()
    assert row.attempts == 1
    assert [act for act, _target in acts()] == [Act.ROWS_REPLAYED]


def test_a_parked_row_is_discarded_and_one_that_waits_is_not(client: Client):
    row, waiting = (
        parked(),
        ParkedRow.objects.create(consumer="security_notices", subject_key="1", xid=1, row_id=2),
    )
    client.post(reverse("operator:row_discarding", kwargs={"pk": row.pk}))
    assert client.post(reverse("operator:row_discarding", kwargs={"pk": waiting.pk})).status_code == 404
    assert list(ParkedRow.objects.all()) == [waiting]
    assert [act for act, _target in acts()] == [Act.ROW_DISCARDED]


# Mail


def test_mail_is_seen_from_the_outside_only(client: Client):
    mail.notice(to="a@example.com", language="en", title="A subject", paragraphs=["The secret of the body"])
    mail.notice(to="b@example.com", language="en", title="Another", paragraphs=["x"])
    shown = page(client, "mails")
    assert "a@example.com" in shown
    assert "A subject" in shown
    assert "secret of the body" not in shown
    assert "b@example.com" not in page(client, "mails", "?to=A@example.com")


def test_the_demo_reads_its_mail(settings: Any, tmp_path: Path, db: None):
    settings.DEMO = True
    settings.EMAIL_TRANSPORT_URL = f"file://{tmp_path}"
    mail.notice(
        to="a@example.com",
        language="en",
        title="Hello",
        paragraphs=["Body"],
        action=("Go", "https://example.com/x"),
    )
    delivery.deliver(Item.objects.get(kind="mail"))
    listed = Client().get(reverse("operator:demo_letters"))
    link = BeautifulSoup(listed.content, "html.parser").select_one(".letter-row")
    assert link
    letter = Client().get(link["href"]).content.decode()
    assert "Body" in letter
    assert 'href="https://example.com/x"' in letter


@pytest.mark.parametrize(
    ("changed", "headers"),
    [
        ({"DEMO": False}, {}),
        ({"EMAIL_TRANSPORT_URL": "smtp://mail.example.com:587/"}, {}),
        ({"TRUSTED_PROXIES": 1}, {}),
        ({}, {"X-Forwarded-For": "127.0.0.1"}),
        ({}, {"REMOTE_ADDR": "10.0.0.7"}),
    ],
)
def test_nobody_else_reads_mail(
    changed: dict[str, Any], headers: dict[str, str], settings: Any, tmp_path: Path, db: None
):
    settings.DEMO = True
    settings.EMAIL_TRANSPORT_URL = f"file://{tmp_path}"
    for name, value in changed.items():
        setattr(settings, name, value)
    extra = {"REMOTE_ADDR": headers.pop("REMOTE_ADDR")} if "REMOTE_ADDR" in headers else {}
    for path in (reverse("operator:demo_letters"), reverse("operator:demo_letter", kwargs={"uid": "0" * 32})):
        assert Client(**extra).get(path, headers=headers).status_code == 404


# Log


def test_the_log_tells_who_did_what_from_where(client: Client, workspace: Workspace):
    client.post(
        reverse("operator:suspension", kwargs={"public_id": workspace.public_id}), {"reason": "Unpaid"}
    )
    shown = page(client, "log")
    assert "Olivia Operator" in shown
    assert "Suspended a workspace" in shown
    assert "127.0.0.1" in shown


def test_who_is_no_operator_can_do_nothing_even_past_the_pages(owner: Membership):
    for act in (
        lambda: operating.suspend(owner.workspace, by=owner.user, reason="x"),
        lambda: operating.retry([], by=owner.user),
        lambda: operating.discard([], by=owner.user),
    ):
        with pytest.raises(PermissionDenied):
            act()

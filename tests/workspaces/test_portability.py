"""A whole workspace taken along, and a whole workspace gone."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crm import jobs, mail
from crm.feed.models import ParkedRow
from crm.jobs import running
from crm.jobs.models import Job
from crm.jobs.results import chunks
from crm.tenancy import scope
from crm.work.models import Item, State
from tests.cast import just_signed_in, member
from workspaces import portability
from workspaces.accounts import actions as accounts
from workspaces.actions import hours, invitations, memberships, teams, workspaces
from workspaces.models import (
    Act,
    AuditEntry,
    Invitation,
    Membership,
    OperatorEntry,
    Role,
    Team,
    Verb,
    Workspace,
)
from workspaces.models.workspace import DELETION_GRACE
from workspaces.portability import archive, deletion, export, registry


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def fill(owner: Membership) -> None:
    """Something of everything that this floor and the ones below have."""
    workspace = owner.workspace
    domain = f"{workspace.public_id}.example.com"
    seller = member(workspace, Role.SELLER, "Sol", f"sol@{domain}")
    with scope(workspace):
        team = teams.create(by=owner, name="North", colour="teal", people=[seller])
        memberships.change_access(
            seller,
            by=owner,
            tools_held=["workspaces.see_people"],
            switches={},
            granted={"workspaces.supervise_team": {team.pk}},
        )
        hours.add_holiday(by=owner, day=timezone.localdate(), name="Today")
        invitations.invite(by=owner, email=f"new@{domain}", role=Role.SELLER)
        job = jobs.start("audit_export", by=owner)
        default_storage.save(f"{job.folder}/00001-00000", ContentFile(b"rows"))
    ParkedRow.objects.create(
        consumer="security_notices", subject_key=str(workspace.pk), xid=1, row_id=1, workspace_id=workspace.pk
    )
    accounts.set_picture(seller.user, ContentFile(b"RIFF", name="0123abcd.webp"))


def turn(job: Job) -> Job:
    """One turn of the job's worker."""
    with scope(job.workspace_id):
        running.deliver(Item.objects.get(kind="job", correlation=f"job-{job.pk}-{job.turns}"))
        job.refresh_from_db()
    return job


def unpacked(job: Job) -> zipfile.ZipFile:
    with scope(job.workspace_id):
        assert job.state == "done", (job.state, job.message_code)
        return zipfile.ZipFile(io.BytesIO(b"".join(chunks(job))))


def lines(file: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read(name).splitlines()]


# Taking it along


def test_the_owner_gets_everything_as_json_lines_and_media(owner, workspace):
    fill(owner)
    path = reverse("workspaces:export", kwargs={"workspace_id": workspace.public_id})
    just_signed_in(owner).post(path)
    with scope(workspace):
        job = turn(Job.objects.get(kind="workspace_export"))
        assert AuditEntry.objects.filter(verb=Verb.WORKSPACE_EXPORTED).count() == 1
    file = unpacked(job)
    assert file.testzip() is None
    assert {person["name"] for person in lines(file, "people.jsonl")} == {"Olga Owner", "Sol"}
    assert [team["name"] for team in lines(file, "teams.jsonl")] == ["North"]
    assert [grant["grant"] for grant in lines(file, "grants.jsonl")] == ["supervise_team"]
    assert len(lines(file, "hours.jsonl")) == 5
    assert len(lines(file, "holidays.jsonl")) == 1
    assert "token" not in json.dumps(lines(file, "invitations.jsonl"))
    assert len(lines(file, "audit.jsonl")) >= 5
    assert [name for name in file.namelist() if name.startswith("media/people/")] != []
    manifest = json.loads(file.read("manifest.json"))
    assert manifest["workspace"]["id"] == workspace.public_id
    assert manifest["rows"]["people"] == 2


def test_nothing_of_another_workspace_is_in_it(owner, outsider, workspace):
    fill(owner)
    fill(outsider)
    with scope(workspace):
        job = jobs.start("workspace_export", by=owner)
    file = unpacked(turn(job))
    content = b"".join(file.read(name) for name in file.namelist())
    assert outsider.workspace.public_id.encode() not in content
    assert b"Oscar" not in content


def test_only_the_owner_may_ask_for_it(owner, admin, workspace, client_of):
    path = reverse("workspaces:export", kwargs={"workspace_id": workspace.public_id})
    assert client_of(admin).post(path).status_code == 403


def test_an_export_in_many_turns_is_one_sound_archive(owner, workspace, monkeypatch):
    """Every file is cut into several, and every part ends a turn, as if the worker had been killed in between."""
    fill(owner)
    monkeypatch.setattr(export, "PART", 300)
    monkeypatch.setattr(jobs.Progress, "is_turn_over", property(lambda progress: True))
    with scope(workspace):
        job = jobs.start("workspace_export", by=owner)
        for section in portability.sections():
            monkeypatch.setitem(registry._sections, section.name, one_at_a_time(section))
    turns = 0
    while turn(job).is_open:
        turns += 1
    assert turns > 10
    file = unpacked(job)
    assert file.testzip() is None
    audit = [name for name in file.namelist() if name.startswith("audit")]
    assert len(audit) > 2
    ids = [row["id"] for name in audit for row in lines(file, name)]
    with scope(workspace):
        assert ids == list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert json.loads(file.read("manifest.json"))["rows"]["audit"] == len(ids)


def one_at_a_time(section: portability.Section) -> portability.Section:
    def page(workspace: Workspace, after: Any) -> Any:
        rows, _end = section.page(workspace, after)
        return rows[:1], rows[0]["id"] if rows else after

    return portability.Section(section.name, page, section.count)


def test_an_archive_goes_on_where_the_last_part_ended(tmp_path):
    first, second = io.BytesIO(), io.BytesIO()
    part = archive.Part(first, 0, [])
    with part.entry("a.txt") as file:
        file.write(b"one")
    told = json.loads(json.dumps(part.directory()))
    last = archive.Part(second, len(first.getvalue()), told)
    with last.entry("b.bin", compressed=False) as file:
        file.write(b"two")
    last.end()
    whole = zipfile.ZipFile(io.BytesIO(first.getvalue() + second.getvalue()))
    assert {name: whole.read(name) for name in whole.namelist()} == {"a.txt": b"one", "b.bin": b"two"}


# Gone


def deletion_of(owner: Membership, *, ago: timedelta = DELETION_GRACE + timedelta(minutes=1)) -> Workspace:
    """Asked for, `ago`."""
    workspaces.request_deletion(owner.workspace, by=owner)
    Workspace.objects.filter(pk=owner.workspace_id).update(deletion_requested_at=timezone.now() - ago)
    return Workspace.objects.get(pk=owner.workspace_id)


def run_steps() -> None:
    """Let the worker do all that is enqueued."""
    while item := Item.objects.filter(kind="workspace_deletion", state=State.QUEUED).order_by("pk").first():
        deletion.deliver(item)
        Item.objects.filter(pk=item.pk).update(state=State.SENT, finished_at=timezone.now())


def rows_of(workspace_id: int) -> dict[str, int]:
    """How many rows each table has of a workspace, as PostgreSQL itself knows the tables."""
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'workspace_id' AND table_schema = current_schema()"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE workspace_id = %s', [workspace_id])
            counts[table] = cursor.fetchone()[0]
    return counts


def files_of(workspace_id: int) -> list[str]:
    folder = f"jobs/{workspace_id}"
    if not default_storage.exists(folder):
        return []
    folders = default_storage.listdir(folder)[0]
    return [name for sub in folders for name in default_storage.listdir(f"{folder}/{sub}")[1]]


def test_after_the_deletion_nothing_of_it_is_left_and_the_other_is_untouched(owner, outsider):
    fill(owner)
    fill(outsider)
    gone, stays = owner.workspace_id, outsider.workspace_id
    before = rows_of(stays)
    deletion_of(owner)
    assert files_of(gone) != []
    assert deletion.sweep() == 1
    run_steps()
    assert not Workspace.objects.filter(pk=gone).exists()
    assert {table: count for table, count in rows_of(gone).items() if count} == {}
    assert deletion.leftovers(gone) == []
    assert files_of(gone) == []
    assert rows_of(stays) == before
    assert files_of(stays) != []


def test_the_operators_log_tells_of_it(owner):
    deletion_of(owner)
    deletion.sweep()
    run_steps()
    acts = OperatorEntry.objects.order_by("pk").values_list("act", "target")
    assert [act for act, _target in acts] == [Act.DELETION_BEGUN, Act.WORKSPACE_DELETED]
    assert all(owner.workspace.public_id in target for _act, target in acts)


def test_nothing_happens_before_the_days_of_grace_are_over(owner):
    deletion_of(owner, ago=DELETION_GRACE - timedelta(hours=1))
    assert deletion.sweep() == 0
    assert not Item.objects.filter(kind="workspace_deletion").exists()


def test_the_owner_can_call_it_off_until_it_begins(owner, client_of):
    doomed = deletion_of(owner)
    deletion.sweep()
    path = reverse("workspaces:deletion_cancelling", kwargs={"public_id": doomed.public_id})
    client_of(owner).post(path)
    run_steps()
    assert Workspace.objects.get(pk=doomed.pk).deletion_begun_at is None


def test_once_begun_there_is_no_way_back(owner, client_of):
    doomed = deletion_of(owner)
    Workspace.objects.filter(pk=doomed.pk).update(deletion_begun_at=timezone.now())
    path = reverse("workspaces:deletion_cancelling", kwargs={"public_id": doomed.public_id})
    assert client_of(owner).post(path).status_code == 404
    workspaces.cancel_deletion(doomed, by=owner)
    assert Workspace.objects.get(pk=doomed.pk).is_being_deleted


def test_sweeping_twice_deletes_once(owner):
    deletion_of(owner)
    deletion.sweep()
    deletion.sweep()
    assert Item.objects.filter(kind="workspace_deletion").count() == 1


def test_a_step_that_runs_out_of_time_leads_to_the_next(owner, monkeypatch):
    fill(owner)
    deletion_of(owner)
    monkeypatch.setattr(deletion, "STEP", -1.0)
    monkeypatch.setattr(deletion, "BATCH", 2)
    deletion.sweep()
    run_steps()
    assert Item.objects.filter(kind="workspace_deletion").count() > 5
    assert not Workspace.objects.filter(pk=owner.workspace_id).exists()


def test_a_killed_step_is_simply_done_again(owner, monkeypatch):
    fill(owner)
    doomed = deletion_of(owner)
    deletion.sweep()
    item = Item.objects.get(kind="workspace_deletion")
    with monkeypatch.context() as killed:
        killed.setattr(deletion, "_finish", lambda workspace: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deletion.deliver(item)
    assert Membership.objects.filter(workspace=doomed).exists()
    deletion.deliver(item)
    assert not Workspace.objects.filter(pk=doomed.pk).exists()


def test_what_an_app_forgot_to_remove_stops_the_deletion(owner, monkeypatch):
    """Mail outside tenancy, without its remover: the workspace stays, and the work fails where operators see it."""
    doomed = deletion_of(owner)
    mail.notice(to="a@example.com", language="en", title="x", paragraphs=["y"], workspace=doomed)
    monkeypatch.delitem(registry._removers, "mails")
    deletion.sweep()
    item = Item.objects.get(kind="workspace_deletion")
    with pytest.raises(deletion.RowsRemainError, match=r"mail\.Message"):
        deletion.deliver(item)
    assert Workspace.objects.filter(pk=doomed.pk).exists()
    assert Membership.objects.filter(workspace=doomed).exists()


def test_children_go_before_their_parents():
    order = deletion._children_first()
    for model in order:
        for parent in deletion._parents(model):
            if parent in order and parent is not model:
                assert order.index(model) < order.index(parent)
    assert Team in order
    assert Invitation not in order


def test_the_proof_looks_at_every_table_that_has_a_workspace():
    looked_at = {model._meta.db_table for model in deletion._models_with_workspace()}
    assert looked_at >= {
        model._meta.db_table for model in apps.get_models() if hasattr(model, "workspace_id")
    }
    assert {"work_item", "mail_message", "feed_parkedrow"} <= looked_at


def test_nobody_gets_in_meanwhile(owner, admin, client_of):
    deletion_of(owner, ago=timedelta(hours=1))
    path = reverse("workspaces:home_of", kwargs={"workspace_id": owner.workspace.public_id})
    assert client_of(admin).get(path).status_code == 404
    assert client_of(owner).get(path).status_code == 404


def test_people_keep_their_accounts(owner, seller):
    deletion_of(owner)
    deletion.sweep()
    run_steps()
    seller.user.refresh_from_db()
    assert seller.user.is_active


def test_work_under_way_is_waited_for(owner):
    """A mail that a worker has in its hands is not torn away; the deletion fails and is tried again."""
    doomed = deletion_of(owner)
    mail.notice(to="a@example.com", language="en", title="x", paragraphs=["y"], workspace=doomed)
    claimed = Item.objects.filter(kind="mail", workspace_id=doomed.pk)
    claimed.update(
        state=State.CLAIMED, claim="00000000-0000-0000-0000-000000000000", lease_until=timezone.now()
    )
    deletion.sweep()
    item = Item.objects.get(kind="workspace_deletion")
    with pytest.raises(deletion.RowsRemainError):
        deletion.deliver(item)
    claimed.update(state=State.SENT, claim=None, lease_until=None, finished_at=timezone.now())
    deletion.deliver(item)
    assert not Workspace.objects.filter(pk=doomed.pk).exists()

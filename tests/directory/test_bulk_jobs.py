"""Acts on many leads that are jobs: batches, a worker that dies, two at once, calling off, forgetting."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from crm import jobs, nudge
from crm.jobs import progress as jobs_progress
from crm.jobs.abreast import Place
from crm.jobs.models import Job, State
from crm.tenancy import scope
from crm.work import runs, sweeps
from crm.work.models import Item
from directory import tallies
from directory.actions import bulk, erasure, placements
from directory.bulk import acts, running, sweeping
from directory.bulk.batch import Batch
from directory.models import BulkAct, BulkBatch, BulkRow, Event, Lead, LeadTag, Placement
from directory.models.bulk import KEPT
from directory.selection import Selection
from tests.directory import house
from tests.directory.bulk import assign, do, many, numbers
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership


@pytest.fixture
def work_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What the worker `bulk` does, until there is nothing left."""
    monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: True)

    def run() -> None:
        while runs.run("bulk"):
            pass

    return run


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of 100, so that a few hundred leads are several."""
    for act in acts.all_acts():
        if not act.is_final:
            monkeypatch.setattr(type(act), "size", 100)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_changes_what_its_filter_asks_skips_and_repeats_nothing(
    owner: Membership, work_off: Callable[[], None]
) -> None:
    with scope(owner.workspace):
        ids = many(owner.workspace, 250, status="urgent")
        act = do("status", Selection(filter="status:urgent"), by=owner, status="done")
        placements.set_status(ids[0], by=owner, status="done")  # by somebody, before it came to it
        many(owner.workspace, 1, status="urgent")
        assert (act.is_open, act.total) == (True, 250)
        with pytest.raises(Refused, match="still under way"):
            bulk.undo(act, by=owner)
    work_off()
    with scope(owner.workspace):
        assert numbers(act) == {"changed": 249, "already": 1}
        assert Placement.objects.filter(status="urgent").count() == 1, "who came later was not chosen"
        assert Event.objects.filter(facts__bulk=act.pk).values("lead").distinct().count() == 249
        job = Job.objects.get()
        assert (job.state, job.done, job.total) == (State.DONE, 250, 250)
        assert job.message == "249 were changed; 1 already so."
        bulk.undo(act, by=owner)
    work_off()
    with scope(owner.workspace):
        act.refresh_from_db()
        assert (act.undone, act.left, act.undo_ended_at is None) == (249, {}, False)
        assert Placement.objects.filter(status="urgent").count() == 250
        assert tallies.drift(owner.workspace_id) == {}
        with pytest.raises(Refused, match="undone already"):
            bulk.undo(act, by=owner)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_lost_in_the_middle_loses_and_doubles_nothing(
    owner: Membership, seller: Membership, work_off: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker stops without a word inside its second batch; a second one takes up; then the first comes back,
    and may write nothing any more."""
    real, calls = running._perform, []

    def perform(pk: int, place: Place[BulkBatch], *, by: Membership) -> None:
        real(pk, place, by=by)
        calls.append(place.work.number)
        if len(calls) == 2:
            raise KeyboardInterrupt  # what no handler of the worker's takes

    monkeypatch.setattr(running, "_perform", perform)
    with scope(owner.workspace):
        many(owner.workspace, 350)
        act = assign(Selection(), seller, by=owner)
        stopped = Job.objects.get()
    with pytest.raises(KeyboardInterrupt):
        work_off()
    with scope(owner.workspace):
        stopped = Job.objects.get()
        assert (stopped.state, stopped.done) == (State.RUNNING, 100), "the second batch was rolled back"
    Item.objects.filter(kind="job", state="claimed").update(lease_until=Now())
    sweeps.end_expired_leases()
    Item.objects.filter(kind="job", state="retry").update(due_at=Now())
    work_off()
    with scope(owner.workspace):
        assert numbers(act) == {"changed": 350}
        assert calls == [1, 2, 2, 3, 4]
        assert Event.objects.filter(verb="lead.assigned").count() == 350
        assert BulkRow.objects.count() == 350
        late = jobs_progress.Progress(stopped, jobs.kinds.get(stopped.kind))
        with pytest.raises(jobs_progress.SupersededError), late.batch():
            pytest.fail("a worker that was thought dead writes")


@pytest.mark.django_db(transaction=True)
def test_two_acts_on_the_same_leads_at_once_both_end_exactly(
    owner: Membership, seller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: True)
    monkeypatch.setattr(bulk, "AT_ONCE", 10_000)
    with scope(owner.workspace):
        many(owner.workspace, 600)
        vip = house.tag(owner.workspace)
    failed: list[BaseException] = []

    def act(kind: str, params: dict[str, Any]) -> None:
        try:
            with scope(owner.workspace):
                by = Membership.objects.select_related("user", "workspace").get(pk=owner.pk)
                do(kind, Selection(), by=by, **params)
        except BaseException as error:  # noqa: BLE001 (told below)
            failed.append(error)
        finally:
            connection.close()

    asked = [
        ("assign", {"people": [seller.pk], "names": ["Sara"]}),
        ("assign", {"people": [owner.pk], "names": ["Olga"]}),
        ("status", {"status": "urgent"}),
        ("tag", {"tags": {str(vip.pk): "vip"}}),
    ]
    threads = [threading.Thread(target=act, args=one) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    with scope(owner.workspace):
        assert [one.changed for one in BulkAct.objects.all()] == [600] * 4
        assert LeadTag.objects.count() == Placement.objects.filter(status="urgent").count() == 600
        assert Placement.objects.values("assignee").distinct().count() == 1, "one of them came last, to all"
        assert Event.objects.filter(verb="lead.assigned").count() == 1200
        assert tallies.drift(owner.workspace_id) == {}


@pytest.mark.django_db(transaction=True)
def test_called_off_what_was_done_stays_and_can_be_undone(
    owner: Membership, seller: Membership, work_off: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When its first batch is committed; the second is written by then, and waits for its turn."""
    real = jobs_progress.Progress._tell

    def then(progress: jobs_progress.Progress) -> None:
        real(progress)
        if progress.job.done == 100:
            jobs.cancel(Job.objects.get())

    monkeypatch.setattr(jobs_progress.Progress, "_tell", then)
    with scope(owner.workspace):
        many(owner.workspace, 300)
        act = assign(Selection(), seller, by=owner)
    work_off()
    with scope(owner.workspace):
        act.refresh_from_db()
        assert (act.changed, act.is_open, act.can_be_undone) == (100, True, True)
    assert sweeping.settle_ended() == 1
    with scope(owner.workspace):
        act.refresh_from_db()
        assert (act.untouched, act.can_be_undone) == (200, True)
        assert not BulkBatch.objects.exists()
        assert bulk.undo(act, by=owner).undone == 100


@pytest.mark.django_db(transaction=True)
def test_it_ends_where_its_asker_may_no_more(
    owner: Membership, seller: Membership, work_off: Callable[[], None]
) -> None:
    with scope(owner.workspace):
        many(owner.workspace, 250, assignee=seller)
        act = do("archive", Selection(), by=seller)
        Membership.objects.filter(pk=seller.pk).update(deactivated_at=timezone.now())
    work_off()
    with scope(owner.workspace):
        job = Job.objects.get()
        assert (job.state, job.message) == (State.FAILED, "Who asked for it is not active here any more.")
        act.refresh_from_db()
        assert (act.changed, act.is_open, act.untouched) == (0, False, 250)


@pytest.mark.django_db(transaction=True)
def test_many_are_deleted_in_the_background(owner: Membership, work_off: Callable[[], None]) -> None:
    with scope(owner.workspace):
        ids = many(owner.workspace, 5)
        kept = house.lead(owner.workspace, name="Kept")
        earlier = do("status", ids, by=owner, status="urgent")
        act = do("delete", ids, by=owner, typed=5)
    work_off()
    with scope(owner.workspace):
        assert numbers(act) == {"changed": 5}
        assert list(Lead.objects.all()) == [kept]
        assert not BulkRow.objects.exists(), "what earlier acts kept of them goes with them"
        with pytest.raises(Refused, match="can't be undone"):
            bulk.undo(act, by=owner)
        assert bulk.undo(earlier, by=owner).undone == 0
        assert AuditEntry.objects.filter(verb="lead_erased").count() == 5


def test_what_cannot_be_deleted_is_told_and_the_rest_of_its_batch_goes(
    owner: Membership, work_off: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in the midst of a merge, and one that another person deletes after it was looked at."""
    with scope(owner.workspace):
        ids = many(owner.workspace, 9)
        Lead.objects.filter(pk=ids[3]).update(merging_since=timezone.now())
        act = do("delete", ids, by=owner, typed=9)
    real = running.look

    def look(*args: Any, **kwargs: Any) -> Any:
        rows = real(*args, **kwargs)
        erasure.begin([ids[7]], by=owner)
        return rows

    monkeypatch.setattr(running, "look", look)
    work_off()
    with scope(owner.workspace):
        assert numbers(act) == {"changed": 7, "merging": 1, "gone": 1}
        assert [lead.pk for lead in Lead.objects.all()] == [ids[3]]
        assert [row.lead_id for row in BulkRow.objects.filter(act=act, refused="merging")] == [ids[3]]


def test_after_thirty_days_it_is_forgotten(owner: Membership) -> None:
    with scope(owner.workspace):
        old, new = (do("archive", many(owner.workspace, 2), by=owner) for _ in range(2))
        BulkAct.objects.filter(pk=old.pk).update(created_at=timezone.now() - KEPT)
        with pytest.raises(Refused, match="too long ago"):
            bulk.undo(old, by=owner)
    assert sweeping.forget_old() == 1
    with scope(owner.workspace):
        assert list(BulkAct.objects.all()) == [new]
        assert BulkRow.objects.count() == 2


def test_more_than_a_thousand_leave_a_row_in_the_audit_log(owner: Membership) -> None:
    with scope(owner.workspace):
        do("archive", many(owner.workspace, 5), by=owner)
        assert not AuditEntry.objects.filter(verb="leads_changed").exists()
        do("archive", Selection(leads=tuple(many(owner.workspace, 1001))), by=owner)
        [entry] = AuditEntry.objects.filter(verb="leads_changed")
        assert (entry.actor, entry.target, entry.changes) == (
            owner.user,
            "Archive",
            {"leads": [None, "1,001"]},
        )


@pytest.mark.django_db(transaction=True)
def test_batches_are_written_two_at_a_time_and_shared_out_as_one_by_one(
    owner: Membership,
    admin: Membership,
    seller: Membership,
    work_off: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first is held back until the second is decided: to whom the next lead goes is known all the same."""
    real, second = Batch._update, threading.Event()
    began: list[int] = []

    def update(batch: Batch, changes: Any) -> None:
        began.append(batch.rows[0].lead)
        if len(began) == 1:
            assert second.wait(60), "the second batch waits for the first"
        else:
            second.set()
        real(batch, changes)

    monkeypatch.setattr(Batch, "_update", update)
    with scope(owner.workspace):
        many(owner.workspace, 450)
        people = [owner.pk, admin.pk, seller.pk]
        act = do("assign", Selection(), by=owner, people=people, names=[])
    work_off()
    with scope(owner.workspace):
        assert numbers(act) == {"changed": 450}
        act.refresh_from_db()
        assert act.given == {str(pk): 150 for pk in people}
        shares = Placement.objects.order_by("pk").values_list("assignee_id", flat=True)
        assert all(len(set(shares[place : place + 3])) == 3 for place in range(0, 450, 3))
        assert tallies.drift(owner.workspace_id) == {}
        assert bulk.undo(act, by=owner).job is not None
    work_off()
    with scope(owner.workspace):
        act.refresh_from_db()
        assert act.undone == 450
        assert not Placement.objects.exclude(assignee=None).exists()

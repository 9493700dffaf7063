"""Jobs from asking to the end, in this process."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from crm import jobs
from crm.jobs import JobError, results, running
from crm.jobs.models import Job, State
from crm.jobs.progress import Progress, SupersededError
from crm.tenancy import scope
from crm.work.models import Item
from workspaces.models import Team
from workspaces.permissions import WorkspacePermission

pytestmark = pytest.mark.django_db


def start(kind, by, **params):
    with scope(by.workspace):
        return jobs.start(kind, by=by, params=params)


def content(job):
    return b"".join(results.chunks(job)).decode("utf-8-sig")


def test_a_job_waits_runs_and_has_its_file(seller, work_off, again):
    job = start("test.rows", seller, rows=250)
    assert again(job).state == State.QUEUED
    work_off()
    job = again(job)
    assert (job.state, job.done, job.total, job.percent) == (State.DONE, 250, 250, 100)
    rows = list(csv.reader(io.StringIO(content(job))))
    assert rows[0] == ["number", "words"]
    assert [int(row[0]) for row in rows[1:]] == list(range(250))
    assert job.expires_at > timezone.now() + timedelta(days=6)


def test_a_long_job_makes_room_for_others_and_goes_on(seller, work_off, again):
    job = start("test.rows", seller, rows=1000, pause=0.1)
    work_off()
    job = again(job)
    assert job.state == State.DONE
    assert job.turns >= 2
    assert len(job.parts) >= 2
    assert Item.objects.filter(kind="job").count() == job.turns + 1
    assert len(content(job).splitlines()) == 1001


def test_a_batch_that_fails_leaves_nothing_and_is_done_again(seller, workspace, work_off, again):
    job = start("test.teams", seller, teams=20, fail_at=10)
    work_off()
    job = again(job)
    assert (job.state, job.done, job.attempt) == (State.DONE, 20, 2)
    with scope(workspace):
        assert Team.objects.count() == 20


def test_an_error_of_the_kind_ends_the_job_with_words_in_the_readers_language(
    seller, register, work_off, again
):
    def run(job, progress):
        raise JobError("full", place="box 7")

    register(
        "test.full", run, messages={"full": lambda place: translation.gettext("Yes") + f": {place} is full"}
    )
    job = start("test.full", seller)
    work_off()
    job = again(job)
    assert job.state == State.FAILED
    with translation.override("en"):
        assert job.message == "Yes: box 7 is full"
    with translation.override("es"):
        assert job.message == "Sí: box 7 is full"
    assert Item.objects.get(kind="job").attempts == 1


def test_what_fails_again_and_again_ends_with_advice(seller, register, work_off, again):
    def run(job, progress):
        raise ZeroDivisionError

    register("test.broken", run)
    job = start("test.broken", seller)
    work_off()
    job = again(job)
    assert (job.state, job.message_code, job.attempt) == (State.FAILED, "error", 5)
    with translation.override("en"):
        assert "Try again" in job.message


def test_a_cancelled_job_stops_at_its_next_word_and_leaves_no_file(
    seller, workspace, register, work_off, again, storage
):
    def run(job, progress):
        def page(after):
            if after == 300:
                assert jobs.cancel(Job.objects.get(pk=job.pk))
            first = after or 0
            return [[number] for number in range(first, first + 100)], first + 100

        jobs.write_csv(job, progress, name="x.csv", header=["n"], page=page)

    register("test.endless", run, turn=timedelta(0))
    job = start("test.endless", seller)
    work_off()
    job = again(job)
    assert job.state == State.CANCELLED
    assert storage.listdir(job.folder)[1]
    assert results.sweep()["expired"] == 1
    assert storage.listdir(job.folder)[1] == []
    assert again(job).parts == []


def test_a_cancelled_job_that_waited_never_runs(seller, workspace, work_off, again):
    job = start("test.teams", seller, teams=5)
    with scope(workspace):
        assert jobs.cancel(job)
        assert not jobs.cancel(job)
    work_off()
    with scope(workspace):
        assert Team.objects.count() == 0
    assert again(job).state == State.CANCELLED


def test_a_worker_that_was_thought_dead_writes_nothing_more(seller, workspace):
    job = start("test.teams", seller, teams=5)
    with scope(workspace):
        first = running._take_up(job.pk)
        second = running._take_up(job.pk)
        progress = Progress(first, jobs.kinds.get("test.teams"))
        with pytest.raises(SupersededError), progress.batch(advance=5):
            Team.objects.create(name="ghost")
        assert not Team.objects.exists()
        with Progress(second, jobs.kinds.get("test.teams")).batch(advance=5):
            Team.objects.create(name="real")
        running._finish(first, State.DONE)
        assert Job.objects.get(pk=job.pk).state == State.RUNNING


def test_the_count_is_written_at_most_twice_a_second(seller, workspace, django_assert_max_num_queries):
    job = start("test.teams", seller, teams=5)
    with scope(workspace):
        progress = Progress(running._take_up(job.pk), jobs.kinds.get("test.teams"))
        with django_assert_max_num_queries(2):
            for _ in range(1000):
                progress.advance()


def test_without_the_permission_nobody_starts_it(seller, admin, register):
    register("test.guarded", lambda job, progress: None, permission=WorkspacePermission.EXPORT_AUDIT)
    with pytest.raises(PermissionDenied):
        start("test.guarded", seller)
    assert start("test.guarded", admin).pk


def test_a_kind_that_nobody_registered_is_refused(seller):
    with pytest.raises(LookupError):
        start("test.nothing", seller)


def test_who_leaves_has_nothing_running_any_more(seller, workspace, again, no_broker):
    job = start("test.rows", seller, rows=10)
    with scope(workspace):
        assert jobs.cancel_of(seller.user_id) == 1
    assert again(job).state == State.CANCELLED


def test_the_sweep_deletes_what_expired_and_ends_what_was_lost(seller, workspace, work_off, again, storage):
    done, lost, waiting = (start("test.rows", seller, rows=10) for _ in range(3))
    Item.objects.filter(correlation=f"job-{lost.pk}-0").delete()
    Item.objects.filter(correlation=f"job-{waiting.pk}-0").update(due_at=timezone.now() + timedelta(days=1))
    work_off_until_done = runs_once(work_off, done, again)
    long_ago = timezone.now() - timedelta(hours=1)
    with scope(workspace):
        Job.objects.filter(pk=work_off_until_done.pk).update(expires_at=long_ago)
        Job.objects.filter(pk__in=[lost.pk, waiting.pk]).update(created_at=long_ago)
    assert results.sweep() == {"expired": 1, "lost": 1, "old": 0}
    job = again(done)
    assert (job.parts, job.has_file, job.had_file) == ([], False, True)
    assert storage.listdir(job.folder)[1] == []
    assert again(lost).message_code == "lost"
    assert again(waiting).state == State.QUEUED


def runs_once(work_off, job, again):
    work_off()
    job = again(job)
    assert job.state == State.DONE
    return job

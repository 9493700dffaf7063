"""The trial run, in turns: what it says is what the run does, wherever it was cut."""

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from crm.jobs import progress as job_progress
from crm.jobs.models import Job
from crm.tenancy import scope
from crm.work import runs, sweeps
from crm.work.models import Item
from directory.actions import imports
from directory.importing import trying
from directory.models import Lead
from tests.directory.importing import desk

pytestmark = pytest.mark.django_db(transaction=True)

# Rows 1501 to 3000 are the first 1,500 again; one in ten has no number that is one.
ROWS = b"Nombre,Tel,Etiquetas\n" + b"".join(
    b"Lead %d,%s,tag %d\n" % (n, b"55 1%03d 0000" % (n % 1500) if n % 10 else b"nada", n % 3)
    for n in range(3000)
)


def report(one):
    return {key: one.report[key] for key in ("created", "updated", "skipped", "refused", "new_tags")}


@pytest.fixture
def whole(owner):
    """What a trial run in one turn says of the file."""
    one = desk.try_out(desk.choose(desk.upload(owner, "whole.csv", ROWS), owner), owner)
    assert (one.report["created"], one.report["skipped"], one.report["refused"]) == (1350, 1350, 300)
    return report(one) | {"reasons": one.report["reasons"], "rows": one.report["rows"]}


def test_a_trial_run_of_many_turns_says_the_same_as_one_of_one(owner, workspace, whole, monkeypatch):
    monkeypatch.setattr(job_progress.Progress, "is_turn_over", property(lambda self: True))
    one = desk.try_out(desk.choose(desk.upload(owner, "turns.csv", ROWS), owner), owner)
    assert report(one) | {"reasons": one.report["reasons"], "rows": one.report["rows"]} == whole
    with scope(workspace):
        job = Job.objects.get(pk=one.job_id)
        assert (job.turns, job.done, job.state) == (3, 3000, "done")
        assert default_storage.listdir(job.folder)[1] == []
        assert Lead.objects.count() == 0


def test_a_killed_worker_costs_a_trial_run_what_it_had_not_kept(owner, workspace, whole, monkeypatch):
    one = desk.choose(desk.upload(owner, "killed.csv", ROWS), owner)
    with scope(workspace):
        imports.try_out(one, by=owner)
    monkeypatch.setattr(trying, "KEEP_EVERY", 0.0)
    read, real = [], trying.Trial.take

    class Killed(BaseException):
        pass

    def take(trial, drafts):
        read.append(drafts[0].number)
        if len(read) == 2:
            raise Killed
        real(trial, drafts)

    monkeypatch.setattr(trying.Trial, "take", take)
    with pytest.raises(Killed):
        runs.run("bulk")
    Item.objects.filter(kind="job", state="claimed").update(lease_until=Now())
    sweeps.end_expired_leases()
    desk.work_off()
    one = desk.again(one)
    assert read == [2, 1002, 1002, 2002]
    assert report(one) | {"reasons": one.report["reasons"], "rows": one.report["rows"]} == whole
    with scope(workspace):
        imports.run(one, by=owner, again=True)
    desk.work_off()
    assert desk.counts(desk.again(one)) == (1350, 0, 1350, 300)

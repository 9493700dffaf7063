"""A worker that dies in the middle of an import, one that comes beside it, and a message that arrives meanwhile."""

import os
import threading

import pytest
from django.db import connection, transaction

from crm.jobs.models import Job
from crm.tenancy import scope
from directory import locks, tallies
from directory.actions import erasure, imports
from directory.importing import working
from directory.models import ContactPoint, Event, Import, ImportRow, Lead
from tests.directory import house
from tests.directory.importing import desk

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = b"Nombre,Tel\n" + b"".join(b"Lead %d,55 %04d %04d\n" % (n, n // 100, n % 100) for n in range(3500))


def begun(owner) -> Import:
    one = desk.try_out(desk.choose(desk.upload(owner, "a.csv", ROWS), owner), owner)
    with scope(owner.workspace):
        imports.run(one, by=owner)
    return desk.again(one)


@pytest.mark.processes
def test_what_a_killed_worker_left_is_gone_on_with_and_nothing_is_doubled(owner, workspace, monkeypatch):
    """Killed at the worst moment: a batch is written, and the transaction not committed. A real process, killed."""
    one = begun(owner)
    connection.close()
    child = os.fork()
    if child == 0:  # the worker
        taken = working.take

        def die(place, plan):
            made = taken(place, plan)
            if place.work[0].number > 2000:
                os._exit(9)
            return made

        working.take = die
        desk.work_off()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    half = desk.again(one)
    written = half.created
    assert written in (
        1000,
        2000,
    )  # the second batch is written beside the third, and may not have been committed
    assert half.position == written + 1
    with scope(workspace):
        assert Lead.objects.count() == ImportRow.objects.count() == written
        job = Job.objects.get(pk=half.job_id)
        from django.db.models.functions import Now

        from crm.work import sweeps
        from crm.work.models import Item

        Item.objects.filter(kind="job", state="claimed").update(lease_until=Now())
        sweeps.end_expired_leases()
    desk.work_off()
    done = desk.again(one)
    assert (done.state, desk.counts(done)) == ("done", (3500, 0, 0, 0))
    with scope(workspace):
        job.refresh_from_db()
        assert (job.done, job.attempt > 1) == (3500, True)
        assert Lead.objects.count() == Event.objects.filter(verb="lead.created").count() == 3500
        assert sorted(ImportRow.objects.values_list("number", flat=True)) == list(range(2, 3502))
    assert tallies.drift(workspace.pk) == {}


def test_two_clicks_begin_one_job(owner, workspace):
    from workspaces.errors import Refused

    one = begun(owner)
    with scope(workspace):
        with pytest.raises(Refused):
            imports.run(one, by=owner)
        with pytest.raises(Refused):
            imports.go_on(one, by=owner)
        assert Job.objects.filter(kind="import.run").count() == 1


def test_who_writes_at_this_moment_is_made_once(owner, workspace):
    """Intake holds the number's lock and makes the lead; the import waits, and then knows it."""
    rows = b"Nombre,Tel\nMarta,55 1234 5678\n"
    one = desk.try_out(desk.choose(desk.upload(owner, "a.csv", rows), owner), owner)
    with scope(workspace):
        imports.run(one, by=owner)
    worker = threading.Thread(target=lambda: (desk.work_off(), connection.close()))
    with scope(workspace), transaction.atomic():
        locks.take([locks.phone(workspace.pk, "525512345678")])
        worker.start()
        worker.join(1.0)
        assert worker.is_alive()  # it waits
        house.lead(workspace, name="Escribe", phone="+52 1 55 1234 5678")
    worker.join(30)
    assert desk.counts(desk.again(one)) == (0, 0, 1, 0)
    with scope(workspace):
        assert ContactPoint.objects.filter(match_key="525512345678").count() == 1


@pytest.mark.parametrize(
    ("header", "cell", "name"),
    [
        (b"Correo", b"Marta@Ejemplo.mx", lambda workspace: locks.email(workspace, "marta@ejemplo.mx")),
        (b"Folio", b"A-77", lambda workspace: locks.external_id(workspace, "A-77")),
    ],
)
def test_who_is_imported_twice_at_this_moment_is_made_once(owner, workspace, header, cell, name):
    """Another import holds the lock of what the file is compared by, and makes the lead."""
    rows = b"Nombre,%s\nMarta,%s\n" % (header, cell)
    one = desk.try_out(desk.choose(desk.upload(owner, "a.csv", rows), owner), owner)
    with scope(workspace):
        imports.run(one, by=owner)
    worker = threading.Thread(target=lambda: (desk.work_off(), connection.close()))
    with scope(workspace), transaction.atomic():
        locks.take([name(workspace.pk)])
        worker.start()
        worker.join(1.0)
        assert worker.is_alive()  # it waits
        made = house.lead(workspace, name="Marta", email="marta@ejemplo.mx")
        Lead.objects.filter(pk=made.pk).update(external_id="A-77")
    worker.join(30)
    assert desk.counts(desk.again(one)) == (0, 0, 1, 0)
    with scope(workspace):
        assert Lead.objects.get() == made


def test_a_batch_locks_no_more_than_there_is_room_for(owner, workspace, monkeypatch):
    monkeypatch.setattr(working, "MOST_LOCKS", 6)
    taken: list[int] = []
    take = locks.take

    def counted(names):
        names = set(names)
        taken.append(len(names))
        take(names)

    monkeypatch.setattr(locks, "take", counted)
    rows = b"Nombre,Tel,Correo,Folio\n" + b"".join(
        b"L%d,55 1234 000%d,l%d@ejemplo.mx,F%d\n" % (n, n, n, n) for n in range(5)
    )
    one = desk.run(desk.upload(owner, "a.csv", rows), owner)
    assert desk.counts(one) == (5, 0, 0, 0)
    assert taken == [6, 6, 3]


def test_a_lead_that_is_deleted_for_good_takes_its_rows_and_files_along(owner, workspace):
    from django.core.files.storage import default_storage

    with scope(workspace):
        a = house.lead(workspace, name="A", phone="+52 55 1234 5678")
        house.lead(workspace, name="B", email="b@b.mx")
    rows = b"Nombre,Tel,Correo\nX,55 1234 5678,b@b.mx\nC,55 1234 0000,\n"
    one = desk.run(desk.upload(owner, "a.csv", rows), owner, rule="replace")
    assert default_storage.exists(one.refused_file)
    with scope(workspace):
        erasure.begin([a.pk], by=owner)
    while desk.runs.run("bulk"):
        pass
    assert not default_storage.exists(one.refused_file)
    with scope(workspace):
        assert ImportRow.objects.filter(outcome="refused").count() == 0
        assert Lead.objects.filter(pk=a.pk).count() == 0
        assert Import.objects.get(pk=one.pk).refused_file == ""

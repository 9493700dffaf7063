"""Batches that are written two at a time: in which order they count, what one may know of the other, and what is left
where one of them fails."""

import threading
from typing import Any

import pytest
from django.db import connection

from crm.tenancy import scope
from directory.actions import imports
from directory.importing import working, writing
from directory.models import ContactPoint, Import, ImportRow, Lead, LeadTag, Tag
from tests.directory.importing import desk

pytestmark = pytest.mark.django_db(transaction=True)
FAR = 60.0  # seconds: until a test that waits for the other thread gives up


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 10)


def begun(owner: Any, rows: list[str], **chosen: Any) -> Import:
    content = "\n".join(["Nombre,Tel,Correo,Etiquetas", *rows]).encode()
    one = desk.try_out(desk.choose(desk.upload(owner, "a.csv", content), owner, **chosen), owner)
    with scope(owner.workspace):
        imports.run(one, by=owner)
    return desk.again(one)


def row(number: int, *, phone: int | None = None, mail: str = "", tag: str = "") -> str:
    return f"Lead {number},55 1000 {number if phone is None else phone:04},{mail},{tag}"


class Met:
    """Instead of `writing.write`: holds the first batch back until the second has come as far, or `FAR`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float = FAR) -> None:
        self._real = writing.write
        self._second = threading.Event()
        self._seconds = seconds
        self.firsts: list[int] = []
        self.threads: set[int] = set()
        self.met = False
        monkeypatch.setattr(writing, "write", self)

    def __call__(self, decisions: Any, plan: Any) -> None:
        self.firsts.append(decisions[0].draft.number)
        self.threads.add(threading.get_ident())
        if len(self.firsts) == 1:
            self.met = self._second.wait(self._seconds)
        else:
            self._second.set()
        self._real(decisions, plan)


def test_two_batches_of_strangers_are_written_at_once_and_count_in_their_order(owner, workspace, monkeypatch):
    one = begun(owner, [row(number) for number in range(40)])
    met = Met(monkeypatch)
    seen: list[int] = []
    moved = working._move_on
    monkeypatch.setattr(
        working, "_move_on", lambda one, last, decisions: (seen.append(last), moved(one, last, decisions))
    )
    desk.work_off()
    done = desk.again(one)
    assert met.met  # the second came while the first was held back
    assert len(met.threads) == 2
    assert seen == [11, 21, 31, 41]
    assert (done.state, desk.counts(done)) == ("done", (40, 0, 0, 0))


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        pytest.param([row(number % 10) for number in range(20)], "phones", id="the same phones"),
        pytest.param(
            [
                *[row(number, mail=f"l{number}@x.mx") for number in range(10)],
                *[row(number + 10, mail=f"l{number}@x.mx") for number in range(10)],
            ],
            "addresses",
            id="other phones, the same addresses",
        ),
    ],
)
def test_a_batch_waits_for_the_one_that_makes_its_leads(owner, workspace, monkeypatch, rows, known):
    one = begun(owner, rows, rule="replace")
    met = Met(monkeypatch, seconds=0.5)
    desk.work_off()
    done = desk.again(one)
    assert not met.met
    assert done.created == 10, known
    assert done.updated + done.skipped == 10
    with scope(workspace):
        assert Lead.objects.count() == 10
        phones = ContactPoint.objects.filter(kind="phone").values_list("match_key", flat=True)
        assert len(phones) == len(set(phones))


def test_a_batch_waits_for_the_one_that_changes_leads_that_were_there(owner, workspace, monkeypatch):
    """The third names by its address a lead that the second changes by its phone."""
    desk.run(desk.upload(owner, "b.csv", b"Nombre,Tel,Correo\nMarta,55 1000 0010,marta@x.mx\n"), owner)
    rows = [row(number) for number in range(10)]
    rows += [row(number) for number in range(10, 20)]
    rows += [row(number, mail="marta@x.mx" if number == 25 else "") for number in range(20, 30)]
    one = begun(owner, rows, rule="replace")
    desk.work_off()
    assert desk.counts(desk.again(one)) == (28, 2, 0, 0)
    with scope(workspace):
        marta = Lead.objects.get(contact_points__value="marta@x.mx")
        assert marta.name == "Lead 25"
        phones = marta.contact_points.filter(kind="phone").values_list("match_key", flat=True)
        assert sorted(phones) == ["525510000010", "525510000025"]


def test_tags_that_batches_make_are_made_once(owner, workspace):
    rows = [row(number, tag=f"nueva {number % 15}") for number in range(45)]
    one = begun(owner, rows)
    desk.work_off()
    assert desk.counts(desk.again(one)) == (45, 0, 0, 0)
    with scope(workspace):
        assert Tag.objects.filter(name__startswith="nueva").count() == 15
        assert LeadTag.objects.count() == 45
        assert len(desk.again(one).made["tags"]) == 15


@pytest.mark.parametrize("failing", [2, 12, 22])
def test_what_comes_after_a_batch_that_fails_is_not_there_and_is_done_again(
    owner, workspace, monkeypatch, failing
):
    """Whether the one that fails has one beside it that is ready, or stands behind another."""
    one = begun(owner, [row(number) for number in range(40)])
    real = writing.write
    ready, failed = threading.Event(), threading.Event()
    found: list[tuple[int, int, int]] = []

    def fail(decisions: Any, plan: Any) -> None:
        first = decisions[0].draft.number
        if failed.is_set() and first <= failing and not found:  # the next attempt
            half = Import.objects.get(pk=one.pk)
            found.append((half.position, half.created, Lead.objects.count()))
        real(decisions, plan)
        if first > failing:
            ready.set()
        if first == failing and not failed.is_set():
            ready.wait(1)
            failed.set()
            raise OSError("no room")

    monkeypatch.setattr(writing, "write", fail)
    desk.work_off()
    before = failing - 2
    assert found == [(failing - 1 if before else 0, before, before)]
    done = desk.again(one)
    assert (done.state, desk.counts(done)) == ("done", (40, 0, 0, 0))
    with scope(workspace):
        assert sorted(ImportRow.objects.values_list("number", flat=True)) == list(range(2, 42))


def test_its_second_connection_is_closed(owner, workspace):
    def others() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])

    before = others()
    one = begun(owner, [row(number) for number in range(40)])
    desk.work_off()
    assert desk.again(one).state == "done"
    assert others() == before

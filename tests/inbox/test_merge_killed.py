"""A worker that dies while the rows of two merged leads are on their way, at every write, there and back: what
was begun is not there, what is done again is done once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from crm.tenancy import scope
from crm.work import sweeps
from crm.work.attempts import deliver
from crm.work.claims import claim
from crm.work.models import Item
from directory import tallies
from directory.actions import merges, splits, tags
from directory.merging import moving
from directory.models import Event, Lead, LeadTag, Merge, MovedRows, Placement, SetAside
from inbox.actions import notes
from inbox.models import Identity, Message, Note
from tests.directory import house as directory
from tests.inbox import house
from tests.inbox.conversations import talks

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ("UPDATE", "INSERT", "DELETE", "WITH")


class Killed(BaseException):
    """Nobody catches it, as nobody catches a kill."""


@contextmanager
def dying_after(writes: int) -> Iterator[None]:
    """So many writes are made, then the process ends, and its transaction with it."""
    made = 0

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal made
        found = execute(sql, params, many, context)
        if sql.lstrip(" \n(").startswith(WRITES):
            made += 1
            if made == writes:
                raise Killed
        return found

    with connection.execute_wrapper(count):
        yield


@pytest.fixture
def pair(workspace, owner):
    """Each with a thread, a note, and tags of which they share one."""
    channel = house.channel(workspace)
    with scope(workspace):
        both, one = directory.tag(workspace), directory.tag(workspace, "antigua")
        kept = talks.talk(workspace, channel, "uno", ">dos", name="Marta")
        gone = talks.talk(workspace, channel, "tres", ">cuatro", "seis", "siete", "ocho", name="Marta R")
        for lead, its in ((kept, [both]), (gone, [both, one])):
            notes.write(lead, by=owner, text=f"de {lead.name}")
            for tag in its:
                tags.put_on(lead, tag, by=owner)
        return kept, gone


def _all(pair) -> list[dict[str, Any]]:
    """What each of them has. Events of the merging itself come and stay."""
    ours = ("lead.merged", "lead.split")
    return [
        {
            "placement": Placement.objects.filter(pk=lead.pk).values().first(),
            "messages": list(Message.objects.filter(lead=lead).order_by("pk").values_list("pk", "text")),
            "notes": list(Note.objects.filter(lead=lead).values_list("pk", flat=True)),
            "tags": sorted(LeadTag.objects.filter(lead=lead).values_list("tag", flat=True)),
            "identities": list(Identity.objects.filter(lead=lead).values_list("pk", flat=True)),
            "events": list(
                Event.objects.filter(lead=lead)
                .exclude(verb__in=ours)
                .order_by("pk")
                .values_list("pk", flat=True)
            ),
        }
        for lead in pair
    ]


def test_whoever_asks_and_dies_has_done_nothing(workspace, owner, pair, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 2)
    kept, gone = pair
    with scope(workspace):
        before = _all(pair)
        assert (
            _until_it_lives(
                lambda: merges.merge(kept, gone, by=owner),
                lambda: (_all(pair), Merge.objects.count(), MovedRows.objects.count()) == (before, 0, 0),
            )
            > 10
        )
        _work_off()
        merged = _all(pair)
        assert (
            _until_it_lives(
                lambda: splits.split(Merge.objects.get(), by=owner),
                lambda: (_all(pair), Merge.objects.get().state) == (merged, "done"),
            )
            > 10
        )
        _work_off()
        assert _all(pair) == before


def _until_it_lives(act: Callable[[], Any], nothing_is_done: Callable[[], bool]) -> int:
    """Dies after the first write, the fourth, the seventh…, until there are no more. How often."""
    for number in range(1, 1_000, 3):
        try:
            with dying_after(number):
                act()
        except Killed:
            assert nothing_is_done()
        else:
            return number
    raise AssertionError("it never lives")


def test_a_worker_that_dies_at_any_write_moves_everything_once_there_and_back(
    workspace, owner, pair, monkeypatch
):
    monkeypatch.setattr(moving, "BATCH", 2)
    kept, gone = pair
    with scope(workspace):
        before = _all(pair)
        made = merges.merge(kept, gone, by=owner)
        assert Merge.objects.get().state == "moving"
    assert _die_and_go_on() > 10
    with scope(workspace):
        assert Merge.objects.get().state == "done"
        at, other = _all(pair)
        assert len(at["messages"]) == 7
        assert other == {**{key: [] for key in other}, "placement": None}
        for table in ("inbox.Message", "directory.Event", "inbox.Note"):
            recorded = [pk for row in MovedRows.objects.filter(table=table) for pk in row.ids]
            assert len(recorded) == len(set(recorded))
        assert SetAside.objects.filter(table="directory.LeadTag").count() == 1
        splits.split(made, by=owner)
        assert Merge.objects.get().state == "splitting"
    assert _die_and_go_on() > 10
    with scope(workspace):
        assert Merge.objects.get().state == "undone"
        assert not Lead.objects.filter(merging_since__isnull=False).exists()
        assert _all(pair) == before
        assert tallies.drift(workspace.pk) == {}


def _die_and_go_on() -> int:
    """Each piece of work dies after its first write, then after its second, until it lives; and once more after all is
    written, before that is told. How often somebody died."""
    died = 0
    while True:
        number = 0
        while True:
            batch = claim("bulk")
            if not batch or not batch.items:
                return died
            number += 1
            try:
                with dying_after(number):
                    deliver(batch)
                break
            except Killed:
                died += 1
                _lease_ends()


def _lease_ends() -> None:
    Item.objects.filter(state="claimed").update(lease_until=Now(), attempts=1)
    assert sweeps.end_expired_leases() == 1
    Item.objects.filter(state="retry").update(due_at=Now())


def _work_off() -> None:
    while (batch := claim("bulk")) and batch.items:
        deliver(batch)

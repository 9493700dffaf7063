"""Fill a workspace, act on all its leads, and print the seconds of each as JSON. See bench.bulk."""

import json
import resource
import secrets
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from crm import collector, nudge
from crm.feed import consumers, reading
from crm.tenancy import scope
from crm.work import runs
from directory import tallies
from directory.actions import bulk
from directory.bulk import running
from directory.models import BulkAct, Lead, Tag
from directory.selection import Selection
from workspaces.actions import workspaces
from workspaces.models import Availability, Membership, Role, User

_FILL = """
    WITH made AS (
        INSERT INTO directory_lead (workspace_id, name, is_named_by_us, city, notes, time_zone, direction, source)
        SELECT %(workspace)s, 'Lead ' || n, true, '', '', '', 'in', 'manual' FROM generate_series(1, %(leads)s) n
        RETURNING id
    )
    INSERT INTO directory_placement (workspace_id, lead_id, position, assignee_id, status, outcome, is_archived,
        is_starred, last_activity_at)
    SELECT %(workspace)s, id, 'V', CASE WHEN id %% 3 = 0 THEN %(someone)s::bigint END, 'neutral', '', false, false,
        now() - id * interval '1 second' FROM made
"""


class Command(BaseCommand):
    help = "Tag and assign many leads, undo it, and delete them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--leads", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        nudge.now = lambda *args, **kwargs: True  # no worker but ourselves
        collector.rarely()  # as in a worker
        owner, sellers = _people()
        for consumer in consumers.all_consumers():
            reading.begin(consumer)
        with scope(owner.workspace):
            _fill(owner, sellers[0], options["leads"])
            tags = [Tag.objects.create(name=name) for name in ("floor", "act")]
            found = {
                "tag.floor": _floor(_BARE_TAG, [tags[0].pk, owner.workspace_id]),
                "assign.floor": _floor(_BARE_ASSIGN, [sellers[0].pk, owner.workspace_id]),
                "writing_down": _writing_down(owner),
            }
        longest = _watch_batches()
        acts: list[tuple[str, dict[str, Any]]] = [
            ("tag", {"tags": {str(tags[1].pk): "act"}}),
            ("assign", {"people": [one.pk for one in sellers], "names": []}),
        ]
        before = _memory()
        for kind, params in acts:
            found |= _act(owner, kind, params, options["leads"])
        found["memory"] = _memory() - before
        found["longest_batch"] = max(longest) * 1000
        began = time.perf_counter()
        for consumer in consumers.all_consumers():
            if consumer.model == "directory.Event":
                while reading.run(consumer.name):
                    pass
        found["consumers"] = time.perf_counter() - began
        found |= _delete(owner, options["leads"])
        found["drift"] = len(tallies.drift(owner.workspace_id))
        self.stdout.write(json.dumps(found))


def _act(owner: Membership, kind: str, params: dict[str, Any], leads: int) -> dict[str, float]:
    with scope(owner.workspace):
        act = bulk.begin(
            by=owner, kind=kind, params=params, selection=Selection(), key=secrets.token_urlsafe(12)
        )
    took = _work_off()
    with scope(owner.workspace):
        act.refresh_from_db()
        if act.changed + act.already != leads or act.is_open:
            raise RuntimeError(f"{kind} did not change all: {act.changed} and {act.already} of {leads}")
        bulk.undo(act, by=owner)
    undone = _work_off()
    with scope(owner.workspace):
        act.refresh_from_db()
        if act.undone != act.changed:
            raise RuntimeError(f"{kind} was undone in {act.undone} of {act.changed}")
    return {kind: took, f"{kind}.undo": undone}


def _delete(owner: Membership, leads: int) -> dict[str, float]:
    with scope(owner.workspace):
        bare = _floor(_BARE_DELETE, [owner.workspace_id] * _BARE_DELETE.count("%s"))
        bulk.begin(by=owner, kind="delete", params={}, selection=Selection(), key="delete", typed=leads)
    took = _work_off()
    with scope(owner.workspace):
        if Lead.objects.exists():
            raise RuntimeError(f"{Lead.objects.count()} of {leads} leads were not deleted")
    return {"delete": took, "delete.floor": bare}


def _work_off() -> float:
    began = time.perf_counter()
    while runs.run("bulk"):
        pass
    return time.perf_counter() - began


def _floor(statement: str, values: list[Any]) -> float:
    """Done, and taken back by the transaction."""
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def _writing_down(owner: Membership) -> float:
    with transaction.atomic():
        act = BulkAct.objects.create(kind="archive", asker=owner, key="floor", total=0)
        began = time.perf_counter()
        running.write_down(act, Selection(), by=owner)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def _watch_batches() -> list[float]:
    """Seconds of each batch from here on: how long its locks are held, but for the commit."""
    took: list[float] = []
    real = running._perform

    def perform(*args: Any, **kwargs: Any) -> None:
        began = time.perf_counter()
        real(*args, **kwargs)
        took.append(time.perf_counter() - began)

    running._perform = perform
    return took


def _people() -> tuple[Membership, list[Membership]]:
    user = User.objects.create_user("owner@bench.example.com", None, name="Olga")
    owner = workspaces.create(
        by=user, name="Bench", time_zone="America/Mexico_City", language="es", currency="MXN"
    )
    sellers = [
        Membership.objects.create(
            workspace=owner.workspace,
            user=User.objects.create_user(f"seller{n}@bench.example.com", None, name=f"Seller {n}"),
            role=Role.SELLER,
            availability=Availability.ACTIVE,
        )
        for n in range(4)
    ]
    return owner, sellers


def _fill(owner: Membership, someone: Membership, leads: int) -> None:
    values = {"workspace": owner.workspace_id, "leads": leads, "someone": someone.pk}
    with connection.cursor() as cursor:
        cursor.execute(_FILL, values)
        for table in ("directory_lead", "directory_placement"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _memory() -> float:
    """The most that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_BARE_TAG = """
    INSERT INTO directory_leadtag (workspace_id, lead_id, tag_id)
    SELECT workspace_id, lead_id, %s FROM directory_placement WHERE workspace_id = %s
"""
_BARE_DELETE = """
    DELETE FROM directory_bulkrow WHERE workspace_id = %s;
    DELETE FROM directory_leadtag WHERE workspace_id = %s;
    DELETE FROM directory_event WHERE workspace_id = %s;
    DELETE FROM directory_placement WHERE workspace_id = %s;
    DELETE FROM directory_lead WHERE workspace_id = %s
"""
_BARE_ASSIGN = "UPDATE directory_placement SET assignee_id = %s WHERE workspace_id = %s"

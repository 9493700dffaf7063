"""Export the bench's leads as a worker does, and by the floor: seconds of both, and megabytes the worker grew."""

import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import openpyxl
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from bench.million import cast
from crm.embedded.binaries import postgres_programs
from crm.jobs import results
from crm.jobs.models import Job
from crm.jobs.progress import Progress, TurnOverError
from crm.tenancy import scope
from directory.actions import exporting
from directory.exporting import asking, columns, running
from directory.exporting.sources import Asked
from directory.models.placement import PlacementQuerySet
from directory.selection import EVERY, Selection
from workspaces.models import Membership

KEYS = columns.DEFAULT  # twelve


class Command(BaseCommand):
    help = "Measure a whole export, and what is the least that it can cost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("form", choices=("csv", "xlsx"))
        parser.add_argument("--rows", type=int, help="only the first so many leads")

    def handle(self, *args: Any, form: str, rows: int | None, **options: Any) -> None:
        owner = cast.people()["owner"]
        with scope(owner.workspace_id), tempfile.TemporaryDirectory() as folder:
            selected = Selection(state=EVERY).rows(owner)
            if rows:
                last = selected.order_by("pk").values_list("pk", flat=True)[rows - 1]
                selected = selected.filter(pk__lte=last)
                running.selected_by = lambda job, membership: selected
            _warm(selected)
            floors = {"csv": _copy, "xlsx": _openpyxl}
            before = _memory()
            took = _export(owner, form)  # first: the peak of what is measured afterwards would hide its own
            grew = _memory() - before
            floor = floors[form](selected, Path(folder) / f"floor.{form}")
            self.stdout.write(f"{took} {floor} {grew}")


def _export(owner: Membership, form: str) -> float:
    job = exporting.start(Selection(state=EVERY), by=owner, keys=KEYS, form=form)
    began = time.perf_counter()
    while not job.cursor.get("complete"):
        Job.objects.filter(pk=job.pk).update(state="running")
        job.refresh_from_db()
        try:
            running.run(job, Progress(job, running.KIND))
        except TurnOverError:
            continue
    took = time.perf_counter() - began
    assert all(default_storage.exists(name) for name, _size in job.parts)
    results.delete_files(job)
    job.delete()
    return took


def _copy(selected: PlacementQuerySet, file: Path) -> float:
    psql = str(postgres_programs()["psql"])
    asked = f"\\copy ({_statement(selected)}) to '{file}' (format csv, header)"
    began = time.perf_counter()
    subprocess.run([psql, "-Xq", os.environ["DATABASE_URL"], "-c", asked], check=True)
    return time.perf_counter() - began


def _openpyxl(selected: PlacementQuerySet, file: Path) -> float:
    began = time.perf_counter()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([str(one.label) for one in columns.named(KEYS)])
    with connection.cursor() as cursor:
        cursor.execute(_statement(selected))
        while found := cursor.fetchmany(10_000):
            for row in found:
                sheet.append(row[1:])
    book.save(file)
    return time.perf_counter() - began


def _statement(selected: PlacementQuerySet) -> str:
    return asking.statement(selected, columns.named(KEYS), Asked("America/Mexico_City"))


def _warm(selected: PlacementQuerySet) -> None:
    """The tables into memory, for both."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_statement(selected)} OFFSET 0) AS q")


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

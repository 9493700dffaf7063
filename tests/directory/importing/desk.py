"""Imports as a person would make them, without the pages:

one = desk.upload(admin, "a.csv", b"Nombre,Tel\\n…"); desk.work_off(); desk.run(one, admin)
"""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now

from crm.tenancy import scope
from crm.work import runs
from crm.work.models import Item
from directory.actions import imports
from directory.importing import options, storing
from directory.models import Import
from workspaces.models import Membership


def upload(by: Membership, name: str, content: bytes) -> Import:
    """Kept and read."""
    with scope(by.workspace):
        one = imports.begin(storing.keep(SimpleUploadedFile(name, content), by.workspace_id), by=by)
    work_off()
    return again(one)


def choose(one: Import, by: Membership, *, mapping: list[str] | None = None, **chosen: Any) -> Import:
    with scope(by.workspace):
        had = {**one.options, **chosen}
        imports.set_mapping(one, by=by, mapping=mapping or one.mapping)
        imports.set_options(one, by=by, options=options.of_json(had))
    return again(one)


def try_out(one: Import, by: Membership) -> Import:
    with scope(by.workspace):
        imports.try_out(one, by=by)
    work_off()
    return again(one)


def run(one: Import, by: Membership, *, same: bool = False, **chosen: Any) -> Import:
    """Chosen, tried, imported."""
    one = try_out(choose(one, by, **chosen), by)
    with scope(by.workspace):
        imports.run(one, by=by, again=same)
    work_off()
    return again(one)


def take_back(one: Import, by: Membership) -> Import:
    with scope(by.workspace):
        imports.take_back(one, by=by)
    work_off()
    return again(one)


def work_off() -> None:
    """What the worker `bulk` does, until there is nothing left; waits are over at once."""
    while runs.run("bulk") or _hasten():
        pass


def again(one: Import) -> Import:
    with scope(one.workspace_id):
        return Import.objects.get(pk=one.pk)


def sheet(rows: list[list[Any]], *, merged: tuple[str, ...] = (), name: str = "Leads") -> bytes:
    """An XLSX."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.title = name
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def counts(one: Import) -> tuple[int, int, int, int]:
    return one.created, one.updated, one.skipped, one.refused


def _hasten() -> int:
    return Item.objects.filter(kind="job", state="retry", due_at__gt=Now()).update(due_at=Now())

"""Leads into files: what is chosen or matches, as the person sees it, in CSV and XLSX."""

import csv
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from django.utils import timezone, translation

from crm.jobs import kinds, results
from crm.jobs import running as turns
from crm.jobs.models import Job
from crm.jobs.progress import Progress, SupersededError
from crm.tenancy import scope
from directory import columns as listed
from directory.actions import erasure, exporting, merges
from directory.exporting import asking, columns, forms, running
from directory.importing import guessing, targets
from directory.models import Placement
from directory.selection import Selection
from tests.directory import house
from tests.directory.exports import ALL, exported, finish, finish_all, furnish, lines, read_anew
from workspaces.middleware import activate_zone
from workspaces.models import Membership


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def town(workspace, owner, seller):
    return furnish(workspace, owner, seller)


def test_a_file_of_the_database_is_a_file_of_ours(town, workspace, owner, monkeypatch):
    """Written by PostgreSQL itself, and row by row: the same cells, of every column there is."""
    ours = lines(exported(owner))
    monkeypatch.setattr(forms.CsvForm, "window", _by_rows)
    assert lines(exported(owner)) == ours
    [marta, nameless, five, ana] = ours
    assert marta["Name"] == '\'=HYPERLINK("http://x","Marta")'
    assert marta["Notes"] == '\'@SUM(1);"dice",\nllama al 55 1234 5678'
    assert (marta["Phone"][:1], marta["Other phones"]) == ("+", "+525598765432")
    assert marta["Last wrote"] == "2026-03-01 19:04:05"  # as the clock in Mexico showed it
    assert (marta["Funnel"], marta["Stage"], marta["Tags"]) == ("Mayoreo", "Contactado", "mayoreo, vip")
    assert (marta["Assignee"], marta["Value"], marta["Status"]) == ("Sara Seller", "1200.50", "Neutral")
    assert (nameless["Name"], nameless["Stage"], nameless["Archived"]) == ("", "Inbox", "Yes")
    assert (five["Name"], ana["Name"]) == ("-5", "Ana Ñandú 55 1234 5678")
    assert {key: value for key, value in marta.items() if key.startswith("Own ")} == {
        "Own text": "'+cmd|' /C calc'!A0",
        "Own number": "12.5",
        "Own date": "2026-01-31",
        "Own choice": "Azul",
        "Own choices": "Azul; Rojo",
        "Own yes_no": "Yes",
        "Own phone": "+525544443333",
        "Own email": "otra@example.com",
        "Own url": "https://example.com/?a=1",
        "Own money": "99.9",
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_a_file_calls_its_columns_an_import_takes_for_the_same(workspace, language):
    with scope(workspace), translation.override(language):
        named = {one.key: str(one.label) for one in columns.offered() if one.key in targets.BY_KEY}
        assert set(named) == set(targets.BY_KEY)
        assert guessing.mapping(list(named.values()), [[""] * len(named)] * 3, {}) == list(named)


def _by_rows(self, selected):
    self._is_plain = False
    return WINDOW(self, selected)


WINDOW = forms.CsvForm.window


def test_no_cell_of_a_csv_is_a_formula(town, owner):
    """But a telephone number in E.164, which is a number, and negative numbers."""
    for line in csv.reader(io.StringIO(exported(owner).decode("utf-8-sig"))):
        for cell in line:
            harmless = cell == "-5" or (cell.startswith("+") and cell[1:].isdigit())
            assert harmless or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋")), cell


def test_a_column_of_a_file_says_what_the_directory_shows(town, workspace, owner):
    """What the database gives, and what the list's loader makes of the same column for a file."""
    with scope(workspace):
        activate_zone("America/Mexico_City")
        placements = list(Placement.objects.select_related("lead", "assignee__user").order_by("pk"))
        layout = forms.Layout(columns.offered(), read_anew(owner), running.Asked("America/Mexico_City"), "")
        given = forms.rows(Placement.objects.all(), layout)
        shown = listed.load_all(listed.every(), placements, layout.membership)
        own_way = {"name", "phone", "custom.f_phone", "custom.f_yes_no"}  # E.164, no name where there is none
        compared = 0
        for place, filed in enumerate(layout.filed):
            column = next((one for one in listed.every() if one.key == filed.key), None)
            if column is None or filed.key in own_way:
                continue
            for row, placement in zip(given, placements, strict=True):
                value = shown[filed.key].get(placement.pk)
                plain = None if value is None else columns.local(column.plain(value))
                assert (row[place] or None) == (plain or None), filed.key
                compared += 1
        assert compared > 80
        timezone.deactivate()


def test_a_spreadsheet_is_read_back_with_its_kinds(town, owner):
    sheet = openpyxl.load_workbook(io.BytesIO(exported(owner, form="xlsx"))).active
    head = [cell.value for cell in sheet[1]]
    marta = dict(zip(head, sheet[2], strict=True))
    assert (marta["Name"].value, marta["Name"].data_type) == ('=HYPERLINK("http://x","Marta")', "s")
    assert marta["Name"].quotePrefix
    assert marta["Notes"].value == '@SUM(1);"dice",\nllama al 55 1234 5678'
    assert marta["City"].value == "  -Ciudad & <México> "
    assert marta["Last wrote"].value == datetime(2026, 3, 1, 19, 4, 5)
    assert (marta["Value"].value, marta["Own number"].value) == (1200.5, 12.5)
    assert marta["Own date"].value == datetime(2026, 1, 31)
    assert (sheet.max_row, sheet.freeze_panes) == (5, "A2")


def test_parts_of_turns_that_end_and_of_workers_that_die_are_one_file(workspace, owner, monkeypatch):
    monkeypatch.setattr(asking, "WINDOW", 3)
    monkeypatch.setattr(asking.windows, "__defaults__", (3,))
    with scope(workspace):
        for number in range(20):
            house.lead(workspace, name=f"Lead {number:02}")
    for form in ("csv", "xlsx"):
        with monkeypatch.context() as patch:
            patch.setattr(Progress, "is_turn_over", property(lambda self: True))
            with scope(workspace):
                job = exporting.start(ALL, by=owner, keys=["name", "created"], form=form)
                kind = kinds.get(running.KIND_NAME)
                _die_in(job, kind)
                content = finish(job)
        assert len(job.parts) > 5
        names = (
            [line["Name"] for line in lines(content)]
            if form == "csv"
            else [row[0] for row in openpyxl.load_workbook(io.BytesIO(content)).active.values][1:]
        )
        assert names == [f"Lead {number:02}" for number in range(20)]
        if form == "xlsx":
            assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def _die_in(job, kind):
    """A worker that had begun, had stored a part, and was not heard of again."""
    taken = turns._take_up(job.pk)
    for _ in range(3):
        try:
            kind.run(taken, Progress(taken, kind))
        except turns.TurnOverError:
            continue
    assert len(Job.objects.get(pk=job.pk).parts) == 2


def test_who_may_not_see_numbers_gets_none(town, workspace, owner, seller):
    """Masked in the phone, in names, notes, cities and fields of one's own; by what is a file all the same."""
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False, tools=["directory.export_leads"])
    for form in ("csv", "xlsx"):
        content = exported(seller, form=form)
        if form == "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            text = "\n".join(str(cell) for row in sheet.values for cell in row)
        else:
            text = content.decode()
        for number in ("1234 5678", "12345678", "98765432", "44443333"):
            assert number not in text
        assert "•••••• 78" in text
        assert "Ñandú" not in text  # of nobody: the seller does not see it
    assert len(lines(exported(seller))) == 2


def test_a_file_that_may_hold_a_deleted_lead_is_removed_and_the_number_forgotten(
    town, workspace, owner, media
):
    with scope(workspace):
        other = Placement.objects.exclude(pk=town.pk).first()
        done = exporting.start(Selection(leads=(town.pk, other.pk)), by=owner, keys=["name"], form="csv")
        finish(done)
        alone = exporting.start(Selection(leads=(town.pk,)), by=owner, keys=["name"], form="csv")
        erasure.begin([town.pk], by=owner)
        finish_all()
        results.sweep()
        done.refresh_from_db()
        alone.refresh_from_db()
        assert (done.parts, done.message_code, done.has_file) == ([], "withdrawn", False)
        assert done.params["selection"]["leads"] == [other.pk]
        assert alone.params["selection"]["leads"] == []
        assert alone.done == 0
    assert b"HYPERLINK" not in b"".join(one.read_bytes() for one in media.rglob("*") if one.is_file())


def test_files_from_before_a_lead_stay_and_those_with_one_that_was_merged_into_it_go(workspace, owner):
    with scope(workspace):
        double = house.lead(workspace, name="Doble")
        old = exporting.start(ALL, by=owner, keys=["name"], form="csv")
        chosen = exporting.start(Selection(leads=(double.pk,)), by=owner, keys=["name"], form="csv")
        finish_all()
        kept, new = house.lead(workspace, name="Marta"), house.lead(workspace, name="Nueva")
        later = exporting.start(ALL, by=owner, keys=["name"], form="csv")
        finish_all()
        of_three = Selection(leads=(new.pk, double.pk, kept.pk))
        waiting = exporting.start(of_three, by=owner, keys=["name"], form="csv")
        another = house.lead(workspace)
        erasure.begin([new.pk, another.pk], by=owner)
        assert Job.objects.get(pk=waiting.pk).params["selection"]["leads"] == [double.pk, kept.pk]
        assert [_stays(job) for job in (old, chosen, later)] == [True, True, False]
        merges.merge(kept, double, by=owner)
        erasure.begin([kept.pk], by=owner)
        assert [_stays(job) for job in (old, chosen)] == [False, False]


def _stays(job: Job) -> bool:
    return not Job.objects.get(pk=job.pk).message_code


def test_an_export_under_way_begins_anew_without_a_lead_that_is_deleted(workspace, owner, monkeypatch):
    monkeypatch.setattr(asking.windows, "__defaults__", (2,))
    with scope(workspace):
        made = [house.lead(workspace, name=f"Lead {number}") for number in range(6)]
        with monkeypatch.context() as patch:
            patch.setattr(Progress, "is_turn_over", property(lambda self: True))
            job = exporting.start(ALL, by=owner, keys=["name"], form="csv")
            _die_in(job, kinds.get(running.KIND_NAME))
        held = Job.objects.get(pk=job.pk)
        erasure.begin([made[0].pk], by=owner)
        with pytest.raises(SupersededError):
            running.run(held, Progress(held, running.KIND))
        names = [line["Name"] for line in lines(finish(job))]
    assert names == [f"Lead {number}" for number in range(1, 6)]

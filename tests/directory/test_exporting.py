"""Leads into files: what is chosen or matches, as the person sees it, in CSV and XLSX."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from crm.jobs import kinds, results
from crm.jobs import running as turns
from crm.jobs.models import Job, State
from crm.jobs.progress import Progress, SupersededError
from crm.tenancy import scope
from crm.work import attempts
from crm.work.claims import claim
from crm.work.models import Item
from directory import columns as listed
from directory import custom
from directory.actions import custom as values
from directory.actions import erasure, exporting
from directory.exporting import asking, columns, forms, running
from directory.models import ContactPoint, CustomChoice, CustomField, CustomKind, Lead, Placement
from directory.selection import EVERY, Selection
from tests import cast
from tests.directory import house
from workspaces.errors import Refused
from workspaces.middleware import activate_zone
from workspaces.models import AuditEntry, Membership

HTMX = {"HX-Request": "true"}
ALL = Selection(state=EVERY)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def town(workspace, owner, seller):
    """Leads of every shape: hostile texts, no name, several phones, fields of one's own."""
    with scope(workspace):
        funnel = house.funnel(workspace)
        stage = funnel.stages.first()
        marta = house.lead(
            workspace,
            name='=HYPERLINK("http://x","Marta")',
            phone="+52 55 1234 5678",
            email="marta@example.com",
            stage=stage,
            assignee=seller,
            tags=[house.tag(workspace), house.tag(workspace, "mayoreo")],
            value=Decimal("1200.50"),
            last_inbound_at=datetime(2026, 3, 2, 1, 4, 5, tzinfo=UTC),
        )
        ContactPoint.objects.create(
            lead=marta, kind="phone", raw="x", value="+525598765432", match_key="525598765432"
        )
        Lead.objects.filter(pk=marta.pk).update(
            notes='@SUM(1);"dice",\nllama al 55 1234 5678', city="  -Ciudad & <México> "
        )
        house.lead(workspace, name="", phone="+52 55 1111 2222", is_archived=True)
        house.lead(workspace, name="-5", email="cinco@example.com", assignee=seller)
        house.lead(workspace, name="Ana Ñandú 55 1234 5678")
        _own_fields(marta, owner)
        yield marta


def _own_fields(lead, owner):
    for kind in CustomKind.values:
        field = CustomField.objects.create(label=f"Own {kind}", key=f"f_{kind}", kind=kind)
        for label in ("Rojo", "Azul"):
            CustomChoice.objects.create(field=field, label=label, position=1 if label == "Rojo" else 0)
    fields = {one.kind: one for one in custom.fields()}
    chosen = {kind: [one.pk for one in fields[kind].choice_list] for kind in ("choice", "choices")}
    held = {
        "text": "+cmd|' /C calc'!A0",
        "number": Decimal("12.5"),
        "date": date(2026, 1, 31),
        "choice": chosen["choice"][0],
        "choices": tuple(chosen["choices"]),
        "yes_no": True,
        "phone": "+525544443333",
        "email": "otra@example.com",
        "url": "https://example.com/?a=1",
        "money": Decimal("99.9"),
    }
    values.set_values(lead, {fields[kind]: value for kind, value in held.items()}, by=owner)


def read_anew(membership):
    return Membership.objects.select_related("user", "workspace").get(pk=membership.pk)


def finish(job):
    """All its turns."""
    while Job.objects.get(pk=job.pk).is_open:
        Item.objects.update(due_at=Now())
        batch = claim("bulk")
        assert batch.items
        attempts.deliver(batch)
    job.refresh_from_db()
    return b"".join(results.chunks(job)) if job.state == State.DONE else b""


def exported(by, selection=ALL, keys=None, form="csv", **how):
    with scope(by.workspace_id):
        keys = [one.key for one in columns.offered()] if keys is None else keys
        return finish(exporting.start(selection, by=read_anew(by), keys=keys, form=form, **how))


def lines(content, delimiter=","):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


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


def test_a_seller_without_the_tool_cannot_and_with_it_only_what_they_see(town, workspace, owner, seller):
    with scope(workspace):
        with pytest.raises(PermissionDenied):
            exporting.start(ALL, by=read_anew(seller), keys=["name"], form="csv")
        everyone = [one.pk for one in Placement.objects.all()]
        Membership.objects.filter(pk=seller.pk).update(tools=["directory.export_leads"])
    chosen = Selection(leads=tuple(everyone))
    assert [line["Name"] for line in lines(exported(seller, chosen, ["name"]))] == [
        '\'=HYPERLINK("http://x","Marta")',
        "-5",
    ]
    with scope(workspace):
        told = AuditEntry.objects.get(verb="leads_exported")
        assert (told.actor_id, told.changes["leads"], told.changes["columns"]) == (
            seller.user_id,
            [None, 2],
            [None, "name"],
        )


def test_leads_of_another_workspace_are_nobody_and_rights_that_end_end_the_job(
    town, workspace, owner, admin, other_workspace, outsider
):
    with scope(other_workspace):
        foreign = house.lead(other_workspace, name="Foránea")
    with scope(workspace), pytest.raises(Refused):
        exporting.start(Selection(leads=(foreign.pk,)), by=owner, keys=["name"], form="csv")
    assert len(lines(exported(owner, Selection(leads=(foreign.pk, town.pk)), ["name"]))) == 1
    with scope(workspace):
        job = exporting.start(ALL, by=admin, keys=["name"], form="csv")
        Membership.objects.filter(pk=admin.pk).update(role="seller")
        assert finish(job) == b""
        assert (job.state, job.message_code) == (State.FAILED, "not_allowed")
    with scope(workspace):
        for wrong in ({"keys": ["nothing"]}, {"form": "exe"}, {"delimiter": "|"}):
            with pytest.raises(Refused):
                exporting.start(ALL, by=owner, **{"keys": ["name"], "form": "csv"} | wrong)


def test_a_file_that_may_hold_a_deleted_lead_is_removed_and_the_number_forgotten(
    town, workspace, owner, media
):
    with scope(workspace):
        other = Placement.objects.exclude(pk=town.pk).first()
        done = exporting.start(Selection(leads=(town.pk, other.pk)), by=owner, keys=["name"], form="csv")
        finish(done)
        alone = exporting.start(Selection(leads=(town.pk,)), by=owner, keys=["name"], form="csv")
        erasure.begin(Lead.objects.get(pk=town.pk), by=owner)
        finish_all()
        results.sweep()
        done.refresh_from_db()
        alone.refresh_from_db()
        assert (done.parts, done.message_code, done.has_file) == ([], "withdrawn", False)
        assert done.params["selection"]["leads"] == [other.pk]
        assert alone.params["selection"]["leads"] == []
        assert alone.done == 0
    assert b"HYPERLINK" not in b"".join(one.read_bytes() for one in media.rglob("*") if one.is_file())


def finish_all():
    while True:
        Item.objects.update(due_at=Now())
        batch = claim("bulk")
        if not batch or not batch.items:
            return
        attempts.deliver(batch)


def path(workspace, name="export"):
    return reverse(f"directory:{name}", kwargs={"workspace_id": workspace.public_id})


def test_the_dialog_keeps_what_is_chosen_and_how_the_last_one_was(town, workspace, owner):
    client = cast.signed_in(owner)
    with scope(workspace):
        chosen = [one.pk for one in Placement.objects.order_by("pk")[:2]]
    asked = client.post(path(workspace), {"lead": chosen}, headers=HTMX).content.decode()
    assert "2 leads, as you see them." in asked
    assert all(f'name="lead" value="{pk}"' in asked for pk in chosen)
    matching = client.get(f"{path(workspace)}?all=1&f=&q=marta&state=all", headers=HTMX).content.decode()
    assert "1 lead, as you see it." in matching
    assert 'name="q" value="marta"' in matching
    how = {"lead": chosen, "column": ["created", "name"], "format": "csv", "delimiter": "semicolon"}
    answer = client.post(path(workspace, "export_start"), how, headers=HTMX)
    with scope(workspace):
        job = Job.objects.get()
        assert answer["HX-Redirect"].endswith(f"/jobs/{job.pk}/")
        content = finish(job)
    assert content.decode().splitlines()[0] == "Created;Name"  # no mark: it was not asked for
    assert len(lines(content, ";")) == 2
    again = client.get(path(workspace), headers=HTMX).content.decode()
    assert (
        again.index('value="created" checked')
        < again.index('value="name" checked')
        < again.index('value="phone"')
    )
    assert 'value="phone" checked' not in again


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"lead": ["x"], "column": ["name"], "format": "csv"}, 400),
        ({"lead": [10**30], "column": ["name"], "format": "csv"}, 400),
        ({"all": "1", "f": "nothing:((", "column": ["name"], "format": "csv"}, 422),
        ({"all": "1", "column": [], "format": "csv"}, 422),
        ({"all": "1", "column": ["name"], "format": "pdf"}, 422),
        ({"all": "1", "q": "nobody at all", "column": ["name"], "format": "csv"}, 422),
    ],
)
def test_what_means_nothing_is_said_in_the_dialog(town, workspace, owner, given, status):
    answer = cast.signed_in(owner).post(path(workspace, "export_start"), given, headers=HTMX)
    assert answer.status_code == status
    with scope(workspace):
        assert not Job.objects.exists()


def test_a_file_is_of_who_asked_as_long_as_they_may_and_it_is_kept(
    town, workspace, owner, admin, seller, outsider
):
    exported(admin, keys=["name"])
    with scope(workspace):
        job = Job.objects.get()
    file = reverse("jobs:file", kwargs={"workspace_id": workspace.public_id, "pk": job.pk})
    assert cast.signed_in(admin).get(file).status_code == 200
    for other in (owner, seller, outsider):
        assert cast.signed_in(other).get(file).status_code == 404
    with scope(workspace):
        Job.objects.update(expires_at=Now() - timedelta(seconds=1))
        assert cast.signed_in(admin).get(file).status_code == 410
        Job.objects.update(expires_at=Now() + timedelta(days=1))
    Membership.objects.filter(pk=admin.pk).update(role="seller")
    assert cast.signed_in(admin).get(file).status_code == 403


def test_an_export_under_way_begins_anew_without_a_lead_that_is_deleted(workspace, owner, monkeypatch):
    monkeypatch.setattr(asking.windows, "__defaults__", (2,))
    with scope(workspace):
        made = [house.lead(workspace, name=f"Lead {number}") for number in range(6)]
        with monkeypatch.context() as patch:
            patch.setattr(Progress, "is_turn_over", property(lambda self: True))
            job = exporting.start(ALL, by=owner, keys=["name"], form="csv")
            _die_in(job, kinds.get(running.KIND_NAME))
        held = Job.objects.get(pk=job.pk)
        erasure.begin(made[0], by=owner)
        with pytest.raises(SupersededError):
            running.run(held, Progress(held, running.KIND))
        names = [line["Name"] for line in lines(finish(job))]
    assert names == [f"Lead {number}" for number in range(1, 6)]

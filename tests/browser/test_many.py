"""Work on many leads as a person does it: an act on all that match and its way back, a file that comes in, one that
leaves. The worker is the test."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from crm.tenancy import scope
from directory.actions import bulk
from directory.listing import page as listed
from directory.models import LeadTag, Tag
from directory.views import bulk as asking
from tests.browser.conftest import SignIn
from tests.browser.looks import assert_clean
from tests.directory import house
from tests.directory.importing import desk
from workspaces.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = """Nombre;Teléfono;Correo;Ciudad
Marta Ruiz;55 1234 5678;marta@example.com;Puebla
Luis Ortega;55 8765 4321;no es un correo;Toluca
Nora Vidal;55 1111 2222;nora@example.com;León
"""


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def tag(owner: Membership) -> Tag:
    """Of eight leads six are urgent, and one of those has it already."""
    with scope(owner.workspace):
        made = house.tag(owner.workspace)
        for place in range(8):
            status = "urgent" if place < 6 else "neutral"
            tags = [made] if place == 0 else []
            house.lead(owner.workspace, name=f"Lead {place}", status=status, tags=tags)
        return made


def test_all_that_match_are_tagged_counted_and_taken_back(
    live_house: str, sign_in: SignIn, owner: Membership, tag: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "PAGE", 5)
    for module in (bulk, asking):
        monkeypatch.setattr(module, "AT_ONCE", 3)
    seen = sign_in(owner, "directory/?f=status:urgent")
    expect(seen.locator("body")).to_have_attribute("data-live-state", "open")
    expect(seen.locator("#directory-count")).to_have_text("6 leads")
    seen.get_by_role("checkbox", name="Choose all on this page").check()
    bar = seen.locator("[data-chosen-bar]")
    bar.get_by_role("button", name="Choose the 6 that match").click()
    assert_clean(seen)
    bar.get_by_role("button", name="Add tags").click()
    dialog = seen.get_by_role("dialog", name="Add tags")
    expect(dialog).to_contain_text("6 leads will be tagged.")
    dialog.get_by_role("checkbox", name=tag.name).check()
    assert_clean(seen)
    dialog.get_by_role("button", name="Add tags").click()
    seen.get_by_role("link", name="See how it goes").click()
    expect(seen.locator("main")).to_contain_text("Waiting for its turn")
    assert_clean(seen)
    desk.work_off()
    expect(seen.locator(".bulk-result")).to_have_text("5 were changed1 already so")
    assert_clean(seen)
    with scope(owner.workspace):
        assert LeadTag.objects.filter(tag=tag).count() == 6
    seen.get_by_role("button", name="Undo").click()
    expect(seen.locator("main")).to_contain_text("Undoing")
    desk.work_off()
    expect(seen.locator(".bulk-result").last).to_have_text("5 as it was before")
    with scope(owner.workspace):
        assert LeadTag.objects.filter(tag=tag).count() == 1
    seen.get_by_role("link", name="Bulk actions").first.click()
    expect(seen.locator("#bulk-acts")).to_contain_text("Undone")
    assert_clean(seen)


def test_what_is_deleted_is_struck_and_a_page_of_nothing_else_is_asked_for_again(
    live_house: str, sign_in: SignIn, owner: Membership, tag: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "PAGE", 5)
    seen = sign_in(owner, "directory/?sort=name")
    expect(seen.locator("body")).to_have_attribute("data-live-state", "open")
    for place in (0, 1):
        seen.locator("[data-lead]").nth(place).get_by_role("checkbox").check()
    delete(seen, "2")
    expect(seen.locator("tr.is-gone .directory-name")).to_have_text(["Lead 0", "Lead 1"])
    expect(seen.locator("tr.is-gone").first).to_have_css("opacity", "1")
    expect(seen.locator("tr.is-gone").first.get_by_role("checkbox")).to_be_disabled()
    expect(seen.locator("#directory-count")).to_have_text("6 leads")
    bar = seen.locator("[data-chosen-bar]")
    expect(bar).to_be_hidden()
    assert_clean(seen)
    seen.get_by_role("checkbox", name="Choose all on this page").check()
    expect(bar).to_contain_text("3 chosen")
    delete(seen, "3")
    expect(seen.locator(".directory-name")).to_have_text(["Lead 5", "Lead 6", "Lead 7"])
    seen.get_by_role("checkbox", name="Choose all on this page").check()
    delete(seen, "3")
    expect(seen.locator(".directory-nothing")).to_contain_text("No leads yet")
    expect(bar).to_be_hidden()
    assert_clean(seen)


def delete(seen: Page, typed: str) -> None:
    """The chosen, for good; the worker does all of it."""
    seen.locator("[data-chosen-bar]").get_by_role("button", name="More").click()
    seen.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    dialog = seen.get_by_role("dialog", name="Delete for good")
    dialog.get_by_role("textbox").fill(typed)
    dialog.get_by_role("button", name="Delete for good").click()
    expect(dialog).to_be_hidden()
    desk.work_off()


def test_a_file_comes_in_but_for_its_broken_row_and_goes_again(
    live_house: str, sign_in: SignIn, owner: Membership
) -> None:
    seen = sign_in(owner, "directory/")
    seen.get_by_role("link", name="Import", exact=True).click()
    assert_clean(seen)
    given = {"name": "clientes.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    seen.get_by_label("CSV or Excel file").set_input_files([given])
    seen.get_by_role("button", name="Upload").click()
    desk.work_off()
    columns = seen.locator(".import-columns")
    expect(columns.locator("select")).to_have_count(4)
    chosen = columns.locator("select").evaluate_all("all => all.map((one) => one.selectedOptions[0].text)")
    assert chosen == ["Name", "Phone", "E-mail", "City"]
    assert_clean(seen)
    seen.get_by_role("button", name="Go on").click()
    expect(seen.locator(".import-preview")).to_contain_text("That is no e-mail address")
    assert_clean(seen)
    seen.get_by_role("button", name="Try it").click()
    desk.work_off()
    expect(seen.locator("main")).to_contain_text("Nothing has been changed yet")
    assert_clean(seen)
    seen.get_by_role("button", name="Import 2 rows").click()
    desk.work_off()
    with seen.expect_download() as download:
        seen.get_by_role("link", name="Download them").click()
    refused = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")), delimiter=";"))
    assert [row[:4] for row in refused[1:]] == [["Luis Ortega", "55 8765 4321", "no es un correo", "Toluca"]]
    assert "e-mail" in refused[1][4]
    assert_clean(seen)
    seen.get_by_role("link", name="See the imported leads").click()
    expect(seen.locator(".directory-name")).to_have_text(["Nora Vidal", "Marta Ruiz"])
    seen.go_back()
    seen.get_by_role("link", name="Undo the import…").click()
    assert_clean(seen)
    seen.get_by_role("button", name="Undo the import").click()
    desk.work_off()
    expect(seen.locator("main")).to_contain_text("Leads removed")
    seen.goto(seen.url.partition("imports/")[0] + "directory/")
    expect(seen.locator(".directory-nothing")).to_contain_text("No leads yet")
    assert_clean(seen)


def test_what_is_filtered_leaves_as_csv_and_as_a_spreadsheet(
    live_house: str, sign_in: SignIn, owner: Membership, tag: Tag
) -> None:
    seen = sign_in(owner, "directory/?f=not+status:urgent")
    text = exported(seen, "CSV").decode("utf-8-sig")
    assert [line["Name"] for line in csv.DictReader(io.StringIO(text))] == ["Lead 6", "Lead 7"]
    seen.goto(seen.url.partition("jobs/")[0] + "directory/?f=not+status:urgent")
    rows = list(openpyxl.load_workbook(io.BytesIO(exported(seen, "Excel"))).active.values)
    # The last export's columns, in the order that the keyboard gave them.
    assert [row[:2] for row in rows] == [("Phone", "Name"), (None, "Lead 6"), (None, "Lead 7")]


def exported(seen: Page, kind: str) -> bytes:
    """What the dialog brings, its first column moved down by one the first time."""
    seen.get_by_role("button", name="Export").first.click()
    dialog = seen.get_by_role("dialog", name="Export leads")
    expect(dialog).to_contain_text("2 leads, as you see them.")
    dialog.get_by_text(kind).first.click()
    if kind == "Excel":
        expect(dialog.locator(".order-name").first).to_have_text("Name")
        dialog.get_by_role("button", name="Move Name: arrow up and down").press("ArrowDown")
        expect(dialog.locator(".order-name").first).to_have_text("Phone")
    assert_clean(seen)
    dialog.get_by_role("button", name="Export").click()
    seen.wait_for_url("**/jobs/**")
    desk.work_off()
    with seen.expect_download() as download:
        seen.get_by_role("link", name="Download").click()
    assert_clean(seen)
    return Path(download.value.path()).read_bytes()

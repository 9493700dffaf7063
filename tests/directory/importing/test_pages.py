"""The pages of an import, as a person goes through them, and comes back to them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.tenancy import scope
from directory.models import CustomField, Import, Lead
from directory.views import imports
from tests import cast
from tests.directory.importing import desk
from tests.swap import HTMX, Swapped

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = "Nombre;Tel;Correo;Fecha;Talla\nMarta Ruiz;55 1234 5678;m@a.mx;31/12/2024;M\nLuis;12;;;\n"


def page(one: Import, step: str = "") -> str:
    name = f"directory:import_{step}" if step else "directory:import"
    return reverse(name, kwargs={"workspace_id": one.workspace.public_id, "pk": one.pk})


def uploaded(client, workspace, content: str = ROWS, name: str = "a.csv"):
    address = reverse("directory:import_new", kwargs={"workspace_id": workspace.public_id})
    return client.post(address, {"file": SimpleUploadedFile(name, content.encode())})


def newest(workspace) -> Import:
    with scope(workspace):
        return Import.objects.newest().select_related("workspace").first()


def test_from_the_file_to_its_undo(owner, workspace):
    client = cast.signed_in(owner)
    answer = uploaded(client, workspace)
    one = newest(workspace)
    assert answer.url == page(one)
    assert "Waiting for its turn" in client.get(page(one)).content.decode()
    desk.work_off()
    assert client.get(page(one), headers=HTMX).headers["HX-Redirect"] == page(one)
    assert client.get(page(one)).url == page(one, "columns")

    shown = client.get(page(one, "columns")).content.decode()
    assert "55 1234 5678" in shown
    assert "2 rows" in shown
    chosen = {"c0": "name", "c1": "phone", "c2": "email", "c3": "created", "c4": "new:text"}
    wrong = client.post(page(one, "columns"), {**chosen, "c3": "city", "c4": "city"})
    assert wrong.status_code == 422
    assert "is that already" in wrong.content.decode()
    nobody = client.post(page(one, "columns"), {"c3": "city"})
    assert nobody.status_code == 422
    assert "Choose a column for the name" in nobody.content.decode()
    assert client.post(page(one, "columns"), chosen).url == page(one, "options")
    with scope(workspace):
        assert CustomField.objects.get().label == "Talla"

    shown = client.get(page(one, "options")).content.decode()
    assert "+52 55 1234 5678" in shown
    assert "That is no phone number" in shown
    options = {"rule": "skip", "keys": ["phone", "email"], "dates": "dmy", "region": "MX"}
    again = client.post(page(one, "options"), {**options, "region": ""})  # no country: both are no numbers
    assert client.get(again.url).content.decode().count("That is no phone number") == 2
    assert client.post(page(one, "options"), {**options, "go": "1"}).url == page(one)
    desk.work_off()

    shown = client.get(page(one)).content.decode()
    assert "Import one row" in shown
    assert "That is no phone number" in shown
    assert client.post(page(one, "run")).url == page(one)
    assert client.post(page(one, "run")).url == page(one)  # twice: one job
    desk.work_off()
    shown = client.get(page(one)).content.decode()
    assert "One row was not imported" in shown
    refused = client.get(page(one, "refused"))
    assert b"Luis;12;;;;" in b"".join(refused.streaming_content)
    with scope(workspace):
        assert Lead.objects.count() == 1

    # The same file again: it is told, and runs only when that was said.
    uploaded(client, workspace)
    desk.work_off()
    two = newest(workspace)
    assert "The same file" in client.get(page(two, "columns")).content.decode()
    client.post(page(two, "columns"), {**chosen, "c4": ""})
    client.post(page(two, "options"), {**options, "go": "1"})
    desk.work_off()
    client.post(page(two, "run"))
    assert newest(workspace).state == "checked"

    assert "goes, unless somebody wrote" in client.get(page(one, "undo")).content.decode()
    client.post(page(one, "undo"))
    desk.work_off()
    assert "Leads removed" in client.get(page(one)).content.decode()
    listed = client.get(reverse("directory:imports", kwargs={"workspace_id": workspace.public_id}))
    assert listed.content.decode().count("a.csv") == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "", "The file is empty"),
        ("a.pdf", "%PDF-1.4", "That is no table"),
        ("a.ods", "x", "another program"),
    ],
)
def test_what_is_no_table_is_refused_in_words(owner, workspace, name, content, words):
    answer = uploaded(cast.signed_in(owner), workspace, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_what_is_too_large_is_refused_before_it_is_read(owner, workspace, monkeypatch):
    monkeypatch.setattr(imports.new, "upload_limit", 1_000)
    assert uploaded(cast.signed_in(owner), workspace, "Nombre\n" + "Ana\n" * 500).status_code == 413
    assert newest(workspace) is None


def test_a_wrong_guess_is_put_right_and_a_draft_thrown_away(owner, workspace):
    client = cast.signed_in(owner)
    uploaded(client, workspace, "Ana|x;a@a.mx\nLuis|y;l@a.mx\n")
    desk.work_off()
    one = newest(workspace)
    assert one.layout["delimiter"] == ";"
    assert not one.layout["has_header"]
    client.post(page(one, "layout"), {"encoding": "utf-8", "delimiter": "|", "has_header": "on"})
    desk.work_off()
    one = newest(workspace)
    assert (one.profile["headers"], one.profile["total"]) == (["Ana", "x;a@a.mx"], 1)
    client.post(page(one, "removal"))
    assert newest(workspace) is None


def test_an_import_that_stopped_goes_on_or_is_taken_back(owner, workspace):
    client = cast.signed_in(owner)
    one = desk.try_out(desk.choose(desk.upload(owner, "a.csv", ROWS.encode()), owner), owner)
    one.workspace = workspace
    client.post(page(one, "run"))
    client.post(page(one, "stop"))
    desk.work_off()
    shown = client.get(page(one)).content.decode()
    assert "It was stopped." in shown
    assert "0 of 2 rows were taken" in shown
    client.post(page(one, "continuation"))
    desk.work_off()
    assert newest(workspace).state == "done"


def test_what_is_under_way_is_the_same_fetched_or_loaded(owner, workspace):
    client = cast.signed_in(owner)
    uploaded(client, workspace)
    one = newest(workspace)
    shown = Swapped(client.get(page(one)))
    shown.apply(client.get(page(one), headers=HTMX), trigger=f"#import-{one.pk}")
    shown.assert_same(client.get(page(one)))

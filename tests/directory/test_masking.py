"""Who may not see phone numbers meets them nowhere."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.db.models import CharField, TextField
from django.http import QueryDict
from django.urls import reverse

from crm.tenancy import scope
from directory import cards, columns, search
from directory.actions import custom as values
from directory.actions import leads
from directory.exporting import columns as exported_columns
from directory.models import CustomField, Lead, Placement
from directory.naming import shown_text
from funnels.board import look
from tests import cast
from tests.directory import exports, house
from tests.directory.test_pages import address
from tests.swap import HTMX
from workspaces.models import Membership

NUMBER = "+525512345678"
CHOSEN = {"direction", "source", "time_zone"}
WHOLE = re.compile(r"55\W{0,2}1234\W{0,2}5678")


@pytest.fixture
def masked(seller: Membership) -> Membership:
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    seller.refresh_from_db()
    return seller


@pytest.fixture
def nameless(owner: Membership, masked: Membership) -> Lead:
    """A lead whose profile is named by its number, and whose history tells of another."""
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, name="+52 55 1234 5678", phone=NUMBER, assignee=masked)
        other = leads.phone("+52 55 1234 5678 ", region=None)
        leads.remove_contact_point(lead.contact_points.get(), by=owner)
        leads.add_contact_point(lead, other, by=owner)
        leads.edit(lead, by=owner, name="55 1234 5678 Marta")
        house.lead(owner.workspace, name="", phone=NUMBER, assignee=masked)
    return lead


@pytest.mark.parametrize("name", ["lead", "lead_panel", "lead_history", "lead_news"])
def test_neither_page_nor_panel_nor_history_shows_a_number(
    masked: Membership, owner: Membership, nameless: Lead, name: str
) -> None:
    hidden = cast.signed_in(masked).get(address(nameless, name)).content.decode()
    shown = cast.signed_in(owner).get(address(nameless, name)).content.decode()
    assert not WHOLE.search(hidden.replace("&#43;", "+"))
    assert NUMBER not in hidden
    assert "•••••• 78" in hidden
    assert WHOLE.search(shown)


def test_nor_does_any_column_of_a_list_or_a_file(masked: Membership, owner: Membership) -> None:
    """Whatever of a lead is text may hold a number: whoever wrote it."""
    texts = [
        one.name
        for one in Lead._meta.local_concrete_fields
        if isinstance(one, (CharField, TextField)) and one.name not in CHOSEN
    ]
    with scope(owner.workspace):
        Membership.objects.filter(pk=masked.pk).update(tools=["directory.export_leads"])
        lead = house.lead(owner.workspace, name="Marta", phone=NUMBER, assignee=masked)
        Lead.objects.filter(pk=lead.pk).update(**dict.fromkeys(texts, "521 55 1234 5678 y 5255-1234-5678"))
        for label in ("text", "phone"):
            field = CustomField.objects.create(label=label, key=label, kind=label)
            values.set_values(lead, {field: "+52 55 1234 5678"}, by=owner)
        keys = [one.key for one in exported_columns.offered()]
        lists = columns.every()
        found = columns.load_all(
            lists, list(Placement.objects.select_related("lead", "assignee__user")), masked
        )
        shown = {one.key: str(one.plain(found[one.key].get(lead.pk, ""))) for one in lists if found[one.key]}
    assert [key for key, text in shown.items() if WHOLE.search(text)] == []
    for form in ("csv", "xlsx"):
        content = exports.exported(masked, keys=keys, form=form)
        if form == "csv":
            rows: list[Any] = [tuple(one.values()) for one in exports.lines(content)]
        else:
            rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
        assert any("•••••• 78" in str(cell) for row in rows for cell in row)
        assert [cell for row in rows for cell in row if WHOLE.search(str(cell))] == []


def test_nor_do_cards_and_the_palette(masked: Membership, nameless: Lead) -> None:
    with scope(masked.workspace):
        from directory.models import Placement

        found = list(Placement.objects.visible_to(masked))
        names = cards.load_all(found, masked, [cards.NAME])[cards.NAME]
    assert set(names.values()) == {"•••••• 78 Marta", "+52 •••••• 78"}
    client = cast.signed_in(masked)
    palette = reverse("ui:palette", kwargs={"workspace_id": masked.workspace.public_id})
    page = client.get(palette, {"q": "marta"}).content.decode()
    assert "•••••• 78 Marta" in page
    assert not WHOLE.search(page)


def test_who_sees_no_numbers_finds_their_own_by_words_with_digits_however_many_others_have(
    owner: Membership, masked: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 3)
    monkeypatch.setattr(look, "MOST_NAMED", 3)
    with scope(owner.workspace):
        for number in range(9):
            house.lead(owner.workspace, name=f"Sala 12 de otro {number}", assignee=owner)
        mine = [house.lead(owner.workspace, name="Sala 12", assignee=masked) for _ in range(2)]
        hidden = house.lead(owner.workspace, name="Sala 55 1212 0012", assignee=masked)
        ids = {one.pk for one in mine}
        assert {one.pk for one in search.find(masked, "sala 12", 10)} == ids
        every = Placement.objects.filter(search.matching("sala 12", masked))
        assert set(every.values_list("pk", flat=True)) == ids
        assert set(look.Look.of(QueryDict("q=sala 12"), masked).named) == ids
        assert search.find(masked, "sala 55 12", 10) == [], hidden


def test_a_masked_name_sent_back_is_no_change_and_a_new_one_is(masked: Membership, nameless: Lead) -> None:
    client = cast.signed_in(masked)
    action = address(nameless, "lead_text", field="name") + "?in=panel"
    client.post(action, {"value": "•••••• 78 Marta"}, headers=HTMX)
    with scope(masked.workspace):
        nameless.refresh_from_db()
        assert nameless.name == "55 1234 5678 Marta"
    client.post(action, {"value": "Marta Ruiz"}, headers=HTMX)
    with scope(masked.workspace):
        nameless.refresh_from_db()
        assert nameless.name == "Marta Ruiz"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Marta", "Marta"),
        ("Lote 24", "Lote 24"),
        ("Calle 5 de Mayo 1862", "Calle 5 de Mayo 1862"),
        ("tel (55) 1234-5678 casa", "tel (•••••• 78 casa"),
        ("+52 1 55 1234 5678", "+52 •••••• 78"),
    ],
)
def test_numbers_within_names_are_masked_and_others_left(masked: Membership, text: str, seen: str) -> None:
    assert shown_text(text, masked) == seen

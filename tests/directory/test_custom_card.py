"""A workspace's own fields where people work with leads: card, dialog, stage, history."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.tenancy import scope
from directory import custom, required
from directory.actions import custom as custom_actions
from directory.actions import custom_fields
from directory.models import CustomField, CustomValue, Lead
from funnels.actions import moves
from tests import cast
from tests.directory import house
from tests.directory.test_acts import told
from tests.directory.test_pages import address
from tests.directory.test_swaps import history_too
from tests.swap import HTMX, Swapped
from workspaces.models import Membership

KINDS = ("text", "number", "date", "choice", "choices", "yes_no", "phone", "email", "url", "money")


@pytest.fixture
def fields(owner: Membership) -> dict[str, CustomField]:
    with scope(owner.workspace):
        choices = {"choice": ("S", "M"), "choices": ("Azul", "Verde")}
        return {kind: house.field(kind, choices=choices.get(kind, ())) for kind in KINDS}


@pytest.fixture
def marta(owner: Membership, seller: Membership) -> Lead:
    with scope(owner.workspace):
        return house.lead(owner.workspace, assignee=seller)


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


WRITTEN: list[tuple[str, list[str], str]] = [
    ("text", ["Martita"], "Martita"),
    ("number", ["1,5"], "1.5"),
    ("date", ["1990-12-24"], "Dec. 24, 1990"),
    ("choice", ["M"], "M"),
    ("choices", ["Verde", "Azul"], "Azul, Verde"),
    ("yes_no", ["0"], "No"),
    ("phone", ["55 1234 5678"], "+52 55 1234 5678"),
    ("url", ["example.com"], "https://example.com"),
    ("money", ["1500"], "MX$1,500"),
]


@pytest.mark.parametrize(
    ("place", "kind", "typed", "shown"),
    [*(("page", *one) for one in WRITTEN), *(("panel", *one) for one in WRITTEN[3:5])],
)
def test_a_field_written_in_place_leaves_the_card_as_a_reload_shows_it(
    owner: Membership,
    client: Client,
    marta: Lead,
    fields: dict[str, CustomField],
    place: str,
    kind: str,
    typed: list[str],
    shown: str,
) -> None:
    at = address(marta, "lead_panel" if place == "panel" else "lead")
    page = Swapped(client.get(at))
    prefix = f"#{place}-lead-{marta.pk}-own-{fields[kind].pk}"
    seen = page.tree.select_one(f"{prefix}-field [name=seen]")["value"]
    action = address(marta, "lead_field", field=fields[kind].pk) + f"?in={place}"
    answer = client.post(action, {"value": typed, "seen": seen}, headers=HTMX)
    assert answer.status_code == 200, answer.content
    page.apply(answer, trigger=f"{prefix}-field")
    history_too(page, client, marta, place)
    page.assert_same(client.get(at))
    with scope(owner.workspace):
        assert told(marta, owner)[-1] == f"Olga Owner changed {kind} [ → {shown}]"


def test_what_is_refused_stays_as_it_was_typed_with_the_reason(
    client: Client, marta: Lead, fields: dict[str, CustomField]
) -> None:
    action = address(marta, "lead_field", field=fields["number"].pk) + "?in=page"
    answer = client.post(action, {"value": "doce"}, headers=HTMX)
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "That is no number." in words
    assert 'value="doce"' in words


def test_two_at_one_field_do_not_overwrite_each_other(
    owner: Membership, seller: Membership, marta: Lead, fields: dict[str, CustomField]
) -> None:
    action = address(marta, "lead_field", field=fields["text"].pk) + "?in=page"
    seen = custom_actions.mark_of_value(None)
    assert (
        cast.signed_in(seller).post(action, {"value": "una", "seen": seen}, headers=HTMX).status_code == 200
    )
    second = cast.signed_in(owner).post(action, {"value": "otra", "seen": seen}, headers=HTMX)
    assert second.status_code == 422
    assert "Somebody changed this meanwhile" in second.content.decode()
    now = BeautifulSoup(second.content, "html.parser").select_one(
        f"#page-lead-{marta.pk}-own-{fields['text'].pk}-field [name=seen]"
    )
    assert (
        cast.signed_in(owner).post(action, {"value": "otra", "seen": now["value"]}, headers=HTMX).status_code
        == 200
    )
    with scope(owner.workspace):
        assert CustomValue.objects.get(lead=marta).text == "otra"


def test_a_required_field_is_changed_but_not_emptied(owner: Membership, client: Client, marta: Lead) -> None:
    with scope(owner.workspace):
        field = house.field("text", "Apodo", is_required=True)
        custom_actions.set_values(marta, {field: "Martita"}, by=owner)
    action = address(marta, "lead_field", field=field.pk) + "?in=page"
    answer = client.post(action, {"value": " "}, headers=HTMX)
    assert (answer.status_code, "not emptied" in answer.content.decode()) == (422, True)
    assert client.post(action, {"value": "Marti"}, headers=HTMX).status_code == 200


def test_numbers_are_masked_and_kept_for_who_may_not_see_them(
    owner: Membership, seller: Membership, marta: Lead, fields: dict[str, CustomField]
) -> None:
    phone, text = fields["phone"], fields["text"]
    with scope(owner.workspace):
        values = {phone: "+525512345678", text: "tel 5598765432"}
        custom_actions.set_values(marta, values, by=owner)
        Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    client = cast.signed_in(seller)
    page = client.get(address(marta)).content.decode()
    assert "123456" not in page
    assert "987654" not in page
    for field, typed in ((phone, "+52 •••••• 78"), (text, "tel •••••• 32 noches")):
        client.post(address(marta, "lead_field", field=field.pk) + "?in=page", {"value": typed}, headers=HTMX)
    with scope(owner.workspace):
        held = custom.values([marta.pk], [phone, text])[marta.pk]
        assert held == {phone.pk: "+525512345678", text.pk: "tel 5598765432 noches"}


@pytest.mark.parametrize("name", ["lead", "lead_panel"])
def test_fields_cost_a_card_one_query_and_none_where_there_are_none(
    owner: Membership, client: Client, marta: Lead, name: str
) -> None:
    def cost() -> int:
        client.get(address(marta, name))
        with CaptureQueriesContext(connection) as asked:
            client.get(address(marta, name))
        assert asked.captured_queries
        return len(asked)

    without = cost()
    with scope(owner.workspace):
        found = [house.field("choice", f"F{n}", choices=("S", "M")) for n in range(5)]
    assert cost() == without + 1
    with scope(owner.workspace):
        custom_actions.set_values(marta, {one: one.choice_list[0].pk for one in found}, by=owner)
    assert cost() == without + 1, "history has the names from what the card read"


def test_history_says_what_a_deleted_field_held(owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        field, size = house.field("text", "Apodo"), house.field("choice", "Talla", choices=("S", "M"))
        custom_actions.set_values(marta, {field: "Martita", size: size.choice_list[0].pk}, by=owner)
        custom_fields.delete(field, by=owner)
        custom_fields.delete(size, by=owner)
        said = told(marta, owner)[-1]
    assert said == "Olga Owner changed [ → Martita] [ → —]"
    page = cast.signed_in(owner).get(address(marta, "lead_history")).content.decode()
    assert page.count("A field that was deleted: ") == 2


@pytest.fixture
def dialog(owner: Membership) -> str:
    return reverse("directory:lead_new", kwargs={"workspace_id": owner.workspace.public_id})


def test_a_new_lead_is_asked_what_is_required_and_begins_with_defaults(
    owner: Membership, client: Client, dialog: str
) -> None:
    with scope(owner.workspace):
        size = house.field("choice", "Talla", choices=("S", "M"), is_required=True)
        CustomField.objects.filter(pk=size.pk).update(default=size.choice_list[1].pk)
        billed = house.field("yes_no", "Factura", default=True)
        house.field("text", "Apodo")
    page = client.get(dialog, headers=HTMX).content.decode()
    assert ("Talla" in page, 'value="M" selected' in page, "Factura" in page) == (True, True, False)
    refused = client.post(dialog, {"name": "Ana", size.name: ""}, headers=HTMX)
    assert refused.status_code == 422
    assert client.post(dialog, {"name": "Ana", size.name: "XL"}, headers=HTMX).status_code == 422
    assert client.post(dialog, {"name": "Ana", size.name: "S"}, headers=HTMX).status_code == 200
    with scope(owner.workspace):
        held = custom.values([Lead.objects.get().pk], custom.fields())[Lead.objects.get().pk]
        assert held == {size.pk: size.choice_list[0].pk, billed.pk: True}


def test_a_stage_asks_for_a_field_and_its_form_fills_it_in(
    owner: Membership, client: Client, marta: Lead, fields: dict[str, CustomField]
) -> None:
    wanted = [fields["choices"], fields["number"]]
    with scope(owner.workspace):
        [_first, last] = house.funnel(owner.workspace).stages.all()
        last.required = [one.name for one in reversed(wanted)]
        last.save()
        with pytest.raises(required.Missing, match="asks for: number, choices") as missing:
            moves.move(marta.pk, by=owner, stage=last)
        assert missing.value.keys == [fields["number"].name, fields["choices"].name]
    form = reverse("funnels:requirements", kwargs={"workspace_id": owner.workspace.public_id, "pk": last.pk})
    at = f"{form}?lead={marta.pk}&in=page"
    assert 'type="checkbox"' in client.get(at, headers=HTMX).content.decode()
    data: dict[str, Any] = {f"asked-{fields['choices'].name}": ["Verde"]}
    assert client.post(at, data, headers=HTMX).status_code == 422
    data[f"asked-{fields['number'].name}"] = "7"
    assert client.post(at, data, headers=HTMX).status_code == 200
    with scope(owner.workspace):
        assert house.placement_of(marta).stage_id == last.pk
        held = custom.values([marta.pk], wanted)[marta.pk]
        assert held == {fields["number"].pk: 7, fields["choices"].pk: (fields["choices"].choice_list[1].pk,)}
        custom_fields.delete(fields["number"], by=owner)
        other = house.lead(owner.workspace, name="Otra")
        with pytest.raises(required.Missing, match="asks for: choices"):
            moves.move(other.pk, by=owner, stage=last)


def test_a_foreign_field_is_not_found(
    owner: Membership, client: Client, marta: Lead, outsider: Membership
) -> None:
    with scope(outsider.workspace):
        theirs = house.field("text")
    answer = client.post(
        address(marta, "lead_field", field=theirs.pk) + "?in=page", {"value": "x"}, headers=HTMX
    )
    assert answer.status_code == 404


def test_a_lead_made_in_a_stage_is_asked_what_the_stage_asks(
    owner: Membership, client: Client, dialog: str, fields: dict[str, CustomField]
) -> None:
    with scope(owner.workspace):
        [_first, last] = house.funnel(owner.workspace).stages.all()
        last.required = [fields["date"].name]
        last.save()
    refused = client.post(dialog, {"name": "Ana", "stage": last.pk}, headers=HTMX)
    assert (refused.status_code, f'name="{fields["date"].name}"' in refused.content.decode()) == (422, True)
    made = {"name": "Ana", "stage": last.pk, fields["date"].name: "1990-12-24"}
    assert client.post(dialog, made, headers=HTMX).status_code == 200
    with scope(owner.workspace):
        assert CustomValue.objects.get(field=fields["date"]).lead.name == "Ana"

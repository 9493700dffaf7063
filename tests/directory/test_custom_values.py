"""Values of a workspace's own fields: cleaned, stored by their kind, read and shown."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.tenancy import scope
from directory import custom
from directory.actions import custom as custom_actions
from directory.actions.marks import ChangedMeanwhile
from directory.models import CustomField, CustomValue, Lead
from tests.directory import house
from workspaces.models import Membership, Workspace


@pytest.fixture
def marta(owner: Membership) -> Iterator[Lead]:
    """Within the scope of her workspace."""
    with scope(owner.workspace):
        yield house.lead(owner.workspace)


def test_each_kind_is_written_read_and_shown_as_what_it_is(owner: Membership, marta: Lead) -> None:
    size = house.field("choice", "Talla", choices=("S", "M"))
    several = house.field("choices", "Gustos", choices=("Azul", "Rojo, vivo", "Verde"))
    blue, red, green = (one.pk for one in several.choice_list)
    kept = {
        house.field("text", "Apodo"): ("  Hola   tú ", "Hola tú", "Hola tú"),
        house.field("number", "Hijos"): ("1,234.5", Decimal("1234.5"), "1,234.5"),
        house.field("date", "Cumple"): ("24/12/1990", date(1990, 12, 24), "Dec. 24, 1990"),
        size: ("m", size.choice_list[1].pk, "M"),
        several: ("verde; azul", (blue, green), "Azul, Verde"),
        house.field("yes_no", "Factura"): ("Sí", True, "Yes"),
        house.field("phone", "Otro"): ("55 1234 5678", "+525512345678", "+52 55 1234 5678"),
        house.field("email", "Correo"): ("Ana@Example.com", "Ana@Example.com", "Ana@Example.com"),
        house.field("url", "Sitio"): ("example.com/a", "https://example.com/a", "https://example.com/a"),
        house.field("money", "Presupuesto"): ("$12.500,50", Decimal("12500.5"), "MX$12,500.50"),
    }
    workspace = owner.workspace
    cleaned = {field: custom.clean(field, raw, workspace) for field, (raw, _value, _shown) in kept.items()}
    assert cleaned == {field: value for field, (_raw, value, _shown) in kept.items()}
    custom_actions.set_values(marta, cleaned, by=owner)

    fields = custom.fields()
    held = custom.values([marta.pk], fields)[marta.pk]
    assert held == {field.pk: value for field, value in cleaned.items()}
    for field in fields:
        value = held[field.pk]
        assert custom.shown(field, value, owner) == kept[field][2]
        assert custom.clean(field, custom.typed(field, value, owner), workspace) == value
        assert custom.thawed(field, custom.frozen(value)) == value
        assert set(CustomValue.objects.of_field(field).values_list("lead", flat=True)) == {marta.pk}
        assert custom.held(field, [marta.pk]) == {marta.pk}
    assert custom.plain(several, (blue, red)) == "Azul; Rojo, vivo"
    assert custom.clean(several, "Rojo, vivo", workspace) == (red,)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("number", "doce"),
        ("number", "1e30"),
        ("number", "1" * 16),
        ("number", "1.2.3"),
        ("number", "٫"),
        ("date", "31/02/2026"),
        ("date", "0001-01-01"),
        ("date", "pronto"),
        ("choice", "XXL"),
        ("choices", "S; XXL"),
        ("yes_no", "quizás"),
        ("phone", "123"),
        ("email", "ana@"),
        ("url", "javascript:alert(1)"),
        ("url", "https://example.com/" + "a" * 600),
        ("money", "-5"),
        ("money", "9" * 20),
        ("text", "a" * 1_001),
    ],
)
def test_what_is_none_of_its_kind_is_refused(owner: Membership, marta: Lead, kind: str, raw: str) -> None:
    field = house.field(kind, choices=("S", "M") if "choice" in kind else ())
    assert custom.clean(field, "  ", owner.workspace) is None
    with pytest.raises(ValidationError):
        custom.clean(field, raw, owner.workspace)


@pytest.mark.parametrize(
    ("currency", "raw", "number"),
    [
        ("MXN", "1.234", "1.234"),
        ("MXN", "1,234", "1234"),
        ("ARS", "1.234", "1234"),
        ("ARS", "1,234", "1.234"),
        ("ARS", "1.234.567,89", "1234567.89"),
        ("MXN", "12,5", "12.5"),
        ("MXN", "-0", "0"),
        ("MXN", "− 7", "-7"),
    ],
)
def test_a_number_is_read_as_it_is_written_where_the_workspace_is(
    owner: Membership, marta: Lead, currency: str, raw: str, number: str
) -> None:
    workspace: Workspace = owner.workspace
    workspace.currency = currency
    field = house.field("number")
    value = custom.clean(field, raw, workspace)
    assert value == Decimal(number)
    assert custom.clean(field, custom.typed(field, value, owner), workspace) == value


def test_a_change_leaves_one_event_with_old_and_new(owner: Membership, marta: Lead) -> None:
    size = house.field("choice", "Talla", choices=("S", "M"))
    budget, born = house.field("money", "Presupuesto"), house.field("date", "Cumple")
    small, medium = (one.pk for one in size.choice_list)
    custom_actions.set_values(marta, {size: small, budget: Decimal(5), born: None}, by=owner)
    custom_actions.set_values(marta, {size: medium, budget: Decimal(5)}, by=owner)
    custom_actions.set_values(marta, {size: medium}, by=owner)
    custom_actions.set_values(marta, {size: None}, by=owner)
    assert [event.changes for event in house.events_of(marta)[1:]] == [
        {size.name: [None, small], budget.name: [None, "5"]},
        {size.name: [small, medium]},
        {size.name: [medium, None]},
    ]
    assert CustomValue.objects.get().number == 5


def test_what_somebody_else_wrote_is_not_overwritten_unseen(owner: Membership, marta: Lead) -> None:
    field = house.field("text", "Apodo")
    seen = custom_actions.mark_of_value(None)
    custom_actions.set_values(marta, {field: "Martita"}, by=owner, seen={field: seen})
    with pytest.raises(ChangedMeanwhile):
        custom_actions.set_values(marta, {field: "Marti"}, by=owner, seen={field: seen})
    assert custom.values([marta.pk], [field])[marta.pk] == {field.pk: "Martita"}


def test_the_database_holds_one_value_of_one_workspace(
    owner: Membership, marta: Lead, outsider: Membership
) -> None:
    field = house.field("number")
    CustomValue.objects.create(field=field, lead=marta, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomValue.objects.create(field=field, lead=marta, number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomValue.objects.create(field=house.field("text"), lead=marta, number=2, text="two")
    with scope(outsider.workspace):
        assert custom.fields() == []
        theirs = house.field("number")
        with pytest.raises(IntegrityError), transaction.atomic():
            CustomValue.objects.create(field_id=theirs.pk, lead_id=marta.pk, number=1)
            transaction.get_connection().check_constraints()
        assert custom.values([marta.pk], [theirs]) == {}


def test_a_choice_of_another_field_is_no_value(owner: Membership, marta: Lead) -> None:
    size, colour = house.field("choice", "Talla", choices="S"), house.field("choices", "Color", choices="R")
    for field, value in ((size, colour.choice_list[0].pk), (colour, (size.choice_list[0].pk,))):
        with pytest.raises(ValueError, match="another field"):
            custom_actions.set_values(marta, {field: value}, by=owner)  # type: ignore[dict-item]


def test_phones_are_masked_for_who_may_not_see_them(
    owner: Membership, seller: Membership, marta: Lead
) -> None:
    phone, text = house.field("phone", "Otro"), house.field("text", "Apodo")
    seller.sees_phones = False
    assert custom.shown(phone, "+525512345678", seller) == "+52 •••••• 78"
    assert "1234" not in custom.shown(text, "Llama al 55 1234 5678", seller)
    shown = custom.typed(phone, "+525512345678", seller)
    assert custom.written_over(phone, shown, "+525512345678", seller) == "+525512345678"


def test_fields_and_values_of_many_leads_are_two_queries(
    owner: Membership, marta: Lead, django_assert_num_queries: object
) -> None:
    size = house.field("choice", "Talla", choices=("S", "M"))
    house.field("choices", "Gustos", choices=("Azul", "Verde"))
    others = [house.lead(owner.workspace) for _number in range(3)]
    for lead in others:
        custom_actions.set_values(lead, {size: size.choice_list[0].pk}, by=owner)
    with django_assert_num_queries(2):  # type: ignore[operator]
        fields: list[CustomField] = custom.fields()
        assert len(custom.values([one.pk for one in [marta, *others]], fields)) == 3

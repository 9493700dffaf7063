"""A workspace's own fields in Settings: made, changed, put in order, deleted; their choices."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from crm.tenancy import scope
from directory import custom
from directory.actions import custom as custom_actions
from directory.actions import custom_choices, custom_fields
from directory.custom import removing
from directory.models import CustomChoice, CustomField, CustomValue, Lead
from tests import cast
from tests.directory import house
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership

Address = Callable[..., str]


@pytest.fixture
def at(owner: Membership) -> Address:
    return lambda route, **kwargs: reverse(
        f"directory:{route}", kwargs={"workspace_id": owner.workspace.public_id, **kwargs}
    )


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


def shown(owner: Membership) -> list[tuple[str, str, list[str]]]:
    with scope(owner.workspace):
        return [(one.label, one.kind, [each.label for each in one.choice_list]) for one in custom.fields()]


def test_fields_are_made_with_a_key_of_their_own(owner: Membership, client: Client, at: Address) -> None:
    made = client.post(
        at("fields"), {"label": " Talla  preferida ", "kind": "choice", "choices": "S\nM\n\ns \nL"}
    )
    assert made.status_code == 302
    client.post(at("fields"), {"label": "Presupuesto", "kind": "money", "is_required": "on"})
    assert shown(owner) == [("Talla preferida", "choice", ["S", "M", "L"]), ("Presupuesto", "money", [])]
    with scope(owner.workspace):
        [size, budget] = custom.fields()
        assert (size.key, budget.key, budget.is_required) == ("talla_preferida", "presupuesto", True)
        assert len({choice.colour for choice in size.choice_list}) == 3
    assert "Talla preferida" in client.get(at("fields")).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"label": "", "kind": "text"}, "required"),
        ({"label": "TALLA", "kind": "text"}, "There is a field named TALLA already."),
        ({"label": "Otra", "kind": "choice", "choices": " \n"}, "Write at least one choice."),
        ({"label": "Otra", "kind": "choice", "choices": "a;b"}, "Leave out ; and |"),
        (
            {"label": "Otra", "kind": "choice", "choices": "\n".join(map(str, range(201)))},
            "can have 200 choices",
        ),
        ({"label": "Otra", "kind": "nonsense"}, "nonsense"),
    ],
)
def test_what_makes_no_field_is_told_at_its_place(
    owner: Membership, client: Client, at: Address, data: dict[str, str], words: str
) -> None:
    with scope(owner.workspace):
        house.field("text", "Talla")
    answer = client.post(at("fields"), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert len(shown(owner)) == 1


def test_a_hundred_fields_are_enough(owner: Membership, client: Client, at: Address) -> None:
    with scope(owner.workspace):
        CustomField.objects.bulk_create(
            CustomField(label=f"F{n}", key=f"f{n}", kind="text", position=n) for n in range(100)
        )
        with pytest.raises(Refused, match="100 fields"):
            custom_fields.create(by=owner, label="One more", kind="text")
    assert "New field" not in client.get(at("fields")).content.decode()


def test_their_order_is_what_was_dragged(owner: Membership, client: Client, at: Address) -> None:
    with scope(owner.workspace):
        first, second, third = (house.field("text", label).pk for label in "ABC")
    client.post(at("field_order"), {"order": [third, first, "x", 10**30]})
    assert [label for label, _kind, _choices in shown(owner)] == ["C", "A", "B"]
    assert second  # the one that was not named comes last


def test_a_kind_changes_only_where_nothing_is_lost(owner: Membership, client: Client, at: Address) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace)
        empty, link = house.field("text", "Vacio"), house.field("url", "Sitio")
        custom_actions.set_values(lead, {link: "https://example.com"}, by=owner)
        assert set(custom_fields.kinds_open_to(link)) == {"url", "text"}
        with pytest.raises(Refused):
            custom_fields.change(link, by=owner, label="Sitio", kind="date", is_required=False, default=None)
    refused = client.post(at("field", pk=link.pk), {"label": "Sitio", "kind": "date"})
    assert refused.status_code == 422
    client.post(at("field", pk=link.pk), {"label": "Sitio", "kind": "text", "default": "ninguno"})
    client.post(at("field", pk=empty.pk), {"label": "Cumple", "kind": "date", "default": "x"})
    assert [one[:2] for one in shown(owner)] == [("Cumple", "date"), ("Sitio", "text")]
    with scope(owner.workspace):
        [born, site] = custom.fields()
        assert (born.default, site.default, born.key) == (None, None, "vacio")
        assert custom.values([lead.pk], [site])[lead.pk] == {site.pk: "https://example.com"}


def test_a_default_is_of_the_fields_kind(owner: Membership, client: Client, at: Address) -> None:
    with scope(owner.workspace):
        size = house.field("choices", "Talla", choices=("S", "M", "L"))
    page = at("field", pk=size.pk)
    client.post(page, {"label": "Talla", "kind": "choices", "default": ["L", "S"]})
    with scope(owner.workspace):
        [size] = custom.fields()
        assert custom.thawed(size, size.default) == (size.choice_list[0].pk, size.choice_list[2].pk)
    shows = client.get(page).content.decode()
    assert ['value="S" checked' in shows, 'value="M" checked' in shows, 'value="L" checked' in shows] == [
        True,
        False,
        True,
    ]
    assert client.post(page, {"label": "Talla", "kind": "choices", "default": ["XL"]}).status_code == 422


def test_deleting_a_field_wants_its_name_and_takes_what_leads_hold(
    owner: Membership, client: Client, at: Address
) -> None:
    with scope(owner.workspace):
        field = house.field("choices", "Talla", choices=("S", "M"))
        for _number in range(2):
            lead = house.lead(owner.workspace)
            custom_actions.set_values(lead, {field: tuple(one.pk for one in field.choice_list)}, by=owner)
    page = at("field_removal", pk=field.pk)
    assert "2 leads hold something in it" in client.get(page).content.decode()
    assert client.post(page, {"confirmation": "talla"}).status_code == 422
    assert len(shown(owner)) == 1
    assert client.post(page, {"confirmation": "Talla"}).status_code == 302
    with scope(owner.workspace):
        assert (custom.fields(), CustomValue.objects.exists()) == ([], False)
        deliver_all()
        assert not CustomField.objects.exists()
        entry = AuditEntry.objects.filter(target="Talla").latest("id")
        assert entry.changes == {"field": ["Talla", None], "leads": [2, 0]}
    assert client.get(page).status_code == 404


def test_what_many_hold_goes_in_batches(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "BATCH", 2)
    with scope(owner.workspace):
        field = house.field("number", "Hijos")
        for number in range(5):
            custom_actions.set_values(
                house.lead(owner.workspace),
                {field: custom.clean(field, str(number), owner.workspace)},
                by=owner,
            )
        custom_fields.delete(field, by=owner)
        assert (CustomValue.objects.count(), custom.fields()) == (3, [])
        house.field("number", "Hijos")  # the name is free at once
        deliver_all()
        assert not CustomValue.objects.exists()
        assert CustomField.objects.count() == 1


@pytest.mark.parametrize("several", [False, True])
def test_who_has_a_choice_that_goes_gets_another(
    owner: Membership, monkeypatch: pytest.MonkeyPatch, several: bool
) -> None:
    monkeypatch.setattr(removing, "BATCH", 2)
    with scope(owner.workspace):
        field = house.field("choices" if several else "choice", "Talla", choices=("S", "M", "L"))
        small, medium, large = field.choice_list
        leads: list[Lead] = [house.lead(owner.workspace) for _number in range(5)]
        for lead in leads:
            custom_actions.set_values(lead, {field: (small.pk,) if several else small.pk}, by=owner)
        if several:
            custom_actions.set_values(leads[0], {field: (small.pk, medium.pk)}, by=owner)
        field.default = [small.pk, large.pk] if several else small.pk
        field.save()
        custom_choices.delete(small, by=owner, home=medium)
        [field] = custom.fields()
        assert [one.label for one in field.choice_list] == ["M", "L"]
        assert field.default == ([medium.pk, large.pk] if several else medium.pk)
        with pytest.raises(Refused, match="at this moment"):
            custom_choices.delete(medium, by=owner, home=None)
        deliver_all()
        held = custom.values([one.pk for one in leads], custom.fields())
        expected = (medium.pk,) if several else medium.pk
        assert [held[one.pk][field.pk] for one in leads] == [expected] * 5
        assert CustomChoice.objects.count() == 2
        custom_choices.delete(medium, by=owner, home=None)
        deliver_all()
        assert custom.values([one.pk for one in leads], custom.fields()) == {}
        with pytest.raises(Refused, match="one choice at least"):
            custom_choices.delete(large, by=owner, home=None)


def test_choices_are_added_renamed_and_put_in_order(owner: Membership, client: Client, at: Address) -> None:
    with scope(owner.workspace):
        field = house.field("choice", "Talla", choices=("S", "M"))
    small, medium = field.choice_list
    client.post(at("field_choices", field=field.pk), {"label": "L", "colour": "red"})
    assert (
        client.post(at("field_choices", field=field.pk), {"label": "l", "colour": "red"}).status_code == 422
    )
    client.post(at("field_choice", field=field.pk, pk=small.pk), {"label": "Chica", "colour": "blue"})
    client.post(at("field_choice_order", field=field.pk), {"order": [medium.pk, small.pk]})
    assert shown(owner) == [("Talla", "choice", ["M", "Chica", "L"])]
    page = client.get(at("field_choice_removal", field=field.pk, pk=small.pk)).content.decode()
    assert "No lead has it." in page
    client.post(at("field_choice_removal", field=field.pk, pk=small.pk), {"home": medium.pk})
    assert shown(owner) == [("Talla", "choice", ["M", "L"])]


def deliver_all() -> None:
    """What a worker would do with what is queued."""
    from crm.work.models import Item

    while item := Item.objects.filter(kind=removing.KIND_NAME).order_by("id").first():
        removing.deliver(item)
        Item.objects.filter(pk=item.pk).delete()

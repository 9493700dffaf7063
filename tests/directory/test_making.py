"""A lead made by hand."""

import pytest
from django.urls import reverse

from crm.tenancy import scope
from directory.models import Lead
from tests import cast
from tests.directory import house
from tests.swap import HTMX
from workspaces.models import Membership


@pytest.fixture
def action(owner: Membership) -> str:
    return reverse("directory:lead_new", kwargs={"workspace_id": owner.workspace.public_id})


def test_it_has_what_was_written(owner: Membership, seller: Membership, action: str) -> None:
    with scope(owner.workspace):
        [_first, last] = house.funnel(owner.workspace).stages.all()
        vip = house.tag(owner.workspace)
    answer = cast.signed_in(owner).post(
        action,
        {
            "name": "  Marta \u202e Ruiz ",
            "phone": "55 1234 5678",
            "email": "Marta@Ejemplo.mx",
            "stage": last.pk,
            "assignee": seller.pk,
            "tags": [vip.pk],
        },
        headers=HTMX,
    )
    with scope(owner.workspace):
        lead = Lead.objects.get()
        placement = house.placement_of(lead)
        assert (lead.name, lead.direction, lead.source) == ("Marta Ruiz", "out", "manual")
        assert sorted(lead.contact_points.values_list("value", flat=True)) == [
            "+525512345678",
            "marta@ejemplo.mx",
        ]
        assert (placement.stage_id, placement.assignee_id) == (last.pk, seller.pk)
        assert lead.lead_tags.get().tag_id == vip.pk
    assert answer.headers["HX-Redirect"].endswith(f"/leads/{lead.pk}/")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Write a name, a phone number or an e-mail address"),
        ({"phone": "12"}, "That is not a phone number"),
        ({"phone": "a@b.mx"}, "its field is the next one"),
        ({"email": "marta"}, "That is not an e-mail address"),
        ({"name": "\u200b\u202e"}, "Write a name that can be seen"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    owner: Membership, action: str, data: dict[str, str], words: str
) -> None:
    answer = cast.signed_in(owner).post(action, data, headers=HTMX)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with scope(owner.workspace):
        assert not Lead.objects.exists()


def test_one_that_is_there_already_is_shown_before(
    owner: Membership, seller: Membership, other_seller: Membership, action: str
) -> None:
    with scope(owner.workspace):
        there = house.lead(
            owner.workspace, name="Marta de antes", phone="+52 1 55 1234 5678", assignee=seller
        )
    data = {"name": "Marta", "phone": "+52 55 1234 5678"}
    for person in (owner, seller):
        answer = cast.signed_in(person).post(action, data, headers=HTMX)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Marta de antes" in page
        assert f"/leads/{there.pk}/" in page
    with scope(owner.workspace):
        assert Lead.objects.count() == 1
    cast.signed_in(other_seller).post(action, {**data, "assignee": other_seller.pk})  # they do not see it
    cast.signed_in(owner).post(action, {**data, "despite": "on"})
    with scope(owner.workspace):
        assert Lead.objects.count() == 3


def test_a_seller_puts_it_only_where_they_work(owner: Membership, seller: Membership, action: str) -> None:
    with scope(owner.workspace):
        [first, _last] = house.funnel(owner.workspace).stages.all()
    answer = cast.signed_in(seller).post(action, {"name": "Marta", "stage": first.pk})
    assert answer.status_code == 422
    answer = cast.signed_in(seller).post(action, {"name": "Marta"})
    assert answer.status_code == 302
    with scope(owner.workspace):
        assert house.placement_of(Lead.objects.get()).assignee_id == seller.pk

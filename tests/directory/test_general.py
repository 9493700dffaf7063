"""Who a lead is: name and its parts, addresses, zone, links, personal manager; whether one may write to them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.tenancy import scope
from directory.actions import custom as custom_actions
from directory.actions import erasure, leads, profiles
from directory.models import CustomField, CustomValue, Lead, SocialProfile
from inbox.models import Channel, Identity
from tests import cast
from tests.directory import house
from tests.directory.test_acts import told
from tests.directory.test_pages import address
from tests.directory.test_swaps import history_too
from tests.swap import HTMX, Swapped
from workspaces import leaving, portability
from workspaces.actions import memberships
from workspaces.models import Membership


@pytest.fixture
def marta(owner: Membership, seller: Membership) -> Lead:
    with scope(owner.workspace):
        return house.lead(owner.workspace, assignee=seller)


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


ACTS: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
    ("lead_text", {"field": "first_name"}, {"value": "Marta Elena"}, "-first_name-field"),
    ("lead_text", {"field": "delivery_address"}, {"value": "Av. Juárez 5"}, "-delivery_address-field"),
    ("lead_text", {"field": "time_zone"}, {"value": "bogota"}, "-time_zone-field"),
    ("lead_profiles", {}, {"url": "www.instagram.com/marta"}, "-profile-form"),
    ("lead_manager", {}, {"manager": "seller"}, "-manager-field"),
]


@pytest.mark.parametrize(("route", "more", "data", "trigger"), ACTS)
def test_an_act_leaves_the_card_as_a_reload_shows_it(
    client: Client,
    seller: Membership,
    marta: Lead,
    route: str,
    more: dict[str, Any],
    data: dict[str, str],
    trigger: str,
) -> None:
    page = Swapped(client.get(address(marta)))
    sent = {key: str(seller.pk) if value == "seller" else value for key, value in data.items()}
    answer = client.post(address(marta, route, **more) + "?in=page", sent, headers=HTMX)
    assert answer.status_code == 200, answer.content
    page.apply(answer, trigger=f"#page-lead-{marta.pk}{trigger}")
    history_too(page, client, marta, "page")
    page.assert_same(client.get(address(marta)))


def test_the_name_follows_its_parts_until_somebody_gives_another(owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        stranger = house.lead(owner.workspace, name="")
        leads.edit(stranger, by=owner, first_name="Ana", last_name="Paz")
        leads.edit(stranger, by=owner, second_name="María")
        assert stranger.name == "Ana María Paz"
        leads.edit(stranger, by=owner, name="Anita")
        leads.edit(stranger, by=owner, last_name="Pérez")
        assert (stranger.name, stranger.last_name) == ("Anita", "Pérez")
        Lead.objects.filter(pk=marta.pk).update(is_named_by_us=False)
        leads.edit(marta, by=owner, first_name="Marta", last_name="Ríos")
        assert Lead.objects.get(pk=marta.pk).name == "Marta Ríos"
        assert Lead.objects.get(pk=marta.pk).is_named_by_us
        assert told(marta, owner)[-1] == "Olga Owner changed [Marta Ruiz → Marta Ríos] [ → Marta] [ → Ríos]"


@pytest.mark.parametrize(
    ("route", "more", "data", "words"),
    [
        ("lead_text", {"field": "time_zone"}, {"value": "Atlantis"}, "Choose one of the list"),
        ("lead_text", {"field": "first_name"}, {"value": "x" * 51}, "50"),
        ("lead_profiles", {}, {"url": "javascript:alert(1)"}, "That is no link"),
        ("lead_profiles", {}, {"url": "https://wa.me/5215512345678"}, "That link is a phone number"),
        ("lead_profiles", {}, {"url": "https://x.com/" + "a" * 300}, "300"),
    ],
)
def test_what_is_refused_is_told_at_its_place(
    client: Client, marta: Lead, route: str, more: dict[str, Any], data: dict[str, str], words: str
) -> None:
    answer = client.post(address(marta, route, **more) + "?in=page", data, headers=HTMX)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_links_are_told_by_their_network_and_masked_where_they_are_numbers(
    owner: Membership, seller: Membership, marta: Lead
) -> None:
    with scope(owner.workspace):
        for url in ("https://m.facebook.com/marta.ruiz", "https://t.me/+5255123456", "https://marta.example"):
            profiles.add(marta, url, by=owner)
        assert list(SocialProfile.objects.order_by("pk").values_list("network", flat=True)) == [
            "facebook",
            "telegram",
            "web",
        ]
        Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    page = cast.signed_in(owner).get(address(marta)).content.decode()
    assert 'href="https://t.me/+5255123456"' in page
    page = cast.signed_in(seller).get(address(marta)).content.decode()
    assert "5255123456" not in page
    assert 'href="https://marta.example"' in page


def test_the_personal_manager_is_not_who_works_with_the_lead(
    owner: Membership, seller: Membership, other_seller: Membership, marta: Lead, outsider: Membership
) -> None:
    client = cast.signed_in(owner)
    for wanted in (outsider.pk, 10**30, "x"):
        client.post(address(marta, "lead_manager") + "?in=page", {"manager": wanted}, headers=HTMX)
    with scope(owner.workspace):
        assert Lead.objects.get(pk=marta.pk).manager_id is None
        leads.set_manager(marta, by=owner, to=other_seller)
        assert house.placement_of(marta).assignee_id == seller.pk
        assert {one.key: n for one, n in leaving.belongings(other_seller)}["managed"] == 1
    assert cast.signed_in(other_seller).get(address(marta)).status_code == 404
    memberships.deactivate(other_seller, by=owner, successor=owner)
    with scope(owner.workspace):
        assert Lead.objects.get(pk=marta.pk).manager_id == owner.pk
        said = told(marta, owner)[-1]
        assert said == "Personal manager changed, since a person left [Omar Other → Olga Owner]"
        leads.set_manager(marta, by=owner, to=seller)
    memberships.deactivate(seller, by=owner, successor=None)
    with scope(owner.workspace):
        assert Lead.objects.get(pk=marta.pk).manager_id is None


def test_a_link_and_a_manager_are_taken_off_again(client: Client, owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        link = profiles.add(marta, "https://x.com/marta", by=owner)
        leads.set_manager(marta, by=owner, to=owner)
    page = Swapped(client.get(address(marta)))
    for route, more in (("lead_profile_removal", {"profile": link.pk}), ("lead_manager", {})):
        for _twice in range(2):
            answer = client.post(address(marta, route, **more) + "?in=page", {"manager": ""}, headers=HTMX)
            assert answer.status_code == 200
        page.apply(answer, trigger=f"#page-lead-{marta.pk}-name-field")
    lines = {"in": "page", "lines": 30}
    answer = client.get(address(marta, "lead_history"), lines, headers=HTMX)
    page.apply(answer, trigger=f"#page-lead-{marta.pk}-history-news")
    page.assert_same(client.get(address(marta)))


def test_the_card_says_whether_one_may_write(owner: Membership, marta: Lead) -> None:
    at = reverse("inbox:reach", kwargs={"workspace_id": owner.workspace.public_id, "pk": marta.pk})
    client = cast.signed_in(owner)
    assert "No channel reaches them yet" in client.get(at).content.decode()
    with scope(owner.workspace):
        channel = Channel.objects.create(kind="webchat", name="Site", external_id="s1")
        identity = Identity.objects.create(lead=marta, channel=channel, name="Marta")
    assert "Yes" in client.get(at).content.decode()
    with scope(owner.workspace):
        Identity.objects.filter(pk=identity.pk).update(blocked_at=timezone.now())
    assert "Blocked by us" in client.get(at).content.decode()
    assert at in client.get(address(marta)).content.decode()


def test_what_is_known_of_a_lead_is_exported_and_goes_at_once_when_it_is_erased(
    owner: Membership, marta: Lead
) -> None:
    with scope(owner.workspace):
        field = house.field("choice", "Talla", choices=("S", "M"))
        custom_actions.set_values(marta, {field: field.choice_list[0].pk}, by=owner)
        leads.edit(marta, by=owner, first_name="Marta", address="Av. Juárez 5", time_zone="America/Bogota")
        leads.set_manager(marta, by=owner, to=owner)
        profiles.add(marta, "https://x.com/marta", by=owner)
        rows = {
            section.name: list(section.page(owner.workspace, None)[0]) for section in portability.sections()
        }
        assert rows["leads"][0]["address"] == "Av. Juárez 5"
        assert rows["leads"][0]["manager"] == owner.pk
        assert rows["lead_links"][0]["url"] == "https://x.com/marta"
        assert [row["label"] for row in rows["custom_choices"]] == ["S", "M"]
        assert rows["custom_values"][0]["choice"] == rows["custom_choices"][0]["id"]
        assert rows["custom_fields"][0]["key"] == "talla"
        erasure.begin([marta.pk], by=owner)
        left = Lead.objects.get(pk=marta.pk)
        assert [left.first_name, left.address, left.time_zone, left.manager_id] == ["", "", "", None]
        assert not CustomValue.objects.exists()
        assert not SocialProfile.objects.exists()
        assert CustomField.objects.count() == 1

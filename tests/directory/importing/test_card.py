"""What the lead's card holds, from a file and back again: parts of the name, addresses, manager, links, defaults."""

import pytest
from django.utils import timezone

from crm.tenancy import scope
from directory import custom
from directory.actions import leads
from directory.importing import guessing
from directory.models import Event, Lead, SocialProfile
from tests import cast
from tests.directory import house
from tests.directory.importing import desk
from tests.directory.test_pages import address
from tests.directory.test_swaps import history_too
from tests.swap import HTMX, Swapped
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)

SPANISH = (
    "Nombre,Segundo nombre,Apellido paterno,Apellido materno,Correo,Calle,Colonia,Domicilio de entrega,"
    "Ejecutivo de cuenta,Instagram,Perfil de LinkedIn,Origen,Folio\n"
)
ROW = (
    "Marta,Elena,Ruiz,Paz,m@a.mx,Juárez 5,Centro,Bodega 7,sara@example.com,@marta.ruiz; https://x.com/marta,"
    "marta-ruiz,Feria,C-7\n"
)


@pytest.mark.parametrize(
    ("headers", "mapping"),
    [
        (
            SPANISH.strip(),
            [
                "first_name",
                "second_name",
                "last_name",
                "last_name",
                "email",
                "address",
                "address",
                "delivery_address",
                "manager",
                "profile",
                "profile",
                "came_from",
                "external_id",
            ],
        ),
        (
            "First Name,Middle Name,Last Name,E-mail,Street Address,Shipping Address,Account Owner,Facebook URL",
            [
                "first_name",
                "second_name",
                "last_name",
                "email",
                "address",
                "delivery_address",
                "manager",
                "profile",
            ],
        ),
        ("Nombre completo,Apellidos,Nombres,Owner", ["name", "last_name", "first_name", "assignee"]),
        ("Nombre,Tel", ["name", "phone"]),
    ],
)
def test_headers_say_what_of_the_card_a_column_is(headers, mapping):
    assert guessing.mapping(headers.split(","), []) == mapping


def test_a_column_of_numbers_is_no_column_of_links():
    samples = [["Ana", "+52 55 1234 5678"]] * 4
    assert guessing.mapping(["Nombre", "Telegram"], samples) == ["name", "phone"]


def test_a_row_makes_the_card_that_people_would_have_written(owner, seller, workspace):
    with scope(workspace):
        size = house.field("choice", "Talla", choices=("S", "M"))
        size.default = size.choice_list[1].pk
        size.save(update_fields=["default"])
        house.field("text", "Clave", is_required=True)
        shade = house.field("text", "Tono", default="claro")
    rows = SPANISH.replace("Folio", "Folio,Tono") + ROW.replace("C-7", "C-7,oscuro") + "Ana,,,,a@a.mx\n"
    one = desk.upload(owner, "a.csv", rows.encode())
    one = desk.run(one, owner, mapping=[*one.mapping[:13], f"custom:{shade.pk}"])
    assert desk.counts(one) == (2, 0, 0, 0)  # nobody is asked for what is required
    with scope(workspace):
        marta, ana = Lead.objects.order_by("id")
        assert (marta.name, marta.first_name, marta.second_name, marta.last_name, marta.is_named_by_us) == (
            "Marta Elena Ruiz Paz",
            "Marta",
            "Elena",
            "Ruiz Paz",
            True,
        )
        assert (marta.address, marta.delivery_address) == ("Juárez 5, Centro", "Bodega 7")
        assert (marta.manager_id, marta.came_from, marta.external_id) == (seller.pk, "Feria", "C-7")
        assert sorted(SocialProfile.objects.filter(lead=marta).values_list("network", "url")) == [
            ("instagram", "https://instagram.com/marta.ruiz"),
            ("linkedin", "https://linkedin.com/in/marta-ruiz"),
            ("x", "https://x.com/marta"),
        ]
        assert (ana.name, ana.first_name, ana.address) == ("Ana", "Ana", "")
        default = size.choice_list[1].pk
        assert custom.values([marta.pk, ana.pk], [size, shade]) == {
            marta.pk: {size.pk: default, shade.pk: "oscuro"},
            ana.pk: {size.pk: default, shade.pk: "claro"},
        }


def test_what_a_row_changed_of_the_card_goes_back(owner, seller, other_seller, workspace):
    with scope(workspace):
        size = house.field("text", "Talla", default="M")
        named = house.lead(workspace, name="Martita, la de Puebla", email="m@a.mx")
        profiled = house.lead(workspace, name="", email="p@a.mx")
        kept = house.lead(workspace, name="Luis", email="l@a.mx")
        Lead.objects.filter(pk=profiled.pk).update(name="🌸 Pao", manager=other_seller)  # by a channel
        SocialProfile.objects.create(lead=profiled, network="x", url="https://x.com/pao")
    rows = SPANISH + ROW
    rows += "Paola,,Cruz,,p@a.mx,,,,Sara Seller,,https://x.com/pao,,\nLuis,,,,l@a.mx,,,Casa,,,,,\n"
    one = desk.upload(owner, "a.csv", rows.encode())
    one = desk.run(one, owner, rule="replace")
    assert desk.counts(one) == (0, 3, 0, 0)
    with scope(workspace):
        named.refresh_from_db()
        profiled.refresh_from_db()
        assert (named.name, named.last_name) == ("Martita, la de Puebla", "Ruiz Paz")
        assert (profiled.name, profiled.is_named_by_us, profiled.manager_id) == (
            "Paola Cruz",
            True,
            seller.pk,
        )
        assert profiled.profiles.count() == 1
        assert custom.values([named.pk], [size]) == {}  # a default is for who is new
        told = Event.objects.get(lead=profiled, verb="lead.managed")
        assert told.changes == {"manager_id": [other_seller.pk, seller.pk]}
        leads.edit(named, by=owner, address="Otra 9")
    one = desk.take_back(one, owner)
    assert one.undone == {"restored": 3, "left_fields": 1}
    with scope(workspace):
        for lead in (named, profiled, kept):
            lead.refresh_from_db()
        assert (named.first_name, named.last_name, named.address, named.manager_id) == (
            "",
            "",
            "Otra 9",
            None,
        )
        assert (profiled.name, profiled.is_named_by_us) == ("🌸 Pao", False)
        assert (profiled.first_name, profiled.manager_id, kept.delivery_address) == ("", other_seller.pk, "")
        assert list(SocialProfile.objects.values_list("lead", "url")) == [(profiled.pk, "https://x.com/pao")]
        assert Event.objects.filter(lead=named, verb="profile.removed", facts__undo=True).count() == 3


def test_links_that_are_none_and_numbers_in_them_are_refused(owner, workspace):
    rows = "Nombre,Instagram\nA,no es nada\nB,https://wa.me/5215512345678\nC,javascript:alert(1)\nD,@d\n"
    one = desk.run(desk.upload(owner, "a.csv", rows.encode()), owner)
    assert desk.counts(one) == (1, 0, 0, 3)
    reasons = [(told["code"], told["rows"]) for told in one.report["reasons"]]
    assert sorted(reasons) == [("no_link", [2, 4]), ("phone_link", [3])]


def test_imports_and_their_undo_are_in_the_audit_log(owner, workspace):
    one = desk.run(desk.upload(owner, "a.csv", b"Nombre,Correo\nA,a@a.mx\nB,b@a.mx\n"), owner)
    desk.take_back(one, owner)
    with scope(workspace):
        told = AuditEntry.objects.filter(verb__in=["leads_imported", "import_undone"]).order_by("id")
        assert [(row.verb, row.actor_id, row.target, row.changes) for row in told] == [
            ("leads_imported", owner.user_id, "a.csv", {"rows": [None, 2]}),
            ("import_undone", owner.user_id, "a.csv", {"rows": [None, 2]}),
        ]


def test_the_card_shows_where_they_came_from_and_what_they_are_called_elsewhere(owner, workspace):
    with scope(workspace):
        marta, plain = house.lead(workspace), house.lead(workspace, name="Sin origen")
        Lead.objects.filter(pk=marta.pk).update(
            came_from="Feria", external_id="C-7", created_at=timezone.now()
        )
    client = cast.signed_in(owner)
    assert "C-7" in client.get(address(marta)).content.decode()
    assert "External ID" not in client.get(address(plain)).content.decode()
    for value in ("Expo 2026", ""):
        page = Swapped(client.get(address(marta)))
        answer = client.post(
            address(marta, "lead_text", field="came_from") + "?in=page", {"value": value}, headers=HTMX
        )
        page.apply(answer, trigger=f"#page-lead-{marta.pk}-came_from-field")
        history_too(page, client, marta, "page")
        page.assert_same(client.get(address(marta)))
    history = client.get(address(marta)).content.decode()
    assert "changed Where they came from" in history
    refused = client.post(address(marta, "lead_text", field="external_id"), {"value": "X"}, headers=HTMX)
    assert refused.status_code == 404

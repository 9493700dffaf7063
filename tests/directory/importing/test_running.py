"""Rows that become leads, and what they do to leads that were there."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from crm.tenancy import scope
from directory import custom, tallies
from directory.importing import matching
from directory.models import ContactPoint, Event, ImportRow, Lead, Notification, Placement, Tally
from directory.selection import Selection
from tests.directory import house
from tests.directory.importing import desk
from workspaces.actions import memberships

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = """Nombre;Apellido;Teléfono;Correo;Ciudad;Etiquetas;Estatus;Embudo;Etapa;Asesor;Fecha;Valor;Notas;Talla
Marta;Ruiz;55 1234 5678;Marta@Ejemplo.mx;Puebla;vip,mayoreo;Urgente;Ventas;Nuevo;sara@example.com;31/12/24;12500.5;"Dos
líneas";M
José Luis;;;jose@ejemplo.mx;;;;;;;;;;
"""
HEAD = b"Nombre,Telefono,Correo,Ciudad\n"


def test_a_row_becomes_a_lead_with_all_that_it_says(owner, seller, workspace, references_watched):
    with scope(workspace):
        stage = house.funnel(workspace, name="Ventas", stages=("Nuevo", "Cierre")).stages.get(name="Nuevo")
        size = house.field("choice", "Talla", choices=("S", "M"))
    one = desk.upload(owner, "leads.csv", PEOPLE.encode("cp1252"))
    assert one.layout == {"encoding": "cp1252", "delimiter": ";", "has_header": True}
    mapping = [*one.mapping[:-1], f"custom:{size.pk}"]
    assert mapping[:4] == ["first_name", "last_name", "phone", "email"]
    one = desk.run(one, owner, mapping=mapping)
    assert desk.counts(one) == (2, 0, 0, 0)
    assert one.report["created"] == 2
    with scope(workspace):
        marta, jose = Lead.objects.with_placement().order_by("id")
        at = marta.placement
        assert (marta.name, marta.city, marta.notes, marta.source) == (
            "Marta Ruiz",
            "Puebla",
            "Dos\nlíneas",
            "import",
        )
        assert (at.stage_id, at.assignee_id, at.status, at.value) == (
            stage.pk,
            seller.pk,
            "urgent",
            Decimal("12500.50"),
        )
        assert marta.created_at == at.created_at == datetime(2024, 12, 31, 18, tzinfo=UTC)  # noon in Mexico
        points = ContactPoint.objects.filter(lead=marta).values_list("raw", "value", "match_key")
        assert sorted(points) == [
            ("55 1234 5678", "+525512345678", "525512345678"),
            ("Marta@Ejemplo.mx", "marta@ejemplo.mx", "marta@ejemplo.mx"),
        ]
        assert sorted(marta.lead_tags.values_list("tag__name", flat=True)) == ["mayoreo", "vip"]
        assert custom.values([marta.pk], [size]) == {marta.pk: {size.pk: size.choice_list[1].pk}}
        assert (jose.name, jose.placement.stage_id) == ("José Luis", None)
        [event] = house.events_of(marta)
        assert (event.verb, event.origin, event.actor_id) == ("lead.created", "import", owner.pk)
        assert event.facts == {
            "source": "import",
            "row": 2,
            "assignee": seller.pk,
            "import": one.pk,
            "file": "leads.csv",
        }
        assert Placement.objects.order_by("position").first().pk == marta.pk  # the first row comes first
        assert Tally.objects.filter(stage_id=stage.pk).total() == 1
    assert tallies.drift(workspace.pk) == {}
    assert (
        not default_storage.exists("imports") or default_storage.listdir(f"imports/{workspace.pk}")[1] == []
    )
    assert set(references_watched) >= {
        f"directory_{name}"
        for name in (
            "lead",
            "placement",
            "ownedname",
            "contactpoint",
            "leadtag",
            "customvalue",
            "event",
            "importrow",
        )
    }


def test_who_is_known_is_treated_as_the_rule_says(owner, workspace):
    with scope(workspace):
        lead = house.lead(workspace, name="Marta", phone="+52 1 55 1234 5678", email="m@a.mx")
    # The same mobile as it is written today; twice in the file.
    rows = HEAD + b"Marta Ruiz,55 1234 5678,otra@a.mx,Puebla\nMarta R,+525512345678,m@a.mx,\n"
    one = desk.run(desk.upload(owner, "a.csv", rows), owner)
    assert desk.counts(one) == (0, 0, 2, 0)
    one = desk.run(desk.upload(owner, "a.csv", rows), owner, rule="fill", same=True)
    assert desk.counts(one) == (0, 1, 1, 0)
    with scope(workspace):
        lead.refresh_from_db()
        assert (lead.name, lead.city) == ("Marta", "Puebla")
        assert set(lead.contact_points.values_list("value", flat=True)) == {
            "+5215512345678",
            "m@a.mx",
            "otra@a.mx",
        }
        assert house.verbs_of(lead)[1:] == ["lead.edited", "contact_point.added"]
    one = desk.run(desk.upload(owner, "b.csv", rows + b"\n"), owner, rule="replace")
    assert desk.counts(one) == (0, 2, 0, 0)
    with scope(workspace):
        lead.refresh_from_db()
        assert lead.name == "Marta R"  # the last row wins
    one = desk.run(desk.upload(owner, "c.csv", rows + b"\n\n"), owner, rule="create")
    assert desk.counts(one) == (2, 0, 0, 0)
    assert tallies.drift(workspace.pk) == {}


def test_two_leads_are_never_mixed(owner, workspace):
    with scope(workspace):
        house.lead(workspace, name="A", phone="+52 55 1234 5678")
        house.lead(workspace, name="B", email="b@b.mx")
    rows = HEAD + b"X,55 1234 5678,b@b.mx,Puebla\n"
    one = desk.run(desk.upload(owner, "a.csv", rows), owner, rule="replace")
    with scope(workspace):
        assert ImportRow.objects.get(of=one).problems == [[-1, "two_leads", {}]]
        assert sorted(Lead.objects.values_list("name", "city")) == [("A", ""), ("B", "")]


def test_a_trial_run_says_what_the_run_then_does(owner, workspace):
    with scope(workspace):
        house.lead(workspace, phone="+52 55 0000 0001")
    lines = [f"Lead {n},55 0000 {n % 1500:04},,\n" for n in range(2000)]  # doubles over batches, too
    lines[7] = "Rota,12,nada,\n"
    one = desk.upload(owner, "a.csv", HEAD + "".join(lines).encode())
    tried = desk.try_out(desk.choose(one, owner), owner)
    with scope(workspace):
        assert Lead.objects.count() == 1
    told = tried.report
    assert (told["created"], told["skipped"], told["refused"]) == (1499, 500, 1)
    assert [(reason["column"], reason["code"], reason["rows"]) for reason in told["reasons"]] == [
        (1, "no_phone", [9]),
        (2, "no_email", [9]),
    ]
    done = desk.run(tried, owner)
    # The number of the broken row is free: its double, in a later batch, makes the lead.
    assert desk.counts(done) == (told["created"], told["updated"], told["skipped"], told["refused"])
    assert tallies.drift(workspace.pk) == {}


def test_what_was_refused_comes_back_in_its_own_format(owner, workspace):
    rows = 'Nombre;Tel;Correo\nPeña;12;p@a.mx\nBien;55 1234 5678;\n"Mal";;"x;y"\n'.encode("cp1252")
    one = desk.run(desk.upload(owner, "a.csv", rows), owner)
    assert desk.counts(one) == (1, 0, 0, 2)
    with default_storage.open(one.refused_file) as file:
        back = list(csv.reader(io.StringIO(file.read().decode("cp1252")), delimiter=";"))
    assert [row[:3] for row in back] == [
        ["Nombre", "Tel", "Correo"],
        ["Peña", "12", "p@a.mx"],
        ["Mal", "", "x;y"],
    ]
    assert [row[3] for row in back] == [
        "Why it was not imported",
        "Tel: That is no phone number",
        "Correo: That is no e-mail address",
    ]

    sheet = desk.sheet([["Nombre", "Tel"], ["=1+1", "12"], ["Ana", "5512345678"]])
    one = desk.run(desk.upload(owner, "a.xlsx", sheet), owner)
    with default_storage.open(one.refused_file) as file:
        from openpyxl import load_workbook

        cells = list(load_workbook(io.BytesIO(file.read())).active.iter_rows())
    assert next([cell.value for cell in row][:2] for row in cells) == ["Nombre", "Tel"]
    assert all(cell.data_type != "f" for row in cells for cell in row)


def test_people_are_told_once_and_nothing_is_handed_out(owner, seller, workspace):
    from crm.feed import reading

    rows = "Nombre,Asesor\n" + "".join(f"Lead {n},Sara Seller\n" for n in range(120))
    desk.run(desk.upload(owner, "a.csv", rows.encode()), owner)
    for name in ("notifications", "assignment"):
        reading.run(name)
    with scope(workspace):
        [told] = Notification.objects.all()
        assert (told.membership_id, told.kind, told.facts) == (seller.pk, "imported", {"leads": 120})
        assert Event.objects.filter(origin="import").count() == 120


def test_a_stage_asks_of_rows_what_it_asks_of_people(owner, workspace):
    with scope(workspace):
        stage = house.funnel(workspace, name="Ventas", stages=("Nuevo",)).stages.get()
        stage.required = ["city", "phone"]
        stage.save()
    rows = b"Nombre,Telefono,Ciudad,Etapa\nAna,55 1234 5678,Puebla,nuevo\nLuis,,Puebla,Ventas / Nuevo\nEva,,,Otra\n"
    one = desk.run(desk.upload(owner, "a.csv", rows), owner)
    assert desk.counts(one) == (1, 0, 0, 2)
    with scope(workspace):
        problems = ImportRow.objects.filter(outcome="refused").order_by("number")
        assert [row.problems for row in problems] == [
            [[3, "stage_asks", {"fields": ["phone"]}]],
            [[3, "no_stage", {}]],
        ]


def test_a_seller_neither_changes_nor_learns_of_what_they_do_not_see(owner, seller, other_seller, workspace):
    seller.tools = ["directory.import_leads"]
    seller.save()
    with scope(workspace):
        hidden = house.lead(workspace, name="Secreta", phone="+52 55 1234 5678", assignee=other_seller)
        own = house.lead(workspace, name="Propia", phone="+52 55 1234 5679", assignee=seller)
        house.funnel(workspace, name="Ventas", stages=("Nuevo",))  # not granted
    rows = (
        b"Nombre,Telefono,Etapa,Etiquetas\nX,55 1234 5678,,\nY,55 1234 5679,,\nZ,55 1234 5680,,\n"
        b"V,55 1234 5681,Nuevo,\nW,55 1234 5682,,nueva\n"
    )
    one = desk.run(desk.upload(seller, "a.csv", rows), seller, rule="replace")
    assert desk.counts(one) == (1, 1, 0, 3)
    with scope(workspace):
        hidden.refresh_from_db()
        own.refresh_from_db()
        made = Lead.objects.with_placement().get(name="Z")
        assert (hidden.name, own.name, made.placement.assignee_id) == ("Secreta", "Y", seller.pk)
        problems = [row.problems for row in ImportRow.objects.filter(outcome="refused").order_by("number")]
        assert problems == [[[-1, "not_yours", {}]], [[2, "no_stage", {}]], [[3, "no_tag", {}]]]
    with default_storage.open(one.refused_file) as file:
        assert b"Secreta" not in file.read()
    assert "Omar" not in str(one.report)


def test_whoever_may_no_longer_import_imports_nothing(owner, admin, workspace):
    one = desk.try_out(desk.choose(desk.upload(admin, "a.csv", HEAD + b"A,,a@a.mx,\n"), admin), admin)
    with scope(workspace):
        from directory.actions import imports

        imports.run(one, by=admin)
    memberships.deactivate(admin, by=owner, successor=None)
    desk.work_off()
    with scope(workspace):
        assert Lead.objects.count() == 0


def test_signs_that_copying_would_take_for_its_own_come_through(owner, workspace):
    notes = "uno\n\tdos \\\\N \\. \\t tres\\"
    rows = f'Nombre,Correo,Notas,Talla\n"Ana \\N",ana@a.mx,"{notes}",\\N\n\\N,,"otra\\",a\\b\n'
    with scope(workspace):
        size = house.field("text", "Talla")
    one = desk.upload(owner, "a.csv", rows.encode())
    one = desk.run(one, owner, mapping=[*one.mapping[:3], f"custom:{size.pk}"])
    assert desk.counts(one) == (2, 0, 0, 0)
    with scope(workspace):
        ana, other = Lead.objects.order_by("id")
        assert (ana.name, ana.notes, other.name, other.notes) == ("Ana \\N", notes, "\\N", "otra\\")
        assert custom.values([ana.pk, other.pk], [size]) == {
            ana.pk: {size.pk: "\\N"},
            other.pk: {size.pk: "a\\b"},
        }


def test_keys_are_looked_up_by_their_index_whatever_the_planner_knows(owner, workspace):
    """A table without statistics: nothing else tells the two indexes of points apart."""
    with transaction.atomic(), connection.cursor() as cursor:
        matching.by_index()
        cursor.execute(
            f"EXPLAIN {matching._POINTS}", ['["525512345678"]', workspace.pk, "phone", "phone", 20]
        )
        points = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN {matching._OUTSIDE}", ['["A-1"]', workspace.pk])
        outside = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using contact_point_key" in points
    assert "Index Scan using lead_external_id" in outside
    assert "workspace_id" in points


def test_its_leads_are_found_by_it_by_who_sees_it(owner, seller, workspace):
    first = desk.run(desk.upload(owner, "a.csv", b"Nombre,Tel\nAna,55 1000 0001\nLuis,55 1000 0002\n"), owner)
    again = b"Nombre,Tel\nAna,55 1000 0001\nNora,55 1000 0003\n"
    second = desk.run(desk.upload(owner, "b.csv", again), owner, rule="replace")
    with scope(workspace):

        def found(by, text):
            rows = Selection(filter=text).rows(by)
            return sorted(rows.values_list("lead__name", flat=True))

        assert found(owner, f"import:{first.pk}") == ["Ana", "Luis"]
        assert found(owner, f"import:{second.pk}") == ["Nora"]  # whom it only changed was brought by another
        assert found(owner, f"not import:{first.pk}") == ["Nora"]
        assert found(owner, f"import:{first.pk},{second.pk}") == ["Ana", "Luis", "Nora"]
        type(seller).objects.filter(pk=seller.pk).update(tools=["directory.import_leads"])
        Placement.objects.update(assignee=seller)
        assert found(type(seller).objects.get(pk=seller.pk), f"import:{first.pk}") == []

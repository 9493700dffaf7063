"""Taking a whole import back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from crm.tenancy import scope
from directory import custom, tallies
from directory.actions import custom as custom_actions
from directory.actions import imports, leads, placements
from directory.importing import keeping
from directory.models import CustomField, Event, Import, Lead, Placement, Segment, Tag
from tests.directory import house
from tests.directory.importing import desk
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_created_leads_go_unless_somebody_had_to_do_with_them_since(owner, workspace):
    rows = "Nombre,Correo\n" + "".join(f"Lead {n},l{n}@a.mx\n" for n in range(700))
    one = desk.run(desk.upload(owner, "a.csv", rows.encode()), owner)
    with scope(workspace):
        edited, written, starred, archived = Lead.objects.order_by("id")[:4]
        leads.edit(edited, by=owner, city="Puebla")
        house.place(written, last_message_id=7)
        placements.star(starred.pk, by=owner, starred=True)
        placements.archive(archived.pk, by=owner)
    one = desk.take_back(one, owner)
    assert (one.state, one.undone) == ("undone", {"removed": 696, "left_changed": 3, "left_written": 1})
    with scope(workspace):
        assert set(Lead.objects.values_list("pk", flat=True)) == {
            edited.pk,
            written.pk,
            starred.pk,
            archived.pk,
        }
        assert Placement.objects.count() == 4
    assert tallies.drift(workspace.pk) == {}
    with scope(workspace), pytest.raises(Refused):
        imports.take_back(one, by=owner)


def test_changed_fields_get_back_what_they_held_unless_they_changed_again(owner, seller, workspace):
    with scope(workspace):
        funnel = house.funnel(workspace, name="Ventas", stages=("Nuevo", "Cierre"))
        size, born = house.field("choice", "Talla", choices=("S", "M")), house.field("date", "Nace")
        vip = house.tag(workspace)
        a = house.lead(
            workspace, name="A", email="a@a.mx", assignee=seller, stage=funnel.stages.first(), tags=[vip]
        )
        b = house.lead(workspace, name="B", email="b@a.mx", value=Decimal(5))
        custom_actions.set_values(a, {size: size.choice_list[0].pk}, by=owner)
    rows = (
        "Correo,Nombre,Ciudad,Etiquetas,Etapa,Asesor,Valor,Estatus,Talla,Nace,Tel\n"
        "a@a.mx,A2,Puebla,vip;nuevo,Cierre,olga@example.com,10,urgente,M,31/12/1990,55 1234 5678\n"
        "a@a.mx,A3,,,,,,,,,\n"
        "b@a.mx,B2,León,,,,20,,,,\n"
    )
    one = desk.upload(owner, "a.csv", rows.encode())
    mapping = [*one.mapping[:8], f"custom:{size.pk}", f"custom:{born.pk}", "phone"]
    one = desk.run(one, owner, mapping=mapping, rule="replace")
    assert desk.counts(one) == (0, 3, 0, 0)
    with scope(workspace):
        a.refresh_from_db()
        assert (a.name, a.city, house.placement_of(a).status) == ("A3", "Puebla", "urgent")
        leads.edit(b, by=owner, name="Berta")
    one = desk.take_back(one, owner)
    assert one.undone == {"restored": 3, "left_fields": 1, "tags": 1}
    with scope(workspace):
        a.refresh_from_db()
        b.refresh_from_db()
        at = house.placement_of(a)
        assert (a.name, a.city, at.stage_id, at.assignee_id, at.value, at.status) == (
            "A",
            "",
            funnel.stages.first().pk,
            seller.pk,
            None,
            "neutral",
        )
        assert [row.tag_id for row in a.lead_tags.all()] == [vip.pk]
        assert a.contact_points.filter(kind="phone").count() == 0
        assert custom.values([a.pk], [size, born]) == {a.pk: {size.pk: size.choice_list[0].pk}}
        assert (b.name, b.city, house.placement_of(b).value) == ("Berta", "", Decimal(5))
        undone = Event.objects.filter(lead=a, facts__undo=True)
        assert set(undone.values_list("verb", flat=True)) >= {
            "lead.edited",
            "lead.moved",
            "lead.assigned",
            "lead.untagged",
            "contact_point.removed",
        }
    assert tallies.drift(workspace.pk) == {}


def test_whatever_else_refers_to_a_lead_goes_with_it(owner, workspace):
    from inbox.models import Channel, Identity

    one = desk.run(desk.upload(owner, "a.csv", b"Nombre,Correo\nA,a@a.mx\nB,b@a.mx\nC,c@a.mx\n"), owner)
    with scope(workspace):
        a, b, c = Lead.objects.order_by("id")
        channel = Channel.objects.create(name="Web", kind="webchat", external_id="x")
        Identity.objects.create(lead=a, channel=channel)  # other tables refer to it in turn
        effect = Event.objects.create(
            lead=house.lead(workspace), verb="lead.tagged", origin="process", cause=Event.objects.get(lead=b)
        )
        house.place(c, is_starred=True)
    one = desk.take_back(one, owner)
    assert one.undone == {"removed": 2, "left_changed": 1}
    with scope(workspace):
        effect.refresh_from_db()
        assert (effect.cause_id, Identity.objects.count(), Lead.objects.count()) == (None, 0, 2)
    assert tallies.drift(workspace.pk) == {}


def test_a_seller_takes_back_their_own_and_only_what_they_still_see(owner, seller, other_seller, workspace):
    seller.tools = ["directory.import_leads"]
    seller.save()
    one = desk.run(desk.upload(seller, "a.csv", b"Nombre,Correo\nA,a@a.mx\nB,b@a.mx\n"), seller)
    with scope(workspace):
        given = Lead.objects.get(name="B")
        Placement.objects.filter(pk=given.pk).update(assignee=other_seller)
        other_seller.tools = ["directory.import_leads"]
        other_seller.save()
        with pytest.raises(type(one).DoesNotExist):
            imports.take_back(one, by=other_seller)
    one = desk.take_back(one, seller)
    assert one.undone == {"removed": 1, "left_unseen": 1}


def test_what_is_over_is_forgotten_and_stays_listed(owner, workspace):
    done = desk.run(desk.upload(owner, "a.csv", b"Nombre,Correo\nA,a@a.mx\nB,nada\nC,c@a.mx\n"), owner)
    draft = desk.upload(owner, "b.csv", b"Nombre\nA\n")
    assert keeping.sweep() == {"drafts": 0, "rows": 0}
    with scope(workspace):
        old = timezone.now() - timedelta(days=31)
        Import.objects.update(created_at=old)
        Import.objects.filter(pk=done.pk).update(started_at=old, finished_at=old)
        with pytest.raises(Refused):
            imports.take_back(desk.again(done), by=owner)
    assert keeping.sweep() == {"drafts": 1, "rows": 1}
    assert not default_storage.exists(draft.file)
    assert not default_storage.exists(done.refused_file)
    with scope(workspace):
        [left] = Import.objects.all()
        assert (left.pk, left.created, left.refused, left.rows.count()) == (done.pk, 2, 1, 0)
        assert Lead.objects.count() == 2
    assert keeping.sweep() == {"drafts": 0, "rows": 0}


def test_tags_and_fields_that_it_made_go_unless_somebody_else_uses_them(owner, workspace):
    rows = "Nombre,Correo,Etiquetas,Talla,Color,Piso\nA,a@a.mx,solo;usada;segmento;previa,S,rojo,1\n"
    with scope(workspace):
        house.tag(workspace, name="previa")
    one = desk.upload(owner, "a.csv", rows.encode())
    one = desk.run(one, owner, mapping=[*one.mapping[:3], "new:text", "new:text", "new:text"])
    with scope(workspace):
        tags = dict(Tag.objects.values_list("name", "pk"))
        sizes, colours, floors = CustomField.objects.in_use().order_by("id")
        assert one.made == {
            "tags": [tags["solo"], tags["usada"], tags["segmento"]],
            "fields": [sizes.pk, colours.pk, floors.pk],
        }
        other = house.lead(workspace, name="Otra", tags=[Tag.objects.get(name="usada")])
        Segment.objects.create(name="Mío", filter=f"status:urgent tag:{tags['solo']}0,{tags['segmento']}")
        custom_actions.set_values(other, {colours: "azul"}, by=owner)
        Segment.objects.create(name="Por piso", sort=f"custom.{floors.key}")
    one = desk.take_back(one, owner)
    assert one.undone == {"removed": 1, "tags": 1, "left_tags": 2, "fields": 1, "left_made_fields": 2}
    with scope(workspace):
        assert set(Tag.objects.values_list("name", flat=True)) == {"previa", "usada", "segmento"}
        assert set(CustomField.objects.in_use()) == {colours, floors}


def test_who_may_not_delete_tags_any_more_leaves_those_of_the_import(owner, seller, workspace):
    seller.tools = ["directory.import_leads", "directory.manage_tags"]
    seller.save()
    one = desk.run(desk.upload(seller, "a.csv", b"Nombre,Correo,Etiquetas\nA,a@a.mx,nueva\n"), seller)
    seller.tools = ["directory.import_leads"]
    seller.save()
    assert desk.take_back(one, seller).undone == {"removed": 1, "left_tags": 1}

"""Two leads that become one, and two again: fields, tags, contact points, pairs, tallies, who may."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from crm.tenancy import TenantModel, scope
from crm.work.attempts import deliver
from crm.work.claims import claim
from directory import merging, tallies, timeline
from directory.actions import erasure, leads, merges, personal, placements, splits, tags
from directory.merging import fields, following, forgetting
from directory.models import (
    ContactPoint,
    CustomValue,
    DuplicatePair,
    Event,
    Lead,
    LeadTag,
    Merge,
    Notification,
    Placement,
    SetAside,
)
from tests.directory import house
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership, Workspace


@pytest.fixture
def pair(workspace: Workspace, seller: Membership) -> tuple[Lead, Lead]:
    """Marta, and Marta again."""
    with scope(workspace):
        vip, old = house.tag(workspace), house.tag(workspace, "antigua")
        kept = house.lead(workspace, name="Marta Ruiz", phone="+52 55 1234 5678", tags=[vip])
        gone = house.lead(
            workspace,
            name="Marta R.",
            phone="+52 1 55 1234 5678",
            email="marta@example.com",
            assignee=seller,
            tags=[vip, old],
            status="urgent",
            value=1500,
        )
        Lead.objects.filter(pk=kept.pk).update(notes="Pide factura.")
        Lead.objects.filter(pk=gone.pk).update(city="Puebla", notes="Vive lejos.")
        ContactPoint.objects.filter(lead=gone, kind="phone").update(is_verified=True)
        return _anew(kept), _anew(gone)


def _anew(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_one_lead_remains_with_what_both_had(workspace, owner, seller, pair):
    kept, gone = pair
    with scope(workspace):
        merges.merge(kept, gone, by=owner, choices={"name": "gone"})
        one, at = _anew(kept), Placement.objects.get(pk=kept.pk)
        assert (one.name, one.city, one.notes) == ("Marta R.", "Puebla", "Pide factura.\n\nVive lejos.")
        assert (at.assignee_id, at.status, at.value) == (seller.pk, "urgent", Decimal(1500))
        assert sorted(one.lead_tags.values_list("tag__name", flat=True)) == ["antigua", "vip"]
        points = one.contact_points.order_by("kind").values_list("kind", "is_verified")
        assert list(points) == [("email", False), ("phone", True)]  # of the two phones, the proven one
        assert not Placement.objects.filter(pk=gone.pk).exists()
        assert not Event.objects.filter(lead=gone).exists()
        event = Event.objects.filter(lead=kept).latest("id")
        assert (event.verb, event.actor, event.changes["merged"]) == ("lead.merged", owner, [None, gone.pk])
        assert event.changes["notes"] == ["Pide factura.", "Pide factura.\n\nVive lejos."]
        assert Merge.objects.get().state == "done"
        assert following.remaining(gone.pk) == kept.pk
        assert tallies.drift(workspace.pk) == {}
        assert AuditEntry.objects.filter(verb="lead_merged", target=f"#{gone.pk} → #{kept.pk}").exists()


def test_parts_of_a_name_and_who_cares_for_them_are_chosen_like_all_else(workspace, owner, seller, pair):
    kept, gone = pair
    with scope(workspace):
        Lead.objects.filter(pk=kept.pk).update(first_name="Marta", manager=owner)
        Lead.objects.filter(pk=gone.pk).update(
            first_name="M.", last_name="Ruiz", manager=seller, ip="203.0.113.7"
        )
        cards = Lead.objects.with_card()
        shown = {one.key: one for one in fields.choices(cards.get(pk=kept.pk), cards.get(pk=gone.pk), owner)}
        assert (shown["first_name"].kept, shown["first_name"].gone) == ("Marta", "M.")
        assert (shown["manager"].kept, shown["manager"].gone) == ("Olga Owner", "Sara Seller")
        assert (shown["last_name"].chosen, shown["last_name"].is_decided) == ("gone", True)
        before = [_state(lead) for lead in pair]
        made = merges.merge(_anew(kept), _anew(gone), by=owner, choices={"manager": "gone"})
        one = _anew(kept)
        assert (one.name, one.first_name, one.last_name) == ("Marta Ruiz", "Marta", "Ruiz")
        assert (one.manager_id, one.ip) == (seller.pk, "203.0.113.7")
        splits.split(made, by=owner)
        assert [_state(lead) for lead in pair] == before
        assert (_anew(kept).manager_id, _anew(kept).last_name) == (owner.pk, "")


def test_an_undo_makes_them_two_again_and_says_what_stays(workspace, owner, seller, pair):
    kept, gone = pair
    with scope(workspace):
        before = [_state(lead) for lead in pair]
        made = merges.merge(kept, gone, by=owner)
        splits.split(made, by=owner)
        assert [_state(lead) for lead in pair] == before
        assert Merge.objects.get().state == "undone"
        assert not SetAside.objects.exists()
        assert tallies.drift(workspace.pk) == {}
        with pytest.raises(Refused):
            splits.split(made, by=owner)


def test_what_was_done_since_stays_with_the_remaining_lead(workspace, owner, other_seller, pair):
    kept, gone = pair
    with scope(workspace):
        made = merges.merge(kept, gone, by=owner)
        leads.add_contact_point(kept, leads.email("nueva@example.com"), by=owner)
        leads.edit(_anew(kept), by=owner, city="Oaxaca")
        placements.assign(kept.pk, by=owner, to=other_seller)
        tags.put_on(kept, house.tag(workspace, "nueva"), by=owner)
        splits.split(made, by=owner)
        assert _anew(kept).city == "Oaxaca"
        assert Placement.objects.get(pk=kept.pk).assignee_id == other_seller.pk
        assert Placement.objects.get(pk=gone.pk).status == "urgent"
        assert sorted(kept.lead_tags.values_list("tag__name", flat=True)) == ["nueva", "vip"]
        assert Merge.objects.get().stayed == {"directory.ContactPoint": 1, "fields": ["city", "assignee"]}
        [line] = [one for one in timeline.page(kept, owner).lines if one.told.icon == "split"]
        assert [(change.label, change.new) for change in line.told.changes[1:]] == [
            ("Contact", "1 stayed: it came after the merge"),
            ("City", "stayed: it was changed after the merge"),
            ("Assignee", "stayed: it was changed after the merge"),
        ]


def test_who_is_still_worked_with_does_not_leave_the_board_unless_one_says_so(workspace, owner, pair):
    kept, gone = pair
    with scope(workspace):
        placements.close(gone.pk, by=owner, outcome="won", again=True)
        made = merges.merge(kept, gone, by=owner)
        assert Placement.objects.get(pk=kept.pk).outcome == ""
        splits.split(made, by=owner)
        made = merges.merge(kept, gone, by=owner, choices={"outcome": "gone"})
        assert Placement.objects.get(pk=kept.pk).closed_at is not None
        placements.reopen(kept.pk, by=owner)
        splits.split(made, by=owner)
        assert Placement.objects.get(pk=kept.pk).outcome == ""
        assert Placement.objects.get(pk=gone.pk).outcome == "won"
        assert Merge.objects.get(pk=made.pk).stayed["fields"] == ["outcome"]


def test_a_lead_comes_back_to_the_inbox_where_its_stage_is_gone_and_to_nobody_where_they_left(
    workspace, owner, seller, pair
):
    kept, gone = pair
    with scope(workspace):
        [first, _second] = house.funnel(workspace).stages.all()
        house.place(gone, stage=first)
        made = merges.merge(kept, gone, by=owner, choices={"stage": "kept", "assignee": "kept"})
        LeadTag.objects.filter(lead=kept).first().tag.delete()
        first.delete()
        Membership.objects.filter(pk=seller.pk).update(deactivated_at=timezone.now())
        splits.split(made, by=owner)
        at = Placement.objects.get(pk=gone.pk)
        assert (at.stage_id, at.assignee_id, at.status) == (None, None, "urgent")


def test_what_one_chose_in_own_fields_stays_and_the_other_comes_back(workspace, owner, pair):
    kept, gone = pair
    with scope(workspace):
        size, colour = house.field("text", label="Talla"), house.field("text", label="Color")
        for lead, mine in ((kept, {size: "M", colour: "azul"}), (gone, {size: "L", colour: "rojo"})):
            for field, text in mine.items():
                CustomValue.objects.create(lead=lead, field=field, text=text)
        made = merges.merge(kept, gone, by=owner, choices={size.name: "gone"})
        assert sorted(kept.custom_values.values_list("text", flat=True)) == ["L", "azul"]
        splits.split(made, by=owner)
        assert sorted(kept.custom_values.values_list("text", flat=True)) == ["M", "azul"]
        assert sorted(gone.custom_values.values_list("text", flat=True)) == ["L", "rojo"]


def _state(lead: Lead) -> dict[str, object]:
    """All that a person could tell by."""
    at = Placement.objects.get(pk=lead.pk)
    columns = {one.attname: getattr(at, one.attname) for one in Placement._meta.local_concrete_fields}
    now = _anew(lead)
    return {
        **columns,
        "texts": (now.name, now.city, now.notes, now.merged_into_id, now.merging_since),
        "tags": sorted(LeadTag.objects.filter(lead=lead).values_list("pk", "tag_id")),
        "points": sorted(ContactPoint.objects.filter(lead=lead).values_list("pk", "raw", "is_verified")),
        "events": [
            pk for pk, verb in Event.objects.filter(lead=lead).values_list("pk", "verb") if verb in _OLD
        ],
    }


_OLD = ("lead.created", "lead.tagged")


def test_who_may_not_or_what_cannot_be_is_refused(workspace, owner, seller, outsider, pair):
    kept, gone = pair
    with scope(workspace):
        with pytest.raises(PermissionDenied):
            merges.merge(kept, gone, by=seller)
        Membership.objects.filter(pk=seller.pk).update(tools=["directory.merge_leads"])
        with pytest.raises(Placement.DoesNotExist):
            merges.merge(kept, gone, by=Membership.objects.get(pk=seller.pk))  # they see one of the two
        with pytest.raises(Refused):
            merges.merge(kept, kept, by=owner)
        dying = house.lead(workspace, name="Se borra")
        erasure.begin([dying.pk], by=owner)
        with pytest.raises(Placement.DoesNotExist):
            merges.merge(kept, dying, by=owner)
        made = merges.merge(kept, gone, by=owner)
        with pytest.raises(Refused, match="merged already"):
            merges.merge(kept, gone, by=owner)
        with pytest.raises(Refused, match="merged already"):
            merges.merge(gone, kept, by=owner)
        other = house.lead(workspace, name="Otra Marta")
        later = merges.merge(other, _anew(kept), by=owner)
        with pytest.raises(Refused, match="undo that first"):
            splits.split(made, by=owner)
        assert following.remaining(gone.pk) == other.pk
        splits.split(later, by=owner)
        Merge.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=31))
        assert forgetting.sweep() == 1
        assert Merge.objects.get(pk=made.pk).before == {}
        assert not SetAside.objects.filter(merge=made).exists()
        with pytest.raises(Refused, match="30 days"):
            splits.split(made, by=owner)
    with scope(outsider.workspace):
        foreign = house.lead(outsider.workspace)
    with scope(workspace), pytest.raises(Placement.DoesNotExist):
        merges.merge(other, foreign, by=owner)


def test_a_merged_lead_goes_with_the_one_that_is_deleted_for_good(workspace, owner, pair):
    kept, gone = pair
    with scope(workspace):
        merges.merge(kept, gone, by=owner)
        erasure.begin([kept.pk], by=owner)
        assert set(Lead.objects.filter(pk__in=[kept.pk, gone.pk]).values_list("name", "notes")) == {("", "")}
        assert Merge.objects.get().before == {}
    while (batch := claim("bulk")) and batch.items:
        deliver(batch)
    with scope(workspace):
        assert not Lead.objects.filter(pk__in=[kept.pk, gone.pk]).exists()
        assert not Merge.objects.exists()
        assert not SetAside.objects.exists()


def test_what_a_merge_keeps_of_a_person_goes_with_their_personal_data(workspace, owner, pair):
    kept, gone = pair
    with scope(workspace):
        made = merges.merge(kept, gone, by=owner)
        assert SetAside.objects.filter(merge=made).exists()
        personal.begin(kept, by=owner)
        assert _anew(gone).name == ""
        assert Merge.objects.get().before == {}
        assert not SetAside.objects.exists()
        with pytest.raises(Refused, match="erased"):
            splits.split(made, by=owner)


def test_pairs_of_the_merged_lead_are_decided_with_it(workspace, owner, pair):
    kept, gone = pair
    with scope(workspace):
        third = house.lead(workspace, name="No es Marta")
        DuplicatePair.objects.create(first=kept, second=gone, reasons=["phone"], score=90)
        DuplicatePair.objects.create(first=gone, second=third, reasons=["name"], score=40, state="dismissed")
        made = merges.merge(kept, gone, by=owner)
        states = {(row.first_id, row.second_id): row.state for row in DuplicatePair.objects.all()}
        assert states[kept.pk, gone.pk] == "merged"
        assert states[kept.pk, third.pk] == "dismissed"
        assert not DuplicatePair.objects.open().visible_to(owner).exists()
        splits.split(made, by=owner)
        assert DuplicatePair.objects.open().visible_to(owner).get().reasons == ["phone"]


def test_what_somebody_was_told_of_both_is_told_once(workspace, owner, seller, pair):
    kept, gone = pair
    with scope(workspace):
        for lead in pair:
            Notification.objects.create(
                membership=seller, kind="wrote", lead=lead, cause=f"lead:{lead.pk}", gathers=True
            )
        made = merges.merge(kept, gone, by=owner)
        assert [row.lead_id for row in Notification.objects.filter(kind="wrote")] == [kept.pk]
        splits.split(made, by=owner)
        assert sorted(row.lead_id for row in Notification.objects.filter(kind="wrote")) == [kept.pk, gone.pk]


def test_every_table_that_names_a_lead_moves_or_says_why_not():
    moved = {
        (table.model, apps.get_model(table.model)._meta.get_field(_field(table)).name)
        for table in merging.tables()
    }
    known = moved | set(merging.exemptions())
    missing = [
        f"{model._meta.label}.{field.name}: register a merging.Table, or merging.exempt it with a reason"
        for model in apps.get_models()
        if issubclass(model, TenantModel) and not model._meta.proxy
        for field in model._meta.local_fields
        if field.related_model is Lead and (model._meta.label, field.name) not in known
    ]
    assert missing == []


def _field(table: merging.Table) -> str:
    return table.column.removesuffix("_id") if table.model != "inbox.Heard" else "lead_id"

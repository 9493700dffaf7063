"""Acts on many leads at once: what they change, what they refuse, and the way back."""

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied

from crm.tenancy import scope
from directory import custom as own
from directory import tallies
from directory.actions import bulk, custom, leads, placements, tags
from directory.actions.bulk import Miscounted
from directory.models import (
    BulkAct,
    BulkBatch,
    BulkRow,
    CustomChoice,
    CustomField,
    Event,
    LeadTag,
    Notification,
    Placement,
    Tag,
)
from directory.selection import Selection
from inbox.assignment import following
from tests.directory import house
from tests.directory.bulk import assign, do, many, numbers
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership

pytestmark = pytest.mark.usefixtures("references_watched")


def held(act: BulkAct, column: str) -> dict[int, object]:
    return dict(Placement.objects.filter(pk__in=act.rows.values("lead")).values_list("pk", column))


def test_assigning_changes_what_differs_and_says_what_did_not(
    owner: Membership, seller: Membership, other_seller: Membership, references_watched: list[str]
) -> None:
    with scope(owner.workspace):
        mine = house.lead(owner.workspace, assignee=seller)
        others = [house.lead(owner.workspace, name=str(n), assignee=other_seller) for n in range(3)]
        act = assign([mine, *others, 10**12], seller, by=owner)
        assert numbers(act) == {"changed": 3, "already": 1}, "what nobody sees was never chosen"
        assert act.total == 4
        assert act.ended_at is not None
        [event] = house.events_of(others[0])[1:]
        assert event.changes == {"assignee_id": [other_seller.pk, seller.pk]}
        assert (event.verb, event.actor, event.facts) == ("lead.assigned", owner, {"bulk": act.pk})
        assert house.verbs_of(mine) == ["lead.created"]
        assert house.count(owner.workspace, assignee_id=seller.pk) == 4
        assert tallies.drift(owner.workspace_id) == {}
        assert not BulkBatch.objects.exists()
        assert set(references_watched) == {"directory_event", "directory_bulkrow"}


def test_leads_are_spread_so_that_nobody_gets_two_more_than_another(
    owner: Membership, admin: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(owner.workspace):
        has_one = house.lead(owner.workspace, assignee=admin)
        many(owner.workspace, 7)
        act = assign(Selection(), admin, seller, other_seller, by=owner)
        spread = Counter(Placement.objects.values_list("assignee_id", flat=True))
        assert sorted(spread.values()) == [2, 3, 3]
        assert sum(act.given.values()) == 8
        assert house.placement_of(has_one).assignee_id == admin.pk, "who has one keeps it"
        assign(Selection(), by=owner)
        assert not Placement.objects.exclude(assignee=None).exists()


def test_who_gets_leads_is_told_once_and_not_by_who_gives_to_themselves(
    owner: Membership, seller: Membership
) -> None:
    from directory.notifications.consuming import handle

    with scope(owner.workspace):
        act = assign(many(owner.workspace, 5), seller, owner, by=owner)
        for event in Event.objects.filter(facts__bulk=act.pk):
            handle(event)
        [row] = Notification.objects.all()
        assert (row.membership, row.kind, row.by, row.lead) == (seller, "assigned_many", owner, None)
        assert row.facts == {"leads": act.given[str(seller.pk)]}
        one = house.lead(owner.workspace)
        assign([one], seller, by=owner)
        assert Notification.objects.get(lead=one).kind == "assigned", "of one lead, which"


def test_undo_brings_back_what_nobody_changed_since(
    owner: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(owner.workspace):
        ids = many(owner.workspace, 4, assignee=other_seller)
        act = assign(ids, seller, by=owner)
        placements.assign(ids[0], by=owner, to=None)
        placements.set_status(ids[1], by=owner, status="urgent")  # another field is no obstacle
        after = bulk.undo(act, by=owner)
        assert (after.undone, after.left) == (3, {"changed": 1})
        assert BulkRow.objects.get(lead_id=ids[0]).left == "changed"
        who = [Placement.objects.get(pk=pk).assignee_id for pk in ids]
        assert who == [None, other_seller.pk, other_seller.pk, other_seller.pk]
        back = Event.objects.filter(lead_id=ids[3]).latest("id")
        assert back.facts == {"bulk": act.pk, "undo": True}
        with pytest.raises(Refused, match="undone already"):
            bulk.undo(act, by=owner)
        assert tallies.drift(owner.workspace_id) == {}


def test_undo_sends_nothing_and_starts_nothing(
    owner: Membership, seller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    from directory.notifications.consuming import handle

    put: list[object] = []
    monkeypatch.setattr(following.queue, "put", lambda *args, **kwargs: put.append(args))
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, assignee=seller, last_inbound_id=1)
        act = assign([lead], by=owner)
        back = bulk.undo(act, by=owner)
        for event in Event.objects.filter(facts__undo=True):
            handle(event)
            following.follow(event)
        assert back.undone == 1
        assert not put
        assert not Notification.objects.exists()


def test_a_person_who_left_gets_nothing_back(owner: Membership, seller: Membership) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, assignee=seller)
        act = assign([lead], by=owner)
        Membership.objects.filter(pk=seller.pk).update(deactivated_at="2026-01-01T00:00Z")
        assert bulk.undo(act, by=owner).left == {"person_left": 1}
        with pytest.raises(Refused, match="not active"):
            assign([lead], seller, by=owner)


def test_tags_are_put_on_where_they_lack_and_only_those_are_taken_off_again(owner: Membership) -> None:
    with scope(owner.workspace):
        vip, big = house.tag(owner.workspace), house.tag(owner.workspace, "mayoreo")
        full = house.lead(owner.workspace, tags=[house.tag(owner.workspace, f"t{n}") for n in range(49)])
        has = house.lead(owner.workspace, tags=[vip, big])
        half, none = house.lead(owner.workspace, tags=[vip]), house.lead(owner.workspace)
        act = do("tag", [full, has, half, none], by=owner, tags={str(vip.pk): "vip", str(big.pk): "mayoreo"})
        assert numbers(act) == {"changed": 2, "already": 1, "full": 1}
        assert house.verbs_of(none)[1:] == ["lead.tagged", "lead.tagged"]
        assert {event.facts["name"] for event in house.events_of(none)[1:]} == {"vip", "mayoreo"}
        assert house.verbs_of(half)[1:] == ["lead.tagged"]
        tags.take_off(half, big, by=owner)
        tags.put_on(half, big, by=owner)
        after = bulk.undo(act, by=owner)
        assert (after.undone, after.left) == (1, {"changed": 1}), "put on again, it is somebody else's"
        assert {one.tag_id for one in LeadTag.objects.filter(lead__in=[has, half])} == {vip.pk, big.pk}
        assert not none.lead_tags.exists()


def test_taken_off_they_come_back_unless_they_are_gone(owner: Membership) -> None:
    with scope(owner.workspace):
        vip, big = house.tag(owner.workspace), house.tag(owner.workspace, "mayoreo")
        wears, bare = house.lead(owner.workspace, tags=[vip, big]), house.lead(owner.workspace)
        first = do("untag", [wears, bare], by=owner, tags={str(vip.pk): "vip"})
        second = do("untag", [wears], by=owner, tags={str(big.pk): "mayoreo"})
        assert numbers(first) == {"changed": 1, "already": 1}
        tags.delete(Tag.objects.get(pk=big.pk), by=owner)
        assert bulk.undo(second, by=owner).left == {"tag_gone": 1}
        assert bulk.undo(first, by=owner).undone == 1
        assert [one.tag_id for one in wears.lead_tags.all()] == [vip.pk]
        with pytest.raises(Refused, match="deleted"):
            do("tag", [wears], by=owner, tags={str(big.pk): "mayoreo"})


def test_a_stage_refuses_leads_without_what_it_asks_for_and_says_what(owner: Membership) -> None:
    with scope(owner.workspace):
        [first, last] = house.funnel(owner.workspace).stages.all()
        last.required = ["city", "phone"]
        last.save()
        with_all = house.lead(owner.workspace, phone="+52 55 1234 5678", stage=first)
        leads.edit(with_all, by=owner, city="Puebla")
        bare, there = house.lead(owner.workspace, stage=first), house.lead(owner.workspace, stage=last)
        was = house.placement_of(with_all)
        act = do("stage", [with_all, bare, there], by=owner, stage=last.pk, name="Cierre")
        assert numbers(act) == {"changed": 1, "already": 1, "missing:phone city": 1}
        now = house.placement_of(with_all)
        assert (now.stage_id, now.position < was.position, now.stage_since > was.stage_since) == (
            last.pk,
            True,
            True,
        )
        [moved] = [event for event in house.events_of(with_all) if event.verb == "lead.moved"]
        assert moved.changes == {"stage_id": [first.pk, last.pk]}
        bulk.undo(act, by=owner)
        back = house.placement_of(with_all)
        assert (back.stage_id, back.position, back.stage_since) == (first.pk, was.position, was.stage_since)


def test_to_another_funnel_each_goes_to_the_stage_of_its_name(owner: Membership) -> None:
    with scope(owner.workspace):
        [contacted, closing] = house.funnel(owner.workspace).stages.all()
        there = house.funnel(owner.workspace, "Menudeo", ["Nuevo", "CIERRE"])
        [new, closing_there] = there.stages.all()
        found = [house.lead(owner.workspace, stage=one) for one in (contacted, closing, new, None)]
        act = do("funnel", found, by=owner, funnel=there.pk, name="Menudeo")
        stages = [house.placement_of(lead).stage_id for lead in found]
        assert stages == [new.pk, closing_there.pk, new.pk, new.pk]
        assert numbers(act) == {"changed": 3, "already": 1}
        closing.leaving_since = "2026-01-01T00:00Z"
        closing.save()
        after = bulk.undo(act, by=owner)
        assert (after.undone, after.left) == (2, {"stage_gone": 1})


def test_closing_keeps_reason_and_words_and_comes_back_as_it_was(owner: Membership) -> None:
    with scope(owner.workspace):
        price, late = house.reason(owner.workspace), house.reason(owner.workspace, "Tarde")
        open_one, lost = house.lead(owner.workspace), house.lead(owner.workspace)
        placements.close(lost.pk, by=owner, outcome="lost", reason=late)
        was = house.placement_of(lost)
        act = do("lost", [open_one, lost], by=owner, reason=price.pk, name="Precio", words="muy caro")
        now = house.placement_of(lost)
        assert (now.close_reason_id, now.closed_at) == (price.pk, was.closed_at)
        assert house.events_of(open_one)[-1].facts == {"words": "muy caro", "bulk": act.pk}
        assert bulk.undo(act, by=owner).undone == 2
        back = house.placement_of(lost)
        assert (back.outcome, back.close_reason_id, back.closed_at) == ("lost", late.pk, was.closed_at)
        assert house.placement_of(open_one).outcome == ""
        assert house.verbs_of(open_one)[-1] == "lead.reopened"
        won = do("won", [open_one], by=owner, reason=None, name="", words="")
        assert numbers(do("reopen", [open_one, lost], by=owner)) == {"changed": 2}
        assert bulk.undo(won, by=owner).left == {"changed": 1}, "a later act stands"


def test_status_and_archive(owner: Membership) -> None:
    with scope(owner.workspace):
        found = [house.lead(owner.workspace, status=status) for status in ("urgent", "neutral")]
        status = do("status", found, by=owner, status="urgent")
        archive = do("archive", found, by=owner)
        assert numbers(status) == {"changed": 1, "already": 1}
        assert numbers(archive) == {"changed": 2}
        assert bulk.undo(archive, by=owner).undone == 2
        assert bulk.undo(status, by=owner).undone == 1
        assert {house.placement_of(one).status for one in found} == {"urgent", "neutral"}
        assert numbers(do("unarchive", found, by=owner)) == {"already": 2}
        with pytest.raises(Refused, match="nothing"):
            bulk.undo(BulkAct.objects.latest("id"), by=owner)


def test_a_field_of_ones_own_is_set_emptied_and_comes_back(owner: Membership) -> None:
    with scope(owner.workspace):
        field = CustomField.objects.create(label="Talla", key="talla", kind="choices")
        small, large = (CustomChoice.objects.create(field=field, label=label) for label in "SL")
        [talla] = own.fields()
        has, none = house.lead(owner.workspace), house.lead(owner.workspace)
        custom.set_values(has, {talla: (small.pk,)}, by=owner)
        given = {"field": field.pk, "label": "Talla", "shown": "S, L"}
        act = do("field", [has, none], by=owner, value=[small.pk, large.pk], **given)
        assert numbers(act) == {"changed": 2}
        assert own.values([has.pk, none.pk], [talla])[none.pk][field.pk] == (small.pk, large.pk)
        assert house.events_of(none)[-1].changes == {talla.name: [None, [small.pk, large.pk]]}
        emptied = do("field", [none], by=owner, value=None, **given)
        after = bulk.undo(act, by=owner)
        assert (after.undone, after.left) == (1, {"changed": 1})
        assert own.values([has.pk, none.pk], [talla]) == {has.pk: {field.pk: (small.pk,)}}
        assert bulk.undo(emptied, by=owner).undone == 1


def test_a_sellers_limits_hold_for_many_too(
    owner: Membership, seller: Membership, other_seller: Membership
) -> None:
    with scope(owner.workspace):
        closed = house.funnel(owner.workspace)
        [stage, _end] = closed.stages.all()
        mine, others = house.lead(owner.workspace, assignee=seller), house.lead(owner.workspace)
        assert numbers(assign(Selection(), other_seller, by=seller)) == {"changed": 1}
        assert house.placement_of(others).assignee_id is None
        placements.assign(mine.pk, by=owner, to=seller)
        with pytest.raises(PermissionDenied):
            do("stage", [mine], by=seller, stage=stage.pk, name="")
        with pytest.raises(PermissionDenied):
            do("delete", [mine], by=seller, typed=1)
        with pytest.raises(Refused, match="No lead"):
            do("archive", [others], by=seller)
        owners = do("archive", [mine], by=owner)
        with pytest.raises(PermissionDenied):
            bulk.undo(owners, by=seller)


def test_an_act_stays_within_its_workspace(
    owner: Membership, outsider: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace)
    with scope(outsider.workspace):
        own = house.lead(outsider.workspace)
        assert numbers(do("archive", Selection(), by=outsider)) == {"changed": 1}
        with pytest.raises(Refused, match="No lead"):
            do("archive", [lead], by=outsider)
        with pytest.raises(Refused, match="not active"):
            assign([own], owner, by=outsider)
        assert house.placement_of(own).is_archived
    with scope(owner.workspace):
        assert not house.placement_of(lead).is_archived
        monkeypatch.setattr(Selection, "rows", lambda selection, membership: Placement.objects.none())
        with pytest.raises(Refused, match="No lead"):
            do("archive", Selection(), by=owner)


def test_sent_twice_it_is_one_act(owner: Membership, seller: Membership) -> None:
    with scope(owner.workspace):
        lead = house.lead(owner.workspace)
        first = assign([lead], seller, by=owner, key="from-one-form")
        placements.assign(lead.pk, by=owner, to=owner)
        again = assign([lead], seller, by=owner, key="from-one-form")
        assert again == first
        assert house.placement_of(lead).assignee_id == owner.pk


def test_deleting_needs_the_number_and_is_a_job(owner: Membership) -> None:
    with scope(owner.workspace):
        found = many(owner.workspace, 3)
        for typed in (None, 2):
            with pytest.raises(Miscounted) as wrong:
                do("delete", found, by=owner, typed=typed)
            assert wrong.value.leads == 3
        assert not BulkAct.objects.exists()
        act = do("delete", found, by=owner, typed=3)
        assert act.job is not None
        assert Placement.objects.count() == 3, "not in the request"
        [entry] = AuditEntry.objects.filter(verb="leads_changed")
        assert entry.changes == {"leads": [None, "3"]}
        with pytest.raises(Refused, match="can't be undone"):
            bulk.undo(act, by=owner)


def test_pages_hear_of_few_leads_one_by_one_and_of_many_once(
    owner: Membership, seller: Membership, other_seller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr("crm.live.signal", lambda topic, kind, **ids: heard.append((topic, kind)))
    base = f"leads:{owner.workspace_id}"
    topics = {f"{base}:all", f"{base}:of:{seller.pk}", f"{base}:of:{other_seller.pk}"}
    with scope(owner.workspace):
        lead = house.lead(owner.workspace, assignee=seller)
        ids = many(owner.workspace, 60, assignee=seller)
        heard.clear()
        assign([lead], other_seller, by=owner)
        assert [one for one in sorted(heard) if one[0].startswith(base)] == sorted(
            (one, "lead") for one in topics
        )
        heard.clear()
        assign(ids, other_seller, by=owner)
        assert [one for one in sorted(heard) if one[0].startswith(base)] == sorted(
            (one, "refresh") for one in topics
        )

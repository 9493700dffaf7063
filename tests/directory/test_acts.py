"""What is done to leads: each act once, with an event that can be read, and in one order where two act at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.tenancy import scope
from directory import timeline
from directory.actions import events, leads, placements, reasons, several, tags
from directory.actions.marks import ChangedMeanwhile, mark_of
from directory.models import ContactPoint, Event, Lead, LeadTag, Outcome, Placement, Tag
from directory.verbs import Verb
from tests.directory import house
from workspaces.errors import Refused
from workspaces.models import AuditEntry, Membership


@pytest.fixture
def marta(owner: Membership) -> Lead:
    with scope(owner.workspace):
        return house.lead(owner.workspace, phone="+52 55 1234 5678", by=owner)


def told(lead: Lead, reader: Membership) -> list[str]:
    """The timeline, oldest first, as plain lines."""
    lines = reversed(timeline.page(lead, reader).lines)
    return [
        " ".join(
            [
                *([] if line.told.impersonal else [line.who.user.name if line.who else line.origin]),
                str(line.told.text),
                *(f"[{change.old} → {change.new}]" for change in line.told.changes),
            ]
        )
        for line in lines
    ]


def test_each_act_leaves_an_event_that_says_what_was_and_what_is(
    owner: Membership, seller: Membership, marta: Lead
) -> None:
    with scope(owner.workspace):
        [first, _last] = house.funnel(owner.workspace).stages.all()
        why = house.reason(owner.workspace)
        vip = house.tag(owner.workspace)
        leads.edit(marta, by=owner, name="Marta R.", city="Puebla")
        leads.edit(marta, by=owner, notes="Pide factura")
        leads.add_contact_point(marta, leads.email("marta@ejemplo.mx"), by=owner)
        leads.remove_contact_point(marta.contact_points.get(kind="email"), by=owner)
        tags.put_on(marta, vip, by=owner)
        tags.take_off(marta, vip, by=owner)
        placements.assign(marta.pk, by=owner, to=seller)
        placements.set_status(marta.pk, by=owner, status="urgent")
        house.place(marta, stage=first)
        placements.close(marta.pk, by=owner, outcome="lost", reason=why, words="Muy caro")
        placements.reopen(marta.pk, by=owner)
        placements.archive(marta.pk, by=owner)
        placements.unarchive(marta.pk, by=owner)
        assert told(marta, owner) == [
            "Olga Owner created the lead",
            "Olga Owner changed [Marta Ruiz → Marta R.] [ → Puebla]",
            "Olga Owner changed the notes [ → Pide factura]",
            "Olga Owner added an e-mail address [ → marta@ejemplo.mx]",
            "Olga Owner removed an e-mail address [marta@ejemplo.mx → ]",
            "Olga Owner added the tag vip",
            "Olga Owner took off the tag vip",
            "Olga Owner assigned [Unassigned → Sara Seller]",
            "Olga Owner set the status [Neutral → Urgent]",
            "Olga Owner marked it as lost [ → Precio] [ → Muy caro]",
            "Olga Owner opened it again",
            "Olga Owner archived it",
            "Olga Owner took it out of the archive",
        ]


def test_what_changes_nothing_leaves_no_event(owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        leads.edit(marta, by=owner, name="Marta Ruiz")
        placements.assign(marta.pk, by=owner, to=None)
        placements.set_status(marta.pk, by=owner, status="neutral")
        placements.reopen(marta.pk, by=owner)
        placements.unarchive(marta.pk, by=owner)
        assert house.verbs_of(marta) == [Verb.CREATED]
        with pytest.raises(Refused):
            leads.add_contact_point(marta, leads.phone("+52 1 55 1234 5678", region=None), by=owner)
        assert ContactPoint.objects.count() == 1, "the same number, as it was once written"


def test_a_text_that_somebody_changed_meanwhile_is_not_overwritten(owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        leads.edit(marta, by=owner, seen={"city": mark_of("")}, city="Puebla")
        with pytest.raises(ChangedMeanwhile):
            leads.edit(marta, by=owner, seen={"city": mark_of("")}, city="León")
        leads.edit(marta, by=owner, seen={"city": mark_of("Puebla")}, city="León")
        leads.edit(
            marta, by=owner, seen={"city": mark_of("")}, city="León"
        )  # what is there already is no conflict
        marta.refresh_from_db()
        assert marta.city == "León"


@pytest.mark.parametrize(
    ("act", "most"),
    [
        (lambda lead, by: placements.assign(lead.pk, by=by, to=by), 3),
        (lambda lead, by: placements.set_status(lead.pk, by=by, status="done"), 3),
        (lambda lead, by: placements.close(lead.pk, by=by, outcome="won"), 4),
        (lambda lead, by: leads.edit(lead, by=by, name="Otra"), 4),
    ],
)
def test_an_act_asks_little(
    owner: Membership, marta: Lead, act: Callable[[Lead, Membership], Any], most: int
) -> None:
    with scope(owner.workspace), CaptureQueriesContext(connection) as asked:
        act(marta, owner)
    done = [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(done) <= most, done


def test_postgresql_refuses_what_belongs_to_another_workspace(
    owner: Membership, outsider: Membership, marta: Lead
) -> None:
    with scope(outsider.workspace):
        foreign_tag = house.tag(outsider.workspace)
        foreign_reason = house.reason(outsider.workspace)
        [foreign_stage, _end] = house.funnel(outsider.workspace).stages.all()
    columns = {
        "directory_placement": {
            "assignee_id": outsider.pk,
            "stage_id": foreign_stage.pk,
        },
        "directory_leadtag": {"tag_id": foreign_tag.pk},
    }
    with scope(owner.workspace):
        tags.put_on(marta, house.tag(owner.workspace), by=owner)
        placements.close(marta.pk, by=owner, outcome="lost")
    columns["directory_placement"]["close_reason_id"] = foreign_reason.pk
    for table, values in columns.items():
        for column, value in values.items():
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = %s", [value])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_many_at_once_are_told_as_one(
    owner: Membership, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    with scope(owner.workspace):
        rows: list[Any] = [
            (house.placement_of(house.lead(owner.workspace, name=str(n))), {}, None) for n in range(51)
        ]
        monkeypatch.setattr("crm.live.signals.publisher.send", lambda channel, text: sent.append(text))
        with django_capture_on_commit_callbacks(execute=True):
            events.record_many(rows[:2], by=owner, verb=Verb.ARCHIVED)
        assert sum('"kind":"lead"' in text for text in sent) == 2
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            events.record_many(rows, by=owner, verb=Verb.ARCHIVED)
        assert sum('"kind":"lead"' in text for text in sent) == 0
        assert sum('"kind":"refresh"' in text for text in sent) == 1


@pytest.mark.parametrize("kind", ["assign", "status", "archive", "star", "tag", "untag"])
def test_an_act_on_several_costs_as_much_as_on_two_and_reaches_only_who_is_seen(
    owner: Membership, seller: Membership, kind: str
) -> None:
    with scope(owner.workspace):
        vip = house.tag(owner.workspace)

        def leads_of(amount: int) -> list[int]:
            made = [house.lead(owner.workspace, name=str(n), assignee=seller).pk for n in range(amount)]
            if kind == "untag":
                several.put_on(made, vip, by=owner)
            return made

        acts: dict[str, Callable[[list[int]], list[Any]]] = {
            "assign": lambda ids: several.assign(ids, by=seller, to=None),
            "status": lambda ids: several.set_status(ids, by=seller, status="urgent"),
            "archive": lambda ids: several.archive(ids, by=seller, archived=True),
            "star": lambda ids: several.star(ids, by=seller, starred=True),
            "tag": lambda ids: several.put_on(ids, vip, by=seller)[0],
            "untag": lambda ids: several.take_off(ids, vip, by=seller),
        }
        costs = []
        Placement.objects.visible_to(seller).exists()  # their grants are read once
        for amount in (2, 30):
            ids = leads_of(amount)
            hidden = house.lead(owner.workspace, name="hidden", assignee=owner)
            if kind == "untag":
                several.put_on([hidden.pk], vip, by=owner)
            before = Event.objects.count()
            with CaptureQueriesContext(
                connection,
            ) as asked:
                rows = acts[kind]([*reversed(ids), hidden.pk, 2**40])
            costs.append(len(asked))
            assert [lead for lead, _was in rows] == list(reversed(ids)), (
                "in the order named, what is not seen left out"
            )
            events_made = Event.objects.count() - before
            assert events_made == (0 if kind == "star" else amount)
            assert acts[kind](ids) == [], "it is so already, or seen no more"
        assert costs[0] == costs[1]


def test_a_lead_that_is_full_refuses_a_tag_and_the_others_take_it(owner: Membership) -> None:
    with scope(owner.workspace):
        full, free = (house.lead(owner.workspace, name=name).pk for name in ("full", "free"))
        worn = [Tag(workspace=owner.workspace, name=f"T{n}") for n in range(tags.MOST_ON_A_LEAD)]
        Tag.objects.bulk_create(worn)
        LeadTag.objects.bulk_create(
            [LeadTag(workspace=owner.workspace, lead_id=full, tag=one) for one in worn]
        )
        rows, refused = several.put_on([full, free], house.tag(owner.workspace), by=owner)
        assert rows == [[free, Tag.objects.get(name="vip").pk]]
        assert "50" in refused
        rows, refused = several.put_on([full, free], worn[0], by=owner)
        assert ([lead for lead, _tag in rows], refused) == ([free], ""), "one has it already"


def test_tags_and_reasons_go_and_the_leads_stay(owner: Membership, marta: Lead) -> None:
    with scope(owner.workspace):
        vip, why = house.tag(owner.workspace), house.reason(owner.workspace)
        tags.put_on(marta, vip, by=owner)
        placements.close(marta.pk, by=owner, outcome="lost", reason=why)
        with pytest.raises(Refused):
            tags.create(by=owner, name="vip")
        tags.delete(vip, by=owner)
        reasons.delete(why, by=owner)
        assert not LeadTag.objects.exists()
        placement = house.placement_of(marta)
        assert (placement.outcome, placement.close_reason_id) == (Outcome.LOST, why.pk)
        changes = AuditEntry.objects.filter(target="vip").latest("id").changes
        assert changes == {"tag": ["vip", None], "leads": [1, 0]}


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_end_in_one_order_that_the_history_tells(
    owner: Membership, admin: Membership, seller: Membership
) -> None:
    with scope(owner.workspace):
        marta = house.lead(owner.workspace)
    ready = threading.Barrier(2)

    def assign(by: Membership, to: Membership) -> None:
        try:
            ready.wait(5)
            with scope(owner.workspace):
                placements.assign(marta.pk, by=by, to=to)
        finally:
            connection.close()

    threads = [threading.Thread(target=assign, args=pair) for pair in ((owner, seller), (admin, admin))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    with scope(owner.workspace):
        now = Placement.objects.get(pk=marta.pk).assignee_id
        pairs = [
            event.changes["assignee_id"] for event in house.events_of(marta) if event.verb == Verb.ASSIGNED
        ]
    assert pairs == [[None, pairs[0][1]], [pairs[0][1], now]], "the second saw what the first had done"

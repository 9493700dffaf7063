"""What is done to leads: each act once, with an event that can be read, and in one order where two act at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.tenancy import scope
from directory import timeline
from directory.actions import events, leads, placements, reasons, tags
from directory.actions.leads import ChangedMeanwhile, mark_of
from directory.models import ContactPoint, Event, Lead, LeadTag, Outcome, Placement
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
            "Olga Owner changed the notes",
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
        assert "Pide factura" not in str(list(Event.objects.values_list("changes", "facts")))


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

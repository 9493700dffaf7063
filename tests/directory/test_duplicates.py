"""Leads that may be one person: found as they arise and by a scan, decided by people; the pages of both."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from crm import nudge
from crm.feed import consumers, reading
from crm.tenancy import scope
from crm.work import runs
from directory.actions import duplicates, leads, merges, placements, splits
from directory.merging import finding, noticing, scanning
from directory.models import ContactPoint, DuplicatePair, Lead, Merge, Placement
from tests import cast
from tests.directory import house
from tests.feed.following import follow
from tests.swap import HTMX, Swapped
from workspaces.errors import Refused
from workspaces.models import Membership, Workspace


def _pairs() -> dict[tuple[str, str], tuple[list[str], int]]:
    rows = DuplicatePair.objects.order_by("id").select_related("first", "second")
    return {(row.first.name, row.second.name): (row.reasons, row.score) for row in rows}


@pytest.fixture
def notice(workspace: Workspace) -> Callable[[Lead], None]:
    """What the consumer makes of all events of a lead."""

    def run(*found: Lead) -> None:
        for lead in found:
            for event in house.events_of(lead):
                noticing.handle(event)

    return run


def test_a_lead_is_compared_as_it_arises_and_as_it_changes(workspace, owner, notice):
    with scope(workspace):
        marta = house.lead(workspace, name="Marta Ruiz", phone="+52 55 1234 5678")
        other = house.lead(workspace, name="M. Ruiz", phone="+52 1 55 1234 5678", email="marta@example.com")
        house.lead(workspace, name="Nadie", phone="+52 55 0000 1111")
        notice(other, marta, other)  # again and again: once
        assert _pairs() == {("Marta Ruiz", "M. Ruiz"): (["phone"], 90)}
        leads.add_contact_point(marta, leads.email("MARTA@example.com"), by=owner)
        claimed = leads.email("nora@example.com")
        claimed.is_claimed = True
        nora = house.lead(workspace, name="Nora", email="nora@example.com")
        leads.add_contact_point(marta, claimed, by=owner)
        notice(marta, nora)
        assert _pairs()["Marta Ruiz", "M. Ruiz"] == (["email", "phone"], 93)
        assert _pairs()["Marta Ruiz", "Nora"] == (["claim"], 60)
        for lead in (marta, nora):
            leads.edit(lead, by=owner, name="María José López", city="Mérida")
        notice(marta)
        assert _pairs()["María José López", "María José López"][0] == ["claim", "name"]


def test_it_is_a_consumer_of_the_events_and_not_part_of_anybodys_act():
    assert consumers.get("directory.duplicates") is noticing.CONSUMER
    assert noticing.CONSUMER.feed.__name__ == "Event"


@pytest.mark.django_db(transaction=True)
def test_it_finds_them_in_the_feed_among_all_that_happens(workspace, owner):
    reading.begin(noticing.CONSUMER)
    with scope(workspace):
        marta = house.lead(workspace, name="Marta Ruiz", phone="+52 55 1234 5678", by=owner)
        other = house.lead(workspace, name="M. Ruiz", phone="+52 55 1234 5678", by=owner)
        placements.set_status(marta.pk, by=owner, status="urgent")
        leads.edit(other, by=owner, city="Mérida")
        leads.edit(other, by=owner, notes="nada")
    follow(noticing.CONSUMER)
    with scope(workspace):
        assert _pairs() == {("Marta Ruiz", "M. Ruiz"): (["phone"], 90)}


def test_what_was_decided_stays_decided(workspace, owner, seller, notice):
    with scope(workspace):
        one = house.lead(workspace, name="Ana Paz", phone="+52 55 1234 5678")
        other = house.lead(workspace, name="Ana P", phone="+52 55 1234 5678")
        notice(other)
        pair = DuplicatePair.objects.get()
        duplicates.dismiss(pair, by=owner)
        leads.add_contact_point(one, leads.email("ana@example.com"), by=owner)
        leads.add_contact_point(other, leads.email("ana@example.com"), by=owner)
        notice(one, other)
        pair.refresh_from_db()
        assert (pair.state, pair.reasons, pair.decided_by) == ("dismissed", ["phone"], owner)
        with pytest.raises(Refused):
            duplicates.dismiss(pair, by=owner)
        duplicates.reopen(pair, by=owner)
        assert DuplicatePair.objects.open().get() == pair


@pytest.mark.django_db(transaction=True)
def test_a_scan_finds_all_in_batches_and_says_what_it_left_out(workspace, owner, admin, monkeypatch):
    def work_off() -> None:
        monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: True)
        while runs.run("bulk"):
            pass

    monkeypatch.setattr(finding, "ROWS", 3)
    monkeypatch.setattr(finding, "GROUP", 4)
    with scope(workspace):
        for number in range(9):
            house.lead(workspace, name=f"Tienda {number}", phone="+52 55 9999 0000")
        for name in ("José Díaz", "jose diaz"):
            lead = house.lead(workspace, name=name)
            Lead.objects.filter(pk=lead.pk).update(city="León")
        house.lead(workspace, name="Solo", email="solo@example.com")
        merged = [house.lead(workspace, name=name, email="m@example.com") for name in ("Uno", "Dos")]
        made = merges.merge(*merged, by=owner)
        job = scanning.start(by=owner)
        assert scanning.start(by=admin) == job  # one at a time
    work_off()
    with scope(workspace):
        job.refresh_from_db()
        assert (job.state, job.message_code) == ("done", "large")
        assert job.message_args == {"found": 7, "large": 1, "most": 4}
        assert 20 < job.done == job.total < 30
        found = _pairs()
        assert len(found) == 7
        assert (["name"], 40) in found.values()
        assert ("Tienda 0", "Tienda 3") in found
        assert ("Tienda 0", "Tienda 4") not in found
        splits.split(made, by=owner)
        again = scanning.start(by=owner)
    work_off()
    with scope(workspace):
        again.refresh_from_db()
        assert again.message_args["found"] == 1  # the two that were merged then
        assert ("Uno", "Dos") in _pairs()


# Pages


@pytest.fixture
def pair(workspace: Workspace, owner: Membership) -> DuplicatePair:
    with scope(workspace):
        one = house.lead(workspace, name="Ana Paz", phone="+52 55 1234 5678", email="ana@example.com")
        other = house.lead(workspace, name="Ana P", phone="+52 55 1234 5678", by=owner)
        first, second = house.lead(workspace, name="Luz Mar"), house.lead(workspace, name="Luz M")
        DuplicatePair.objects.create(first=first, second=second, reasons=["name"], score=40)
        return DuplicatePair.objects.create(first=one, second=other, reasons=["phone"], score=90)


def _at(route: str, workspace: Workspace, **more: object) -> str:
    return reverse(f"directory:{route}", kwargs={"workspace_id": workspace.public_id, **more})


def test_the_queue_shows_the_likeliest_pair_and_what_is_the_same(workspace, owner, pair):
    client = cast.signed_in(owner)
    page = client.get(_at("duplicates", workspace)).content.decode()
    assert "2 pairs" in page
    assert "Same phone" in page
    assert page.count("same-mark") == 2
    assert page.index("Ana Paz") < page.index("Ana P<")


@pytest.mark.parametrize("act", ["duplicate_dismissal", "duplicate_later"])
def test_the_next_pair_takes_its_place(workspace, owner, pair, act):
    client = cast.signed_in(owner)
    page = Swapped(client.get(_at("duplicates", workspace)))
    button = f'[hx-post="{_at(act, workspace, pk=pair.pk)}"]'
    answer = client.post(_at(act, workspace, pk=pair.pk), headers={**HTMX, "HX-Target": "duplicates"})
    page.apply(answer, trigger=button)
    page.assert_same(client.get(_at("duplicates", workspace)))
    assert "Luz Mar" in str(page.tree.select_one("#duplicates"))


def test_merging_from_the_queue_asks_for_the_next_and_offers_to_take_it_back(workspace, owner, pair):
    client = cast.signed_in(owner)
    to = _at("lead_merging", workspace, pk=pair.first_id, other=pair.second_id)
    preview = client.get(to, headers=HTMX).content.decode()
    assert 'name="field-name" value="gone"' in preview
    answer = client.post(f"{to}?in=queue", {"field-name": "gone", "field-nonsense": "x"}, headers=HTMX)
    told = answer.headers["HX-Trigger"]
    with scope(workspace):
        made = Merge.objects.get()
        assert Lead.objects.get(pk=made.kept_id).name == "Ana P"
    assert answer.status_code == 204
    assert _at("merge_undo", workspace, pk=made.pk) in told
    assert "pairs-changed" in told
    assert client.post(to, headers=HTMX).status_code == 409  # twice
    assert (
        client.post(_at("merge_undo", workspace, pk=made.pk) + "?in=queue", headers=HTMX).status_code == 204
    )
    with scope(workspace):
        assert Placement.objects.filter(pk__in=[pair.first_id, pair.second_id]).count() == 2


def test_old_addresses_lead_on_to_the_one_that_remains(workspace, owner, seller, pair):
    with scope(workspace):
        kept, gone = Lead.objects.get(pk=pair.first_id), Lead.objects.get(pk=pair.second_id)
        merges.merge(kept, gone, by=owner)
    client = cast.signed_in(owner)
    for route in ("lead", "lead_history"):
        answer = client.get(_at(route, workspace, pk=gone.pk) + "?kind=data")
        assert (answer.status_code, answer.url) == (302, _at(route, workspace, pk=kept.pk) + "?kind=data")
    thread = reverse("inbox:thread", kwargs={"workspace_id": workspace.public_id, "pk": gone.pk})
    assert client.get(thread).url.endswith(f"/{kept.pk}/")
    news = client.get(_at("lead_news", workspace, pk=gone.pk) + "?in=page", headers=HTMX)
    assert news.headers["HX-Redirect"] == _at("lead", workspace, pk=kept.pk)
    closed = client.get(_at("lead_news", workspace, pk=gone.pk) + "?in=drawer", headers=HTMX)
    assert "drawer:close" in closed.headers["HX-Trigger"]
    assert cast.signed_in(seller).get(_at("lead", workspace, pk=gone.pk)).status_code == 404


def test_a_card_names_whom_it_looks_like_and_what_was_merged_into_it(workspace, owner, seller, pair):
    client = cast.signed_in(owner)
    page = client.get(_at("lead", workspace, pk=pair.first_id)).content.decode()
    assert "Looks like" in page
    assert "Ana P" in page
    with scope(workspace):
        house.place(Lead.objects.get(pk=pair.first_id), assignee=seller)
        merges.merge(Lead.objects.get(pk=pair.first_id), Lead.objects.get(pk=pair.second_id), by=owner)
    tab = _at("lead_tab", workspace, pk=pair.first_id, key="related")
    for person, may in ((owner, True), (seller, False)):
        shown = cast.signed_in(person).get(tab, headers=HTMX).content.decode()
        assert "Merged into this one" in shown
        assert "Ana P" in shown
        assert ("merges/" in shown) is may


def test_a_merge_partner_is_found_by_name(workspace, owner, pair):
    client: Client = cast.signed_in(owner)
    to = _at("lead_merge", workspace, pk=pair.first_id)
    assert "Ana P" in client.get(to, headers=HTMX).content.decode()
    found = client.get(to, {"q": "Luz"}, headers=HTMX).content.decode()
    assert "Luz Mar" in found
    assert "Ana Paz" not in found


def test_who_sees_one_of_two_sees_no_pair(workspace, owner, seller, pair):
    with scope(workspace):
        house.place(Lead.objects.get(pk=pair.first_id), assignee=seller)
    Membership.objects.filter(pk=seller.pk).update(tools=["directory.merge_leads"])
    client = cast.signed_in(seller)
    assert "Ana" not in client.get(_at("duplicates", workspace)).content.decode()
    assert client.post(_at("duplicate_dismissal", workspace, pk=pair.pk)).status_code == 404
    to = _at("lead_merging", workspace, pk=pair.first_id, other=pair.second_id)
    assert client.get(to).status_code == client.post(to).status_code == 404
    assert "Looks like" not in client.get(_at("lead", workspace, pk=pair.first_id)).content.decode()


def test_numbers_stay_masked_for_who_may_not_see_them(workspace, owner, seller, pair):
    with scope(workspace):
        ContactPoint.objects.filter(lead_id=pair.second_id).update(raw="x")
        for pk in (pair.first_id, pair.second_id):
            house.place(Lead.objects.get(pk=pk), assignee=seller)
            Lead.objects.filter(pk=pk).update(notes="Llamar al 55 1234 5678")
    Membership.objects.filter(pk=seller.pk).update(tools=["directory.merge_leads"], sees_phones=False)
    client = cast.signed_in(seller)
    to = _at("lead_merging", workspace, pk=pair.first_id, other=pair.second_id)
    for address in (
        _at("duplicates", workspace),
        to,
        _at("lead_tab", workspace, pk=pair.first_id, key="related"),
    ):
        page = client.get(address, headers=HTMX).content.decode()
        assert "1234 5678" not in page, address
        assert "12345678" not in page, address

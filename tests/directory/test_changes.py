"""The tab "History": every change with what was and what is, searched as it is seen."""

import pytest
from django.urls import reverse

from crm.tenancy import scope
from directory import changes
from directory.actions import leads, merges, placements, tags
from directory.actors import Agent
from directory.changes import HOUSE, Asked
from directory.models import Event, Lead, Origin
from tests import cast
from tests.directory import house
from tests.swap import HTMX
from workspaces.models import Membership


@pytest.fixture
def marta(workspace, owner, seller) -> Lead:
    with scope(workspace):
        lead = house.lead(workspace, name="Marta Ruiz", assignee=seller, by=owner)
        leads.edit(lead, by=owner, city="Mérida")
        leads.add_contact_point(lead, leads.phone("+52 55 1234 5678", region="MX"), by=seller)
        placements.set_status(lead.pk, by=Agent(Origin.ZAPIER), status="urgent")
        tags.put_on(lead, house.tag(workspace), by=seller)
        return lead


def _told(lead: Lead, reader: Membership, **asked: object) -> list[str]:
    """What one reads, newest first."""
    found = changes.page(lead, reader, Asked(**asked))
    return [
        " ".join(
            [one.who, one.origin, str(one.line.told.text)]
            + [f"{change.label}: {change.old} → {change.new}" for change in one.line.told.changes]
        )
        for one in found.entries
    ]


def test_it_says_what_was_what_is_who_and_from_where(workspace, owner, marta):
    with scope(workspace):
        assert _told(marta, owner) == [
            "Sara Seller In Cauce added the tag vip",
            " Zapier set the status Status: Neutral → Urgent",
            "Sara Seller In Cauce added a phone number Phone:  → +52 55 1234 5678",
            "Olga Owner In Cauce changed City City:  → Mérida",
            "Olga Owner In Cauce created the lead",
        ]


def test_it_is_searched_as_it_is_seen_and_narrowed_by_kind_and_person(workspace, owner, seller, marta):
    with scope(workspace):
        assert len(_told(marta, owner, words="merida")) == 1  # without accents
        assert len(_told(marta, owner, words="sara  seller")) == 2
        assert len(_told(marta, owner, words="5678")) == 1
        blind = Membership.objects.select_related("user", "workspace").get(pk=seller.pk)
        blind.sees_phones = False
        assert _told(marta, blind, words="1234") == []  # no digit is found that is not shown
        assert "1234" not in " ".join(_told(marta, blind))
        assert [text.split(" ")[0] for text in _told(marta, owner, kind="data", person=str(owner.pk))] == [
            "Olga"
        ] * 2
        assert len(_told(marta, owner, person=HOUSE)) == 1
        assert changes.people(marta)[:2] == [(str(owner.pk), "Olga Owner"), (str(seller.pk), "Sara Seller")]


def test_it_goes_on_page_by_page_and_searches_no_further_than_it_says(workspace, owner, marta, monkeypatch):
    monkeypatch.setattr(changes, "PAGE", 2)
    with scope(workspace):
        seen, after = [], None
        while True:
            page = changes.page(marta, owner, Asked(after=after))
            seen += [one.line.pk for one in page.entries]
            after = page.next
            if after is None:
                break
        assert seen == list(Event.objects.filter(lead=marta).order_by("-id").values_list("pk", flat=True))
        monkeypatch.setattr(changes, "SCANNED", 2)
        page = changes.page(marta, owner, Asked(words="created the lead"))
        assert page.entries == []
        assert changes.page(marta, owner, Asked(words="created the lead", after=page.next)).next is not None


def test_who_left_and_what_came_with_a_merged_lead_is_named(workspace, owner, seller, marta):
    with scope(workspace):
        kept = house.lead(workspace, name="Marta R", by=owner)
        merges.merge(kept, marta, by=owner)
        Membership.objects.filter(pk=seller.pk).update(deactivated_at="2026-01-01T00:00Z")
        found = changes.page(kept, owner, Asked()).entries
        assert {one.merged for one in found if one.line.told.text == "created the lead"} == {"", "Marta Ruiz"}
        assert "Sara Seller (left)" in {one.who for one in found}
        Event.objects.filter(actor=owner, verb="lead.edited").update(actor=None)
        assert "Somebody who is no longer here" in {
            one.who for one in changes.page(kept, owner, Asked()).entries
        }


def test_the_tab_its_search_and_what_is_older(workspace, owner, marta, monkeypatch):
    monkeypatch.setattr(changes, "PAGE", 2)
    client = cast.signed_in(owner)
    at = {"workspace_id": workspace.public_id, "pk": marta.pk}
    tab = client.get(
        reverse("directory:lead_tab", kwargs={**at, "key": "history"}), headers=HTMX
    ).content.decode()
    assert tab.count('class="change"') == 2
    address = reverse("directory:lead_changes", kwargs=at)
    assert "Nothing was found" in client.get(address, {"words": "zzz"}, headers=HTMX).content.decode()
    older = client.get(address, {"after": _second(workspace, marta)}, headers=HTMX)
    assert older.content.decode().count('class="change"') == 2
    for junk in ({"after": "x"}, {"by": "x"}, {"of": "x"}, {"after": "9" * 40}, {"words": "%_'\\" * 50}):
        assert client.get(address, junk, headers=HTMX).status_code == 200


def _second(workspace, lead: Lead) -> int:
    with scope(workspace):
        return Event.objects.filter(lead=lead).order_by("-id").values_list("pk", flat=True)[1]

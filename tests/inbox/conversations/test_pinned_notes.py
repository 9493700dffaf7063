"""Notes at the top of a lead's card: who pins them, where they stand, and what becomes of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from crm.tenancy import scope
from directory.actions import merges, splits
from directory.erasure import Leads
from directory.models import Event, Lead
from inbox import erasing
from inbox.actions import notes
from inbox.models import Channel, Note
from tests import cast
from tests.directory.test_pages import address
from tests.inbox.conversations import talks
from tests.swap import HTMX, Swapped
from workspaces import portability
from workspaces.errors import Refused
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(workspace: Workspace, seller: Membership, nudges: list[str]) -> Lead:
    with scope(workspace):
        return talks.talk(workspace, talks.number(workspace), "Hola", assignee=seller)


@pytest.fixture
def written(owner: Membership, lead: Lead) -> list[Note]:
    with scope(owner.workspace):
        return [notes.write(lead, by=owner, text=f"Nota {number}") for number in range(6)]


@pytest.fixture
def at(workspace: Workspace, lead: Lead) -> Callable[..., str]:
    return lambda note, more="": (
        f"/w/{workspace.public_id}/conversations/{lead.pk}/notes/{note.pk}/pin/{more}"
    )


def shown(page: Any, place: str) -> list[str]:
    """What the notes say under `place`."""
    tree = BeautifulSoup(page.content.decode(), "html.parser")
    return [one.get_text(strip=True) for one in tree.select(f"{place} .note-text")]


def test_the_newest_pin_is_first_on_card_panel_and_list_and_a_few_fit(
    owner: Membership, seller: Membership, lead: Lead, written: list[Note]
) -> None:
    with scope(owner.workspace):
        for note in (written[1], written[0], written[2]):
            notes.pin(note, by=seller)
        notes.pin(written[1], by=owner)  # it is pinned already
        verbs = Event.objects.filter(verb__startswith="note.").values_list("verb", "actor", "facts__note")
        assert list(verbs.order_by("id")) == [
            ("note.pinned", seller.pk, written[place].pk) for place in (1, 0, 2)
        ]
    client = cast.signed_in(owner)
    for page, place in ((address(lead), "page"), (address(lead, "lead_panel"), "panel")):
        pins = shown(client.get(page), f"#{place}-lead-{lead.pk}-pinned")
        assert pins == ["Nota 2", "Nota 0", "Nota 1"]
    every = client.get(f"/w/{owner.workspace.public_id}/conversations/{lead.pk}/notes/")
    assert shown(every, ".notes-all") == ["Nota 2", "Nota 0", "Nota 1", "Nota 5", "Nota 4", "Nota 3"]
    with scope(owner.workspace):
        notes.pin(written[3], by=owner)
        notes.pin(written[4], by=owner)
        with pytest.raises(Refused, match="At most 5"):
            notes.pin(written[5], by=owner)
        notes.unpin(written[0], by=owner)
        notes.unpin(written[0], by=owner)
        assert Event.objects.filter(verb="note.unpinned").count() == 1
        notes.pin(written[5], by=owner)


def test_the_card_after_a_pin_is_taken_off_is_the_card_loaded_afresh(
    owner: Membership, lead: Lead, written: list[Note], at: Callable[..., str]
) -> None:
    with scope(owner.workspace):
        for note in written[:2]:
            notes.pin(note, by=owner)
    client = cast.signed_in(owner)
    page = Swapped(client.get(address(lead, "lead_panel"), headers=HTMX))
    answer = client.delete(at(written[0], "?in=panel"), headers=HTMX)
    page.apply(answer, trigger=f"#panel-lead-{lead.pk}-pinned [hx-delete$='{written[0].pk}/pin/?in=panel']")
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["action"]
    assert undo["method"] == "post"
    page.apply(client.post(undo["href"], headers=HTMX), trigger=f"#panel-lead-{lead.pk}-star")
    history = f"#panel-lead-{lead.pk}-history-news"
    page.apply(client.get(page.tree.select_one(history)["hx-get"], headers=HTMX), trigger=history)
    page.assert_same(client.get(address(lead, "lead_panel"), headers=HTMX))
    assert shown(client.get(address(lead)), ".lead-pinned") == ["Nota 0", "Nota 1"]


def test_the_thread_and_the_list_after_a_pin_are_as_loaded_afresh(
    owner: Membership, lead: Lead, written: list[Note], at: Callable[..., str]
) -> None:
    client = cast.signed_in(owner)
    thread = f"/w/{owner.workspace.public_id}/conversations/{lead.pk}/"
    page = Swapped(client.get(thread))
    answer = client.post(at(written[0]), headers=HTMX)
    page.apply(answer, trigger=f"#pin-{written[0].pk}")
    page.assert_same(client.get(thread))
    assert {"toast", "live:thread", f"live:lead:{lead.pk}"} <= json.loads(answer.headers["HX-Trigger"]).keys()
    answer = client.post(at(written[1], "?in=list"), headers=HTMX)
    assert answer.content == client.get(f"{thread}notes/", headers=HTMX).content
    for note in written[2:5]:
        client.post(at(note), headers=HTMX)
    full = client.post(at(written[5]), headers=HTMX)
    assert "At most 5 notes" in json.loads(full.headers["HX-Trigger"])["toast"]["text"]
    assert "Pin the note" in full.content.decode()


def test_what_is_deleted_or_erased_is_pinned_no_more_and_an_export_says_what_is(
    owner: Membership, lead: Lead, written: list[Note]
) -> None:
    with scope(owner.workspace):
        notes.pin(written[0], by=owner)
        notes.pin(written[1], by=owner)
        [section] = [one for one in portability.sections() if one.name == "notes"]
        rows, _after = section.page(owner.workspace, None)
        assert [row["pinned_by"] for row in rows] == [owner.pk, owner.pk, None, None, None, None]
        gone = notes.delete(written[0], by=owner)
        assert not gone.is_pinned
        with pytest.raises(Refused):
            notes.pin(gone, by=owner)
        erasing.seal(Leads(lead.workspace_id, [lead.pk]))
        assert not Note.objects.of_lead(lead).pinned().exists()


def test_a_merge_brings_pins_along_and_its_undo_takes_them_back(
    owner: Membership, lead: Lead, written: list[Note]
) -> None:
    with scope(owner.workspace):
        other = talks.talk(owner.workspace, Channel.objects.get(), "Buenas", name="Marta R.")
        theirs = notes.write(other, by=owner, text="De la otra")
        notes.pin(theirs, by=owner)
        notes.pin(written[0], by=owner)
        made = merges.merge(lead, other, by=owner)
        assert list(Note.objects.of_lead(lead).pinned()) == [written[0], theirs]
        splits.split(made, by=owner)
        assert list(Note.objects.of_lead(other).pinned()) == [theirs]
        assert list(Note.objects.of_lead(lead).pinned()) == [written[0]]

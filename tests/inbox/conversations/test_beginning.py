"""Writing first to a phone: what is offered, what is refused, and that their answer finds the same person."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.tenancy import scope
from directory.actions import leads
from directory.models import ContactPoint, Lead
from inbox.actions import blocking, messages, sessions
from inbox.models import Channel, Identity, IdentityKey, Message, Session, Template
from tests import cast
from tests.at_once import at_once
from tests.directory import house as directory
from tests.inbox import house
from tests.swap import HTMX, Swapped
from workspaces.errors import Refused
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db
At = Callable[..., str]


@pytest.fixture
def template(channel: Channel, workspace: Workspace) -> Template:
    with scope(workspace):
        return Template.objects.create(
            channel=channel,
            external_id="1",
            name="seguimos",
            language="es",
            status="APPROVED",
            components=[{"type": "BODY", "text": "Hola {{1}}, ¿seguimos?"}],
        )


@pytest.fixture
def lead(workspace: Workspace, seller: Membership, nudges: list[str]) -> Lead:
    with scope(workspace):
        return directory.lead(workspace, name="Marta", phone="+52 55 1234 5678", assignee=seller)


@pytest.fixture
def at(workspace: Workspace, lead: Lead) -> At:
    return lambda rest="", of=None: f"/w/{workspace.public_id}/conversations/{(of or lead).pk}/{rest}"


@pytest.fixture
def point(lead: Lead) -> ContactPoint:
    with scope(lead.workspace_id):
        return ContactPoint.objects.get(lead=lead)


def first(channel: Channel, point: ContactPoint, template: Template, **more: Any) -> dict[str, Any]:
    """What the form of a template posts."""
    fields = {"kind": "template", "template": template.pk, "slot.body.1": "Marta"}
    return {**fields, "channel": channel.pk, "point": point.pk, **more}


def body(response: Any) -> str:
    return str(response.content.decode())


def nothing_began(workspace: Workspace) -> bool:
    with scope(workspace):
        return not (Identity.objects.exists() or Session.objects.exists() or Message.objects.exists())


def test_a_lead_who_never_wrote_is_written_to_by_a_template(
    at: At, lead: Lead, channel: Channel, point: ContactPoint, template: Template, owner: Membership
) -> None:
    client = cast.signed_in(owner)
    page = body(client.get(at()))
    assert "+52 55 1234 5678" in page
    assert "Until they answer, WhatsApp takes only templates." in page
    where = f"?channel={channel.pk}&point={point.pk}"
    assert "¿seguimos?" in body(client.get(at(f"templates/{where}")))
    assert f'name="point" value="{point.pk}"' in body(client.get(at(f"templates/{template.pk}/{where}")))
    answer = client.post(at("messages/"), first(channel, point, template), headers=HTMX)
    assert answer.status_code == 200
    assert "Hola Marta, ¿seguimos?" in body(answer)
    with scope(owner.workspace):
        message = Message.objects.get()
        assert (message.kind, message.delivery, message.author) == ("template", "queued", owner)
        assert IdentityKey.objects.get(identity=message.identity).key == "wa:525512345678"
        assert directory.verbs_of(lead)[-1] == "conversation.opened"
    composer = body(client.get(at("composer/")))
    assert 'data-mode="closed"' in composer
    assert "Until they answer" in composer


def test_the_same_form_posted_twice_is_one_message(
    at: At, channel: Channel, point: ContactPoint, template: Template, owner: Membership
) -> None:
    client = cast.signed_in(owner)
    posted = first(channel, point, template, client_id=str(uuid.uuid4()))
    assert [client.post(at("messages/"), posted, headers=HTMX).status_code for _ in range(2)] == [200, 200]
    with scope(owner.workspace):
        assert (Message.objects.count(), Session.objects.count()) == (1, 1)


@pytest.mark.parametrize("wrong", [{"slot.body.1": " "}, {"kind": "text", "text": "Hola"}])
def test_what_is_refused_begins_nothing(
    at: At,
    channel: Channel,
    point: ContactPoint,
    template: Template,
    owner: Membership,
    wrong: dict[str, str],
) -> None:
    posted = first(channel, point, template, **wrong)
    assert cast.signed_in(owner).post(at("messages/"), posted, headers=HTMX).status_code == 422
    assert nothing_began(owner.workspace)


def test_a_seller_writes_first_only_from_granted_channels_and_sees_no_number(
    at: At, channel: Channel, point: ContactPoint, template: Template, owner: Membership, seller: Membership
) -> None:
    seller.sees_phones = False
    seller.save(update_fields=["sees_phones"])
    client = cast.signed_in(seller)
    assert "a WhatsApp number that you may write from" in body(client.get(at("composer/")))
    refused = client.post(at("messages/"), first(channel, point, template), headers=HTMX)
    assert refused.status_code == 422
    assert nothing_began(owner.workspace)
    with scope(owner.workspace):
        directory.grant(seller, by=owner, write_channel=[channel])
    composer = body(client.get(at("composer/")))
    assert "+52 •••••• 78" in composer
    assert "123456" not in composer
    answer = client.post(at("messages/"), first(channel, point, template), headers=HTMX)
    assert answer.status_code == 200
    assert "123456" not in body(answer)


def test_why_nobody_can_be_written_to_first_is_said(
    workspace: Workspace, at: At, lead: Lead, channel: Channel, owner: Membership
) -> None:
    client = cast.signed_in(owner)
    house.channel(workspace, kind="telegram", app=None)
    assert "On Telegram people have to write first" in body(client.get(at("composer/")))
    with scope(workspace):
        phoneless = directory.lead(workspace, name="Nora", email="nora@example.com")
        assert "has no phone" in body(client.get(at("composer/", phoneless)))
        Channel.objects.filter(pk=channel.pk).update(state="disconnected")
    composer = body(client.get(at("composer/")))
    assert "a WhatsApp number has to be connected" in composer
    assert "On Telegram" in composer


def test_a_number_that_is_known_there_is_answered_and_another_begun(
    workspace: Workspace, at: At, lead: Lead, channel: Channel, point: ContactPoint, owner: Membership
) -> None:
    client = cast.signed_in(owner)
    with scope(workspace):
        house.conversation(lead, channel, key="wa:5215512345678")
    assert "each of their numbers already" in body(client.get(at("composer/?begin=1")))
    other = house.channel(workspace, name="Soporte")
    assert 'data-mode="open"' in body(client.get(at(f"composer/?point={point.pk}")))
    begun = body(client.get(at("composer/?begin=1")))
    assert 'data-mode="first"' in begun
    assert f'value="{other.pk}" selected' in begun
    asked = f"composer/?begin=1&channel={channel.pk}&point={point.pk}"
    assert 'data-mode="open"' in body(client.get(at(asked)))


def test_who_is_blocked_is_not_written_to_by_another_way(
    at: At, lead: Lead, channel: Channel, point: ContactPoint, template: Template, owner: Membership
) -> None:
    with scope(owner.workspace):
        blocking.block(house.conversation(lead, channel).identity, by=owner)
    answer = cast.signed_in(owner).post(at("messages/"), first(channel, point, template), headers=HTMX)
    assert (answer.status_code, "blocked" in body(answer)) == (422, True)


def test_a_number_by_which_another_lead_writes_is_that_leads(
    workspace: Workspace, lead: Lead, channel: Channel, point: ContactPoint, owner: Membership
) -> None:
    with scope(workspace):
        other = directory.lead(workspace, name="Otra Marta", phone="+52 1 55 1234 5678")
        house.conversation(other, channel, key="wa:5215512345678")
        with pytest.raises(Refused, match="Another lead"):
            sessions.open_to(lead, by=owner, channel=channel, point=point)


def test_of_two_leads_with_one_number_the_one_written_to_is_answered(
    workspace: Workspace, lead: Lead, channel: Channel, owner: Membership
) -> None:
    """Though the other is older, and the answer's number is written otherwise."""
    with scope(workspace):
        younger = directory.lead(workspace, name="Otra Marta", phone="+52 55 1234 5678")
        session = sessions.open_to(younger, by=owner, channel=channel, point=younger.contact_points.get())
    [answer] = house.take_in(channel, house.text("hola", phone="5215512345678"))
    assert (answer.lead_id, answer.identity_id) == (younger.pk, session.identity_id)


def test_who_hides_their_number_is_known_by_what_their_status_said(
    workspace: Workspace, lead: Lead, channel: Channel, point: ContactPoint, owner: Membership
) -> None:
    data = {"template": {"name": "seguimos", "language": "es", "components": []}}
    with scope(workspace):
        session = sessions.open_to(lead, by=owner, channel=channel, point=point)
        message = messages.send(lead, by=owner, session=session, kind="template", text="Hola", data=data)
    told = house.status(message, "delivered", wamid="wamid.ours", recipient_user_id="MX.77abc")
    house.take_in(channel, told)
    answer = house.take_in(channel, house.text("¿quién es?", phone="", user="MX.77abc"))[-1]
    assert (answer.lead_id, answer.session_id) == (lead.pk, session.pk)
    with scope(workspace):
        assert Identity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_they_write_at_the_very_moment_and_are_one_person(
    workspace: Workspace, owner: Membership, nudges: list[str]
) -> None:
    """Five times: whichever is first, there is one identity with one open conversation, of the one lead."""
    channel = house.channel(workspace)
    for number in range(5):
        with scope(workspace):
            lead = directory.lead(workspace, name=f"M{number}", phone=f"+52 55 1234 567{number}")
            point = lead.contact_points.get()
        house.post(channel, house.text("hola", phone=f"521551234567{number}"))
        at_once(house.work_off, lambda lead=lead, point=point: _open(lead, owner, channel, point))
        with scope(workspace):
            assert Lead.objects.filter(name=f"M{number}").count() == Lead.objects.count() - number
            assert Session.objects.open().filter(identity__lead=lead).count() == 1
            assert Identity.objects.get(lead=lead).messages.get().text == "hola"


def _open(lead: Lead, owner: Membership, channel: Channel, point: ContactPoint) -> None:
    with scope(owner.workspace):
        sessions.open_to(lead, by=owner, channel=channel, point=point)


@pytest.fixture
def client(owner: Membership) -> Client:
    return cast.signed_in(owner)


def test_whom_to_write_to_is_found_as_one_types(client: Client, workspace: Workspace, lead: Lead) -> None:
    new = f"/w/{workspace.public_id}/conversations/new/"
    page = Swapped(client.get(new))
    page.apply(client.get(f"{new}?q=mart", headers=HTMX), trigger="#write-search")
    page.tree.select_one("#write-search")["value"] = "mart"  # what was typed
    fresh = client.get(f"{new}?q=mart")
    page.assert_same(fresh)
    assert f"/conversations/{lead.pk}/" in body(fresh)


def test_a_number_that_is_nobodys_becomes_a_lead_and_is_written_to(
    client: Client, workspace: Workspace, channel: Channel
) -> None:
    start = f"/w/{workspace.public_id}"
    found = client.get(f"{start}/conversations/new/?q=%2B525587654321", headers=HTMX)
    assert "phone=%2B525587654321&amp;then=write" in body(found)
    form = body(client.get(f"{start}/leads/new/?phone=%2B525587654321&then=write", headers=HTMX))
    assert 'value="+525587654321"' in form
    made = client.post(f"{start}/leads/new/", {"phone": "+525587654321", "then": "write"}, headers=HTMX)
    with scope(workspace):
        assert made.headers["HX-Redirect"] == f"{start}/conversations/{Lead.objects.get().pk}/"


def test_a_lead_that_one_adds_a_phone_to_may_be_written_to_from_its_card(
    client: Client, workspace: Workspace, lead: Lead, channel: Channel, owner: Membership
) -> None:
    with scope(workspace):
        leads.add_contact_point(lead, leads.phone("+52 55 2222 3333", region="MX"), by=owner)
        second = ContactPoint.objects.get(lead=lead, value="+525522223333")
    card = body(client.get(f"/w/{workspace.public_id}/leads/{lead.pk}/"))
    assert f"/conversations/{lead.pk}/?point={second.pk}" in card
    thread = body(client.get(f"/w/{workspace.public_id}/conversations/{lead.pk}/?point={second.pk}"))
    assert f'value="{second.pk}" selected' in thread

"""What people are told of conversations: who wrote, what did not arrive, what is disconnected."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from crm.feed import consumers
from crm.tenancy import scope
from crm.work.models import Item
from directory.actions import notifications
from directory.models import Notification
from directory.notifications import pushing, showing
from inbox import notifying
from inbox.actions import messages as sending
from inbox.actions import reading
from inbox.channels import health
from inbox.models import Heard, Message
from tests.directory import house as directory
from tests.inbox import house
from workspaces.models import Membership

pytestmark = pytest.mark.django_db
BODY = "¿Tienen en talla M? Soy +52 55 9876 5432"


def hear():
    """What the consumer does with what was heard, each row once."""
    for row in Heard.objects.order_by("pk"):
        notifying.hear(row)


def told(person):
    person = Membership.objects.select_related("user", "workspace").get(pk=person.pk)
    rows = Notification.objects.of(person).unseen().with_leads().order_by("pk")
    with translation.override("en"):
        return [line.text for line in showing.lines(list(rows), person)]


@pytest.fixture
def lead(channel, workspace, seller):
    """Of the seller, who has been written to once and has read it."""
    [message] = house.take_in(channel, house.text("hola"), name="Marta Ruiz")
    with scope(workspace):
        directory.place(message.lead, assignee=seller)
        reading.mark_read(message.lead, by=seller, up_to=message.pk)
        yield message.lead


def test_the_consumer_reads_what_was_heard():
    assert consumers.get("heard").feed is Heard


def test_a_lead_that_nobody_has_leaves_nothing_to_hear(channel, workspace):
    house.take_in(channel, house.text("hola"), name="Nora")
    with scope(workspace):
        assert not Heard.objects.exists()


def test_who_has_the_lead_is_told_that_they_wrote_one_row_however_often(
    channel, lead, seller, other_seller, owner
):
    for number in range(3):
        house.take_in(channel, house.text(f"mensaje {number}"))
    assert Heard.objects.count() == 3
    hear()
    assert not Heard.objects.exists()
    assert told(seller) == ["Marta Ruiz wrote 3 messages"]
    assert told(other_seller) == told(owner) == []
    [row] = Notification.objects.all()
    assert "mensaje" not in str(row.facts)


def test_a_webhook_that_comes_again_is_heard_once(channel, lead, seller):
    for _time in range(2):
        house.take_in(channel, house.text("otra vez", wamid="wamid.again"))
    hear()
    assert told(seller) == ["Marta Ruiz wrote to you"]


def test_what_was_read_before_the_consumer_came_is_no_news(channel, lead, seller):
    [*_, message] = house.take_in(channel, house.text("ya lo vi"))
    reading.mark_read(lead, by=seller, up_to=message.pk)
    hear()
    assert told(seller) == []


def test_reading_the_thread_sees_what_was_told_of_it(channel, lead, seller, admin):
    [*_, message] = house.take_in(channel, house.text("hola?"))
    hear()
    reading.mark_read(lead, by=admin, up_to=message.pk)
    assert told(seller) == ["Marta Ruiz wrote to you"]
    reading.mark_read(lead, by=seller, up_to=message.pk)
    assert told(seller) == []


def test_a_lead_given_on_in_between_is_told_to_who_has_it(channel, lead, seller, other_seller):
    house.take_in(channel, house.text("hola?"))
    directory.place(lead, assignee=other_seller)
    hear()
    assert told(seller) == []
    assert told(other_seller) == ["Marta Ruiz wrote to you"]


def test_a_browser_is_told_who_and_only_if_one_chose_so_what(channel, lead, seller, monkeypatch):
    monkeypatch.setattr("crm.push.has_browsers", lambda user_id: True)
    notifications.choose(seller, ways={"wrote": ["push"]}, quiet=False)
    house.take_in(channel, house.text(BODY))
    hear()
    [row] = Notification.objects.all()
    assert row.push_due_at - timezone.now() > timedelta(seconds=1)
    payload = {"row": row.pk, "membership": seller.pk}
    shown = pushing.one(payload)
    assert (shown.title, shown.text) == ("Marta Ruiz wrote to you", "Ventas MX")
    assert shown.href.endswith(f"/conversations/{lead.pk}/#notice-{row.pk}")

    notifications.choose(seller, ways={"wrote": ["push"]}, quiet=False, shows_text=True)
    assert pushing.one(payload).text == BODY
    Membership.objects.filter(pk=seller.pk).update(sees_phones=False)
    assert "9876" not in pushing.one(payload).text
    directory.place(lead, assignee=None)
    assert pushing.one(payload) is None


@pytest.fixture
def answered(workspace, nudges, post_kind, seller):
    """A message of the seller's, on its way; and the provider."""
    channel = house.channel(workspace, kind="post", app=None)
    with scope(workspace):
        made = directory.lead(workspace, assignee=seller)
        session = house.conversation(made, channel)
        directory.grant(
            seller, by=Membership.objects.get(workspace=workspace, role="owner"), write_channel=[channel]
        )
        author = Membership.objects.select_related("user", "workspace").get(pk=seller.pk)
        yield sending.send(made, by=author, session=session, text="Va el precio"), post_kind


def test_a_message_that_failed_reaches_its_author_in_the_page_whatever_they_chose(answered, seller, owner):
    _message, provider = answered
    notifications.choose(seller, ways={"undelivered": []})
    provider.fails("Not on WhatsApp", permanent=True)
    house.work_off()
    assert told(seller) == ["Your message to Marta Ruiz was not delivered"]
    assert told(owner) == []
    assert Notification.objects.get().in_page


def test_what_nobody_knows_asks_for_a_decision_and_goes_when_it_is_settled(answered, seller):
    message, provider = answered
    provider.fails("Silence", unknown=True)
    house.work_off()
    assert told(seller) == ["Nobody knows whether your message to Marta Ruiz arrived: decide"]
    sending.settle_by_hand(Message.objects.get(pk=message.pk), by=seller)
    assert told(seller) == []


def test_a_second_failure_is_told_again_on_the_same_row(answered, seller):
    message, provider = answered
    provider.fails("No", permanent=True)
    house.work_off()
    notifications.see_all(by=seller)
    sending.retry(Message.objects.get(pk=message.pk), by=seller)
    assert told(seller) == []
    Item.objects.update(due_at=timezone.now())
    house.work_off()
    assert told(seller) == ["Your message to Marta Ruiz was not delivered"]
    assert Notification.objects.count() == 1


def test_a_failure_that_the_provider_reports_later_reaches_the_author_too(channel, workspace, seller, lead):
    message = Message.objects.get()
    ours = Message.objects.create(
        lead=lead,
        channel=channel,
        identity=message.identity,
        session=message.session,
        author=seller,
        direction="out",
        kind="text",
        text="hola",
        external_id="wamid.ours",
        sent_at=timezone.now(),
        delivery="sent",
    )
    house.take_in(channel, house.status(ours, "failed"))
    assert told(seller) == ["Your message to Marta Ruiz was not delivered"]
    house.take_in(channel, house.status(ours, "delivered"))
    assert told(seller) == []


def test_admins_learn_once_that_a_channel_is_lost_and_sellers_do_not(
    channel, workspace, owner, admin, seller
):
    with scope(workspace):
        health.lose(channel, problem="The token is no longer valid.")
        health.lose(channel, problem="The token is no longer valid.")
        words = ["Ventas is disconnected: nothing can be sent from it"]
        assert told(owner) == told(admin) == words
        assert told(seller) == []
        [row] = Notification.objects.filter(membership=owner)
        assert showing.href(row, owner).endswith("/settings/channels/")
        Membership.objects.filter(pk=admin.pk).update(role="seller")
        assert told(admin) == []

"""What nobody confirmed: told later by a status, or by a person, and by both at once."""

import threading
import time

import pytest
from django.db import connection

from crm import work
from crm.tenancy import scope
from crm.work.models import Item
from directory.models import Lead
from inbox.actions import messages, sessions
from inbox.channels.whatsapp.channel import WhatsApp
from inbox.models import Identity, Message
from tests.directory import house as directory
from tests.inbox import house
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unconfirmed(channel, workspace, owner, monkeypatch):
    def silence(kind, message, *, attempt=1):
        raise work.DeliveryError("Nobody answered.", unknown=True)

    monkeypatch.setattr(WhatsApp, "send", silence)
    with scope(workspace):
        session = house.conversation(directory.lead(workspace), channel)
        message = messages.send(session.identity.lead, by=owner, session=session, text="hola")
        house.work_off()
        yield Message.objects.get(pk=message.pk)


def test_what_a_person_settled_gets_its_id_from_a_later_status(unconfirmed, channel, owner):
    messages.settle_by_hand(unconfirmed, by=owner)
    house.take_in(channel, house.status(unconfirmed, "delivered", wamid="wamid.late"))
    house.take_in(channel, house.element("reaction", {"message_id": "wamid.late", "emoji": "👍"}))
    message = Message.objects.get(pk=unconfirmed.pk)
    assert (message.delivery, message.external_id) == ("delivered", "wamid.late")
    assert message.reactions.get().emoji == "👍"


def test_a_person_and_a_status_at_once_do_not_lock_each_other_out(unconfirmed, workspace, owner, monkeypatch):
    begun, problems, real = threading.Event(), [], work.retry

    def slowly(item):
        begun.set()
        time.sleep(0.3)
        return real(item)

    def settle():
        begun.wait(5)
        try:
            with scope(workspace):
                work.settle(kind="inbox.send", correlation=unconfirmed.uid.hex, reference="wamid.late")
        except Exception as problem:  # noqa: BLE001 - any would be one too many
            problems.append(problem)
        finally:
            connection.close()

    monkeypatch.setattr(work, "retry", slowly)
    other = threading.Thread(target=settle)
    other.start()
    messages.retry(unconfirmed, by=owner)
    other.join()
    assert problems == []
    assert Message.objects.get(pk=unconfirmed.pk).delivery == "sent"
    assert Item.objects.get(kind="inbox.send").state == "sent"


def test_what_they_have_is_not_given_up(unconfirmed, owner):
    Message.objects.filter(pk=unconfirmed.pk).update(delivery="delivered")
    with pytest.raises(Refused):
        messages.give_up(unconfirmed, by=owner)
    assert Message.objects.get(pk=unconfirmed.pk).delivery == "delivered"


def test_one_writes_first_in_the_conversation_that_a_variant_of_the_number_has(channel, workspace, owner):
    [message] = house.take_in(channel, house.text("hola"))
    with scope(workspace):
        lead = Lead.objects.get()
        point = lead.contact_points.get()
        point.value = "+525512345678"
        session = sessions.open_to(lead, by=owner, channel=channel, point=point)
        assert (session.pk, Identity.objects.count()) == (message.session_id, 1)

"""Who wrote: one lead a person, however they are named; nobody merged by themselves."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.tenancy import scope
from directory.actions import leads
from directory.models import ContactPoint, Event, Lead, Placement
from inbox.models import Identity, IdentityKey, Message, Session
from tests.directory import house as directory
from tests.inbox import house

pytestmark = pytest.mark.django_db(transaction=True)

BSUID = "MX.77abc"


def verbs(lead):
    return [event.verb for event in directory.events_of(lead)]


def test_a_stranger_becomes_a_lead_with_all_that_the_provider_vouches_for(channel, workspace):
    [message] = house.take_in(channel, house.text("Hola", user=BSUID), name="Marta <b>Ruiz</b>")
    with scope(workspace):
        lead = Lead.objects.get()
        assert (lead.name, lead.source, lead.direction) == ("Marta <b>Ruiz</b>", "channel", "in")
        point = lead.contact_points.get()
        assert (point.value, point.match_key, point.is_verified) == ("+5215512345678", "525512345678", True)
        keys = IdentityKey.objects.values_list("key", flat=True)
        assert sorted(keys) == ["bsuid:MX.77abc", "wa:5215512345678"]
        session, placement = Session.objects.get(), Placement.objects.get()
        assert session.window_ends_at == message.sent_at + timedelta(hours=24) == placement.window_ends_at
        assert placement.last_message_id == placement.last_inbound_id == message.pk
        assert (placement.channel_id, placement.waiting_since) == (channel.pk, message.sent_at)
        assert verbs(lead) == ["lead.created", "conversation.opened"]
        [_created, opened] = directory.events_of(lead)
        assert (opened.origin, opened.facts["message"]) == ("channel", message.pk)


def test_a_known_number_attaches_however_its_country_writes_it(channel, workspace, owner):
    with scope(workspace):
        lead = directory.lead(workspace, name="Marta de ventas", phone="+52 55 1234 5678", by=owner)
    [message] = house.take_in(channel, house.text("Hola"), name="marta 🌸")
    assert message.lead_id == lead.pk
    with scope(workspace):
        lead.refresh_from_db()
        assert lead.name == "Marta de ventas"  # one of us named her
        point = ContactPoint.objects.get()
        assert (point.value, point.is_verified) == (
            "+525512345678",
            True,
        )  # what is sent to is never rewritten
        assert Identity.objects.get().name == "marta 🌸"


def test_a_profile_name_follows_until_one_of_us_has_named_the_lead(channel, workspace, owner):
    house.take_in(channel, house.text("Hola"), name="Mar")
    house.take_in(channel, house.text("Hola"), name="Marta")
    with scope(workspace):
        lead = Lead.objects.get()
        assert lead.name == "Marta"
        leads.edit(lead, by=owner, name="Marta (mayoreo)")
    house.take_in(channel, house.text("Hola"), name="M.")
    with scope(workspace):
        lead.refresh_from_db()
        assert lead.name == "Marta (mayoreo)"
        assert verbs(lead).count("lead.edited") == 2


def test_keys_that_come_later_are_added_to_the_identity(channel, workspace):
    house.take_in(channel, house.text("uno", phone="", user=BSUID))
    house.take_in(channel, house.text("dos", user=BSUID))
    house.take_in(channel, house.text("tres"))
    with scope(workspace):
        assert Lead.objects.count() == Identity.objects.count() == Session.objects.count() == 1
        assert Message.objects.count() == 3
        assert ContactPoint.objects.get().value == "+5215512345678"


def test_two_known_people_are_never_merged_and_somebody_is_asked_to_look_once(channel, workspace):
    house.take_in(channel, house.text("soy A", phone="", user=BSUID))
    house.take_in(channel, house.text("soy B"))
    for _ in range(2):
        house.take_in(channel, house.text("soy los dos", user=BSUID))
    with scope(workspace):
        first, second = Lead.objects.order_by("id")
        assert Message.objects.filter(lead=second).count() == 3  # by the first key, the number
        suspected = Event.objects.filter(verb="lead.duplicate_suspected")
        assert [(event.lead_id, event.facts["other"]) for event in suspected] == [(second.pk, first.pk)]


def test_a_lead_that_is_archived_comes_back_when_it_writes(channel, workspace):
    house.take_in(channel, house.text("hola"))
    with scope(workspace):
        directory.place(Lead.objects.get(), is_archived=True)
    house.take_in(channel, house.text("¿siguen ahí?"))
    with scope(workspace):
        assert not Placement.objects.get().is_archived
        assert verbs(Lead.objects.get())[-1] == "lead.unarchived"


def test_what_was_written_on_the_phone_itself_opens_no_window_and_has_no_author(channel, workspace):
    echo = house.text("Buenas, le escribo del taller")
    echo = {**echo, "from": "5550000001", "to": "5215512345678"}
    [message] = house.take_in(channel, echo, echo=True)
    assert (message.direction, message.author_id, message.delivery) == ("out", None, "sent")
    with scope(workspace):
        lead, placement = Lead.objects.get(), Placement.objects.get()
        assert lead.direction == "out"
        assert (placement.window_ends_at, placement.waiting_since) == (None, None)
        assert Session.objects.get().window_ends_at is None


def test_a_new_number_goes_on_in_the_same_thread(channel, workspace):
    house.take_in(channel, house.text("uno", user="MX.old", at=time.time() - 60))
    changed = house.element(
        "system",
        {
            "type": "user_changed_number",
            "wa_id": "5218112345678",
            "user_id": "MX.new",
            "previous_user_id": "MX.old",
        },
        at=time.time() - 30,
    )
    for _ in range(2):
        house.take_in(channel, changed)
    house.take_in(channel, house.text("tarde", user="MX.old", at=time.time() - 40))
    found = house.take_in(channel, house.text("dos", phone="5218112345678", user="MX.new"))
    assert [(one.kind, one.text) for one in found] == [
        ("text", "uno"),
        ("text", "tarde"),
        ("system", ""),
        ("text", "dos"),
    ]
    with scope(workspace):
        lead = Lead.objects.get()
        assert verbs(lead).count("identity.changed") == 1
        keys = IdentityKey.objects.filter(is_current=False).values_list("key", flat=True)
        assert sorted(keys) == ["bsuid:MX.old", "wa:5215512345678"]
        assert {point.value for point in lead.contact_points.all()} == {"+5215512345678", "+5218112345678"}


def test_who_gets_a_number_that_was_given_up_is_somebody_else(channel, workspace):
    house.take_in(channel, house.text("uno", at=time.time() - 60))
    change = {"type": "user_changed_number", "wa_id": "5218112345678"}
    house.take_in(channel, house.element("system", change, at=time.time() - 30))
    with scope(workspace):
        ContactPoint.objects.all().delete()  # else the number leads to the lead that had it
    house.take_in(channel, house.text("acabo de comprar este chip"), name="Otra")
    with scope(workspace):
        assert Lead.objects.count() == 2
        assert IdentityKey.objects.get(key="wa:5215512345678").identity.lead.name == "Otra"


def test_a_change_told_again_takes_nothing_from_who_has_the_number_now(channel, workspace):
    house.take_in(channel, house.text("uno", at=time.time() - 60))
    change = {"type": "user_changed_number", "wa_id": "5218112345678"}
    changed = house.element("system", change, at=time.time() - 30)
    house.take_in(channel, changed)
    with scope(workspace):
        ContactPoint.objects.all().delete()
    house.take_in(channel, house.text("acabo de comprar este chip"), name="Otra")
    with scope(workspace):
        before = set(IdentityKey.objects.values_list("key", "identity", "is_current"))
    house.take_in(channel, changed)
    with scope(workspace):
        assert set(IdentityKey.objects.values_list("key", "identity", "is_current")) == before


def test_a_hundred_first_messages_at_once_are_one_lead_in_order(channel, workspace):
    """By number, by BSUID and by both, over eight connections, in requests of their own. (Were the number and the BSUID
    never named together, nobody could know that they are one person.)"""
    began = int(time.time()) - 200
    names = [{"user": BSUID}, {"phone": "", "user": BSUID}, {"user": BSUID}, {}]
    elements = [
        house.text(f"{number}", wamid=f"m{number}", at=began + number // 10, **names[number % 4])
        for number in range(100)
    ]
    for element in elements:
        house.post(channel, element)

    def work():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '10s'")
            house.work_off()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    house.work_off()
    with scope(workspace):
        assert Lead.objects.count() == Session.objects.count() == Identity.objects.count() == 1
        thread = [message.text for message in Message.objects.oldest_first()]
        assert thread == [str(number) for number in range(100)]


def test_a_second_connection_waits_for_the_first_message_of_one_person(channel, workspace):
    """The lock itself, without luck: while one transaction takes a stranger in, another about them does not go on."""
    from inbox.channels import providers
    from inbox.intake import taking

    def parts(**who):
        import json

        body = json.dumps(house.webhook(channel, house.text("hola", **who))).encode()
        return list(enumerate(providers.find("meta").parse(channel.app, body, timezone.now())))

    done = []

    def other():
        with scope(workspace):
            taking.take(channel, parts(phone="", user=BSUID), arrived_at=timezone.now())
        done.append(True)
        connection.close()

    with scope(workspace):
        with transaction.atomic():
            taking.take(channel, parts(user=BSUID), arrived_at=timezone.now())
            thread = threading.Thread(target=other)
            thread.start()
            thread.join(0.3)
            assert not done
        thread.join(10)
        assert done
        assert (Lead.objects.count(), Message.objects.count()) == (1, 2)

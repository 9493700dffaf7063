"""Every answer of a mail server, and every silence."""

import socket
import time

import pytest
from django.core.mail import EmailMessage

from crm import work
from crm.mail.models import Message
from crm.work import runs
from crm.work.models import Item, Lane, State

pytestmark = pytest.mark.django_db


def send(*to, subject="Hola", body="Buenos días\n.\n..dos puntos\nfin", **options):
    EmailMessage(subject, body, to=list(to) or ["ana@example.com"], **options).send()


def deliver():
    runs.run("now")
    return Item.objects.get()


def test_a_mail_arrives_whole(server):
    send("ana@example.com", bcc=["bea@example.com"], cc=["cleo@example.com"])
    assert deliver().state == State.SENT

    [delivered] = server.delivered
    assert delivered.sender == "no-reply@localhost"
    assert delivered.recipients == ("ana@example.com", "cleo@example.com", "bea@example.com")
    message = delivered.message
    assert message.get_content().replace("\r\n", "\n") == "Buenos días\n.\n..dos puntos\nfin"
    assert message["Subject"] == "Hola"
    assert "bea@" not in delivered.content.decode()
    assert delivered.message_id == f"<{Message.objects.get().uid.hex}@localhost>"
    assert all(byte < 128 for byte in delivered.content)
    assert Message.objects.get().sent_at
    assert Item.objects.get().reference == "2.0.0 taken as 17"


@pytest.mark.parametrize(
    ("step", "answer", "state", "code"),
    [
        ("mail", "451 4.3.0 later", State.RETRY, "451"),
        ("mail", "550 5.1.8 not from you", State.FAILED, "550"),
        ("rcpt", "450 4.2.1 greylisted", State.RETRY, "450"),
        ("rcpt", "550 5.1.1 <ana@example.com> unknown", State.FAILED, "550"),
        ("rcpt", "251 forwarded", State.SENT, ""),
        ("data", "451 later", State.RETRY, "451"),
        ("data", "554 no", State.FAILED, "554"),
        ("text", "452 4.3.1 disk full", State.RETRY, "452"),
        ("text", "552 too large", State.FAILED, "552"),
        # The connection ends, the server is silent or talks nonsense: before the text nothing has happened yet …
        ("mail", "", State.RETRY, "connection"),
        ("rcpt", "", State.RETRY, "connection"),
        ("data", "", State.RETRY, "connection"),
        ("data", None, State.RETRY, "connection"),
        ("mail", "gibberish", State.RETRY, "-1"),
        ("rcpt", "x" * 9000, State.RETRY, "connection"),
        # … and after it, nobody knows.
        ("text", "", State.UNKNOWN, "silence"),
        ("text", None, State.UNKNOWN, "silence"),
        ("text", "gibberish", State.UNKNOWN, "nonsense"),
        ("text", "x" * 9000, State.UNKNOWN, "silence"),
    ],
)
def test_what_an_answer_means(server, step, answer, state, code):
    setattr(server.behaviour, step, answer)
    send()
    item = deliver()
    assert (item.state, item.error_code) == (state, code)
    assert "ana@example.com" not in item.error


def test_a_message_of_unknown_outcome_is_sent_again_only_when_a_person_says_so(server):
    server.behaviour.text = ""
    send()
    assert deliver().state == State.UNKNOWN
    assert deliver().state == State.UNKNOWN
    assert len(server.texts) == 1
    server.behaviour.text = "250 ok"
    work.retry(Item.objects.get())
    assert deliver().state == State.SENT


@pytest.mark.parametrize("greeting", ["554 go away", "421 busy", "", None, "garbage"])
def test_a_server_that_cannot_be_spoken_to_parks_the_lane_and_costs_no_attempt(server, greeting):
    server.behaviour.greeting = greeting
    send()
    item = deliver()
    assert (item.state, item.attempts, item.error_code) == (State.RETRY, 0, "session")
    assert Lane.objects.held_up().count() == 1


def test_no_server_at_all(settings):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_TRANSPORT_URL = f"smtp://127.0.0.1:{unused.getsockname()[1]}/"
        send()
        item = deliver()
    assert (item.state, item.error_code) == (State.RETRY, "session")


def test_encryption_that_the_server_does_not_offer_is_not_done_without(server, settings):
    settings.EMAIL_TRANSPORT_URL = f"{server.url}?tls=true"
    send()
    assert deliver().error_code == "session"
    assert server.texts == []


def test_a_password_stands_in_no_error(server, settings):
    settings.EMAIL_TRANSPORT_URL = f"smtp://user:hunter2@127.0.0.1:{server.port}/"
    send()
    item = deliver()
    assert item.error_code == "session"
    assert "hunter2" not in item.error + repr(Lane.objects.get().parked_for)


def test_where_one_recipient_is_refused_the_others_get_it_once(server):
    server.behaviour.rcpt = lambda address: "550 unknown" if address.startswith("bea") else "250 ok"
    send("ana@example.com", "bea@example.com")
    item = deliver()
    assert item.state == State.SENT
    assert item.reference.startswith("1 refused")
    assert server.delivered[0].recipients == ("ana@example.com",)


def test_where_one_recipient_shall_be_tried_later_nobody_gets_it_yet(server):
    server.behaviour.rcpt = lambda address: "450 later" if address.startswith("bea") else "250 ok"
    send("ana@example.com", "bea@example.com")
    assert deliver().state == State.RETRY
    assert server.texts == []


def test_a_server_that_drips_its_answer_is_hung_up_on(server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    server.behaviour.drip = 0.1
    server.behaviour.text = "250-" + "x" * 200
    began = time.monotonic()
    send()
    item = deliver()
    assert time.monotonic() - began < 5
    assert (item.state, item.error_code) == (State.UNKNOWN, "silence")

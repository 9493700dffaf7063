"""The whole way, over real HTTP: the customer's phone → webhook → thread; reply → provider → ticks."""

import io

import pytest
from PIL import Image

from crm import outbound
from crm.outbound import Limits
from crm.tenancy import scope
from directory.models import Lead
from inbox.actions import attachments, messages
from inbox.channels.meta import graph
from inbox.models import Attachment, Channel, Message, Reaction, Session
from tests.inbox import house, simulated
from tests.inbox.simulated import turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _clients(monkeypatch):
    """The connections that are kept to a provider, of this test alone."""
    kept = {}

    def client(_process, limits):
        if limits not in kept:
            kept[limits] = outbound.client(limits=limits)
        return kept[limits]

    monkeypatch.setattr(graph, "_client", client)
    yield
    for one in kept.values():
        one.close()


@pytest.fixture
def simulator(live_server, settings, nudges, workspace, _clients):
    with simulated.whatsapp(live_server.url, settings, workspace) as running:
        yield running


def thread(channel):
    return [(one.direction, one.kind, one.text) for one in house.messages(channel)]


def send(workspace, owner, text, **more):
    with scope(workspace):
        session = Session.objects.get()
        return messages.send(Lead.objects.get(), by=owner, session=session, text=text, **more)


def test_somebody_writes_is_answered_and_reads_it(simulator, workspace, owner):
    ana = simulator.customer("Ana Ruiz", phone="5215512345678")
    ana.text("Hola, ¿tienen en azul?")
    turn(simulator)
    with scope(workspace):
        lead = Lead.objects.get()
        assert lead.name == "Ana Ruiz"
    first = house.messages(simulator.channel)[0]
    send(workspace, owner, "Sí, claro", reply_to=first)
    turn(simulator)
    [taken] = simulator.sent
    assert (taken.content["body"], taken.reply_to) == ("Sí, claro", first.external_id)
    reply = house.messages(simulator.channel)[-1]
    assert (reply.delivery, reply.external_id) == ("read", taken.id)
    simulator.channel.app.refresh_from_db()
    assert simulator.channel.app.verified_at
    assert simulator.channel.app.last_request_at


def test_everything_a_phone_can_do_is_in_the_thread(simulator, workspace, owner):
    ana = simulator.customer("Ana Ruiz", phone="5215512345678")
    picture = io.BytesIO()
    Image.new("RGB", (8, 5), "teal").save(picture, "PNG")
    said = ana.text("uno")
    ana.image(content=picture.getvalue(), caption="miren")
    ana.voice()
    ana.document()
    ana.sticker()
    ana.location()
    ana.contact()
    ana.poll()
    ana.edit(said, "uno, corregido")
    ana.react(said, "👍")
    turn(simulator)
    kinds = [kind for _direction, kind, _text in thread(simulator.channel)]
    assert kinds == ["text", "image", "voice", "document", "sticker", "location", "contacts", "unsupported"]
    with scope(workspace):
        assert Message.objects.get(external_id=said.id).text == "uno, corregido"
        assert Attachment.objects.exclude(state="ready").count() == 0
        image = Attachment.objects.get(kind="image")
        assert (image.mime, image.width, image.height) == ("image/png", 8, 5)
        with image.file.open("rb") as file:
            assert file.read() == picture.getvalue()
        assert Reaction.objects.count() == 1


def test_media_that_is_gone_says_so_and_can_be_asked_for_again(simulator, workspace, owner):
    ana = simulator.customer("Ana Ruiz", phone="5215512345678")
    for area in ("media", "download"):
        simulator.misbehave("error", code=131052, area=area, times=None)
    ana.document()
    turn(simulator)
    with scope(workspace):
        attachment = Attachment.objects.get()
        assert (attachment.state, bool(attachment.error)) == ("failed", True)
        simulator.behave()
        attachments.fetch_again(attachment, by=owner)
    turn(simulator)
    with scope(workspace):
        assert Attachment.objects.get().state == "ready"


def wrote(simulator, workspace, owner, number, text):
    """A customer of their own wrote; one of us answers them."""
    phone = simulator.customer(f"Ana {number}", phone=f"52155{number:08d}")
    phone.text("hola")
    turn(simulator)
    with scope(workspace):
        lead = Lead.objects.get(name=f"Ana {number}")
        session = Session.objects.get(identity__lead=lead)
        return messages.send(lead, by=owner, session=session, text=text)


def now(message):
    with scope(message.workspace_id):
        return Message.objects.get(pk=message.pk)


def test_an_answer_that_is_lost_is_found_again_by_its_statuses(simulator, workspace, owner, monkeypatch):
    monkeypatch.setattr(graph, "Limits", lambda total=25: Limits(total=1))
    for number, fault in enumerate(["accept_then_hang", "accept_then_close", "accept_then_error"]):
        message = wrote(simulator, workspace, owner, number, "¿llegó?")
        simulator.misbehave(fault, status=502, seconds=2)
        house.work_off()
        turn(simulator)
        assert now(message).delivery == "read", fault
        assert len(simulator.sent) == number + 1, "never a blind resend"


TROUBLES = [
    ({"kind": "error", "code": 130429, "times": 2}, "read", 1),
    ({"kind": "error", "code": 131056, "times": 2}, "read", 1),
    ({"kind": "error", "code": 131000, "times": 1}, "read", 1),
    ({"kind": "error", "code": 131026}, "failed", 0),
    ({"kind": "accept_then_fail", "code": 131026}, "failed", 1),
    ({"kind": "close", "times": 1}, "unknown", 0),
    ({"kind": "garbage", "times": 1}, "unknown", 0),
    ({"kind": "status", "status": 503, "times": 1}, "unknown", 0),
]


def test_a_provider_in_trouble_is_waited_for_and_then_it_shows(simulator, workspace, owner):
    for number, (fault, expected, taken) in enumerate(TROUBLES):
        before = len(simulator.sent)
        message = wrote(simulator, workspace, owner, number, "¿llegó?")
        simulator.misbehave(**fault)
        for _ in range(4):
            turn(simulator)
        assert (now(message).delivery, len(simulator.sent) - before) == (expected, taken), fault
        if expected == "failed":
            assert now(message).error_code == "131026"


def test_a_failure_that_came_later_is_sent_again_as_a_new_attempt(simulator, workspace, owner):
    message = wrote(simulator, workspace, owner, 1, "hola")
    simulator.misbehave("accept_then_fail", code=131026)
    turn(simulator)
    failed = now(message)
    assert (failed.delivery, bool(failed.external_id)) == ("failed", True)
    with scope(workspace):
        messages.retry(failed, by=owner)
    turn(simulator)
    again = now(message)
    assert (again.delivery, again.external_id != failed.external_id) == ("read", True)
    assert len(simulator.sent) == 2


def test_a_token_that_is_no_longer_good_cuts_the_channel_off(simulator, workspace, owner):
    ana = simulator.customer("Ana Ruiz", phone="5215512345678")
    ana.text("hola")
    turn(simulator)
    simulator.expire_token()
    send(workspace, owner, "uno")
    turn(simulator)
    with scope(workspace):
        assert Channel.objects.get().state == "disconnected"
    assert house.messages(simulator.channel)[-1].delivery == "failed"


def test_webhooks_twice_reversed_and_broken_lose_and_double_nothing(simulator, workspace):
    ana = simulator.customer("Ana Ruiz", phone="5215512345678")
    simulator.provider.webhooks.double(3)
    for number in range(3):
        ana.text(f"{number}")
    simulator.settle()
    simulator.provider.webhooks.hold(3)
    for number in range(3, 6):
        ana.text(f"{number}")
    simulator.provider.webhooks.misign(1)
    ana.text("6")
    turn(simulator)
    assert sorted(text for _direction, _kind, text in thread(simulator.channel)) == [str(n) for n in range(7)]

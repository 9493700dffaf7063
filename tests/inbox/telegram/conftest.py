import pytest
from django.utils import timezone

from crm import outbound
from crm.tenancy import scope
from crm.work.models import Item, Lane
from inbox.actions import messages
from inbox.channels.telegram import api
from inbox.models import Channel, Message, ProviderApp, Session
from inbox.simulator import Simulator
from inbox.simulator.telegram import defaults
from tests.inbox import house


@pytest.fixture
def _clients(monkeypatch):
    """The connections that are kept to a provider, of this test alone."""
    kept = {}

    def client(_process, limits):
        if limits not in kept:
            kept[limits] = outbound.client(limits=limits)
        return kept[limits]

    monkeypatch.setattr(api, "_client", client)
    yield
    for one in kept.values():
        one.close()


@pytest.fixture
def telegram(settings, _clients):
    """The simulator, where Telegram would be."""
    with Simulator(backoff=0.02) as site:
        settings.TELEGRAM_API_URL = site.telegram.api_url
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{site.port}"]
        yield site.telegram


@pytest.fixture
def bot(workspace, nudges):
    """The simulator's bot, connected."""
    app = ProviderApp.objects.create(
        provider="telegram",
        owner=workspace,
        name=f"@{defaults.BOT_USERNAME}",
        secrets={"bot_id": str(defaults.BOT_ID), "secret": defaults.SECRET},
    )
    with scope(workspace):
        return Channel.objects.create(
            kind="telegram",
            name="Casa Cauce",
            external_id=str(defaults.BOT_ID),
            app=app,
            secrets={"token": defaults.BOT_TOKEN},
            settings={"bot": {"username": defaults.BOT_USERNAME}},
        )


@pytest.fixture
def live(telegram, bot, live_server):
    """Both sides: what a phone writes arrives by HTTP."""
    from inbox.intake import working

    working._parts.cache_clear()
    telegram.assume(f"{live_server.url}/hooks/telegram/{bot.app.public_id}/")
    return telegram


def turn(simulator):
    """Everything that is under way, on both sides, comes to rest."""
    for _ in range(5):
        simulator.settle()
        Item.objects.filter(state__in=("retry", "queued")).update(due_at=timezone.now())
        Lane.objects.update(parked_until=None)
        if not house.work_off():
            return


def thread(channel):
    return [(one.direction, one.kind, one.text) for one in house.messages(channel)]


def wrote(simulator, workspace, owner, text="¿Llegó?", *, name="Ana Ruiz", **more):
    """A customer of their own wrote, and one of us answers them."""
    phone = simulator.customer(name)
    phone.text("Hola")
    turn(simulator)
    with scope(workspace):
        session = Session.objects.select_related("identity__lead").get(identity__lead__name=name)
        return phone, messages.send(session.identity.lead, by=owner, session=session, text=text, **more)


def now(message):
    with scope(message.workspace_id):
        return Message.objects.select_related("identity").get(pk=message.pk)

import pytest

from crm.tenancy import scope
from inbox.models import Channel, Identity, IdentityKey, Message, ProviderApp, Session
from inbox.simulator import Simulator
from inbox.simulator.whatsapp import defaults
from tests.directory import house

DAYS = {"Ana": "5215512345678"}


@pytest.fixture
def meta(settings):
    """The simulator, where Graph would be."""
    with Simulator(backoff=0.01) as site:
        running = site.whatsapp
        settings.WHATSAPP_API_URL = running.api_url
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{running.port}"]
        yield running


@pytest.fixture
def channel(workspace):
    """The simulator's first number, connected."""
    app = ProviderApp.objects.create(
        provider="meta",
        owner=workspace,
        name="Tienda",
        secrets={
            "app_id": defaults.APP_ID,
            "app_secret": defaults.APP_SECRET,
            "verify_token": defaults.VERIFY_TOKEN,
        },
    )
    with scope(workspace):
        return Channel.objects.create(
            workspace=workspace,
            kind="whatsapp",
            name="Ventas",
            external_id=defaults.PHONE_NUMBER_ID,
            account_id=defaults.WABA_ID,
            app=app,
            secrets={"token": defaults.ACCESS_TOKEN},
            settings={"number": {"display": defaults.DISPLAY_PHONE_NUMBER}},
        )


@pytest.fixture
def ana(meta):
    """A customer whose window is open."""
    phone = meta.customer("Ana Ruiz", phone=DAYS["Ana"])
    phone.text("Hola")
    return phone


@pytest.fixture
def outgoing(workspace, channel):
    """Makes a message of ours to Ana; inside the scope it is left in."""

    def make(kind="text", text="", data=None, keys=(f"wa:{DAYS['Ana']}",), **more):
        lead = house.lead(workspace, name="Ana Ruiz")
        identity = Identity.objects.create(workspace=workspace, lead=lead, channel=channel)
        IdentityKey.objects.bulk_create(
            IdentityKey(workspace=workspace, channel=channel, identity=identity, key=key) for key in keys
        )
        session = Session.objects.create(workspace=workspace, identity=identity, channel=channel)
        return Message.objects.create(
            workspace=workspace,
            lead=lead,
            channel=channel,
            identity=identity,
            session=session,
            direction="out",
            kind=kind,
            text=text,
            data=data or {},
            sent_at=lead.created_at,
            delivery="queued",
            **more,
        )

    return make

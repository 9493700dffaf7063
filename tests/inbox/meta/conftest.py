import pytest
from django.utils import timezone

from crm import outbound
from crm.tenancy import scope
from crm.work.models import Item, Lane
from inbox.channels.meta import graph
from inbox.models import Channel, ProviderApp
from inbox.simulator import Simulator
from inbox.simulator.meta import defaults
from tests.inbox import house

SECRETS = {
    "app_id": defaults.APP_ID,
    "app_secret": defaults.APP_SECRET,
    "verify_token": defaults.VERIFY_TOKEN,
}


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
def meta(settings, _clients):
    """The simulator, where Meta would be."""
    with Simulator(backoff=0.02) as site:
        settings.META_API_URL = site.messenger.api_url
        settings.INSTAGRAM_API_URL = site.messenger.own_api_url
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{site.port}"]
        yield site


@pytest.fixture
def app(workspace):
    return ProviderApp.objects.create(provider="meta", owner=workspace, name="Casa Cauce", secrets=SECRETS)


@pytest.fixture
def page(workspace, app, nudges):
    """The simulator's page, connected."""
    settings = {"login": "page", "page": {"id": defaults.PAGE_ID, "name": "Casa Cauce"}}
    return channel(workspace, app, "messenger", defaults.PAGE_ID, defaults.PAGE_TOKEN, settings)


@pytest.fixture
def account(workspace, app, nudges):
    """Its Instagram account, through the page."""
    settings = {
        "login": "page",
        "page": {"id": defaults.PAGE_ID, "name": "Casa Cauce"},
        "account": {"id": defaults.ACCOUNT_ID, "username": defaults.USERNAME},
    }
    return channel(workspace, app, "instagram", defaults.ACCOUNT_ID, defaults.PAGE_TOKEN, settings)


@pytest.fixture
def own(workspace, nudges):
    """An account by Instagram's own login, of its own app with its own secret."""
    app = ProviderApp.objects.create(
        provider="instagram",
        owner=workspace,
        secrets={"app_id": defaults.OWN_APP_ID, "app_secret": defaults.OWN_SECRET, "verify_token": "v"},
    )
    settings = {"login": "instagram", "account": {"id": defaults.OWN_ACCOUNT_ID, "username": "outlet"}}
    return channel(workspace, app, "instagram", defaults.OWN_ACCOUNT_ID, defaults.OWN_TOKEN, settings)


def channel(workspace, app, kind, external_id, token, settings):
    with scope(workspace):
        return Channel.objects.create(
            kind=kind,
            name="Casa Cauce",
            external_id=external_id,
            app=app,
            secrets={"token": token},
            settings=settings,
        )


@pytest.fixture
def live(meta, live_server, settings):
    """Both sides: what a phone does arrives by HTTP, and Meta fetches our files."""
    from inbox.intake import working

    working._parts.cache_clear()
    settings.BASE_URL = live_server.url

    def listen(channel):
        one = meta.messenger if channel.kind == "messenger" else meta.instagram
        page_id = defaults.OWN_ACCOUNT_ID if channel.app.provider == "instagram" else defaults.PAGE_ID
        path = f"/hooks/{channel.app.provider}/{channel.app.public_id}/"
        one.assume(live_server.url + path, page_id=page_id)
        return one

    return listen


def turn(simulator):
    """Everything that is under way, on both sides, comes to rest."""
    for _ in range(6):
        simulator.settle()
        Item.objects.filter(state__in=("retry", "queued")).update(due_at=timezone.now())
        Lane.objects.update(parked_until=None)
        if not house.work_off():
            return

import httpx
import pytest

from inbox.simulator import Simulator
from inbox.simulator.whatsapp import defaults
from tests.inbox.simulator.receiver import Receiver


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture
def simulator(receiver):
    with Simulator(backoff=0.01) as site:
        assert site.whatsapp.connect(receiver.url) == ""
        site.whatsapp.site = site
        yield site.whatsapp


@pytest.fixture
def graph(simulator):
    """The Graph API as a client with the right token sees it."""
    headers = {"Authorization": f"Bearer {defaults.ACCESS_TOKEN}"}
    with httpx.Client(
        base_url=simulator.api_url, headers=headers, trust_env=False, verify=False, timeout=5
    ) as client:
        yield client

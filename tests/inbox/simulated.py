"""A workspace's WhatsApp number on the simulator, over real HTTP, as one is that is connected."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from crm.work.models import Item, Lane
from inbox.intake import working
from inbox.models import Channel, ProviderApp
from inbox.simulator import Simulator
from inbox.simulator.whatsapp import Handle, defaults
from tests.inbox import house
from workspaces.models import Workspace


def number(workspace: Workspace, **columns: Any) -> Channel:
    """The simulator's number as a channel of the workspace, with the simulator's app."""
    app = ProviderApp.objects.create(
        provider="meta",
        public_id=defaults.APP_PUBLIC_ID,
        secrets={
            "app_id": defaults.APP_ID,
            "app_secret": defaults.APP_SECRET,
            "verify_token": defaults.VERIFY_TOKEN,
        },
    )
    return house.channel(
        workspace,
        number=defaults.PHONE_NUMBER_ID,
        account=defaults.WABA_ID,
        app=app,
        secrets={"token": defaults.ACCESS_TOKEN},
        **columns,
    )


@contextmanager
def whatsapp(ours: str, settings: Any, workspace: Workspace) -> Iterator[Handle]:
    """`ours` is the address of our web process, to which it delivers."""
    with Simulator(backoff=0.05) as site:
        running = site.whatsapp
        settings.WHATSAPP_API_URL = running.api_url
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{running.port}"]
        running.channel = number(workspace, settings={"number": {"display": defaults.DISPLAY_PHONE_NUMBER}})
        working._parts.cache_clear()
        assert running.connect(f"{ours}{defaults.CALLBACK_PATH}") == ""
        yield running


def turn(simulator: Handle) -> None:
    """Everything that is under way, on both sides, comes to rest; waits are over at once."""
    for _ in range(3):
        simulator.settle()
        Item.objects.filter(state="retry").update(due_at=timezone.now())
        Lane.objects.update(parked_until=None)
        if not house.work_off():
            return

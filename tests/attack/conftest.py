from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.tenancy import scope
from directory.models import Lead, Tag
from funnels.models import Funnel, Stage
from inbox.models import Channel, Session
from tests import cast
from tests.directory import house as leads
from tests.inbox import house as inbox
from tests.inbox.conftest import nudges  # noqa: F401 (a fixture)
from workspaces.models import Membership, Workspace


@dataclass
class Shop:
    """A workspace as it is in use: a funnel, a number, and somebody who wrote to it."""

    owner: Membership
    workspace: Workspace
    funnel: Funnel
    stage: Stage
    channel: Channel
    lead: Lead
    session: Session
    tag: Tag

    def at(self, route: str, **arguments: Any) -> str:
        return reverse(route, kwargs={"workspace_id": self.workspace.public_id, **arguments})


@pytest.fixture(autouse=True)
def nobody_nudges(nudges: list[str]) -> None:  # noqa: F811
    """What is due is worked off by the tests themselves."""


@pytest.fixture
def kind() -> Iterator[inbox.Post]:
    with inbox.posted() as post:
        yield post


def shop_of(owner: Membership, phone: str) -> Shop:
    workspace = owner.workspace
    channel = inbox.channel(workspace, kind="post")
    with scope(workspace):
        funnel = leads.funnel(workspace)
        lead = leads.lead(workspace, phone=f"+{phone}", channel_id=channel.pk)
        session = inbox.conversation(lead, channel, key=f"wa:{phone}")
        tag = leads.tag(workspace)
        stage = funnel.stages.first()
    return Shop(owner, workspace, funnel, stage, channel, lead, session, tag)


@pytest.fixture
def ours(owner: Membership, kind: inbox.Post) -> Shop:
    return shop_of(owner, "5215512345678")


@pytest.fixture
def theirs(outsider: Membership, kind: inbox.Post) -> Shop:
    return shop_of(outsider, "5215587654321")


@pytest.fixture
def blind(ours: Shop, seller: Membership) -> Client:
    """A seller who sees everything of the funnel and the number, but no phone numbers."""
    seller.sees_phones = False
    seller.save(update_fields=["sees_phones"])
    with scope(ours.workspace):
        leads.grant(seller, by=ours.owner, see_all_leads=[ours.funnel], write_channel=[ours.channel])
    return cast.signed_in(seller)

"""What the provider says of a channel, when it no longer holds or not yet."""

import pytest
from django.utils import timezone

from crm.tenancy import scope
from crm.work.models import Item
from inbox.channels import health
from inbox.channels.whatsapp.actions import numbers
from inbox.models import Channel
from tests.inbox import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(workspace, nudges):
    channel = house.channel(workspace)
    with scope(workspace):
        yield channel


def test_a_refusal_of_the_token_before_says_nothing_of_the_one_now(channel):
    now = Channel.objects.get(pk=channel.pk)
    now.secrets = {"token": "a new one"}
    now.save()
    health.lose_token(channel, problem="no longer good")
    assert Channel.objects.get(pk=channel.pk).is_usable
    health.lose_token(now, problem="no longer good")
    assert not Channel.objects.get(pk=channel.pk).is_usable


def test_a_change_during_a_check_brings_one_more(channel):
    checks = Item.objects.filter(kind=numbers.CHECK)
    for _ in range(2):
        numbers.enqueue_check(channel, templates=True)
    first = checks.get()
    checks.update(state="sent", finished_at=timezone.now())
    for _ in range(2):
        numbers.enqueue_check(channel, templates=True)
    again = checks.exclude(pk=first.pk).get()
    assert first.created_at < again.due_at

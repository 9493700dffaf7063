"""Webhooks with anything anywhere: signed, hence taken; whatever they are, no row of work fails on them."""

import copy
import json
import random

import pytest

from crm.tenancy import scope
from crm.work.models import Item
from inbox.journal import splitting
from inbox.models import Message, RawRequest
from tests.inbox import house

pytestmark = pytest.mark.django_db

WILD = [
    None,
    True,
    -1,
    10**30,
    1e400,
    "",
    "\x00",
    "\ud800",
    "\u202e",
    "x" * 70_000,
    [],
    {},
    [[]],
    {"": {}},
    [None] * 300,
    "-1",
    "9" * 30,
    "<b>",
    "5215512345678",
    "MX.1",
    "wamid.base",
]


def places(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*path, index)
            yield from places(inner, (*path, index))


def mutated(body, chance):
    body = copy.deepcopy(body)
    for _ in range(chance.randint(1, 4)):
        path = chance.choice(list(places(body)))
        target = body
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = chance.choice(WILD)
    return body


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_in_a_webhook_nothing_fails_on_it(channel, workspace, seed):
    chance = random.Random(seed)
    system = {"type": "user_changed_number", "wa_id": "5218112345678"}
    elements = [
        house.text(
            "base",
            wamid="wamid.base",
            user="MX.1",
            context={"id": "wamid.other"},
            referral={"source_id": "1"},
        ),
        house.element("image", {"id": "M", "mime_type": "image/png", "caption": "x"}),
        house.element("reaction", {"message_id": "wamid.base", "emoji": "👍"}),
        house.element(
            "edit", {"original_message_id": "wamid.base", "message": {"type": "text", "text": {"body": "y"}}}
        ),
        house.element("revoke", {"original_message_id": "wamid.base"}),
        house.element("system", system),
        house.element("location", {"latitude": 1, "longitude": 2}),
        house.status("wamid.ours", "failed", errors=[{"code": 131026, "title": "No"}]),
    ]
    bodies = [house.webhook(channel, *elements, name="Marta")]
    bodies.append(house.webhook(channel, {**elements[0], "to": "5215512345678"}, echo=True))
    for _ in range(40):
        wild = mutated(chance.choice(bodies), chance)
        assert house.post_raw(channel.app, json.dumps(wild).encode()).status_code == 200
    while splitting.run():
        pass
    house.work_off()
    troubled = Item.objects.filter(kind="inbox.intake").exclude(state="sent")
    assert list(troubled.values_list("state", "error", "error_code")) == []
    assert not RawRequest.objects.filter(state="new").exists()
    with scope(workspace):
        assert Message.objects.exists()

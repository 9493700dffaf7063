"""When pages ask, where many are open: a few do as one alone would, many one after the other."""

import json
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from crm.live.hub import SLACK, Hub
from crm.live.tokens import now_ms

TOPIC = "leads:7:all"


class Told:
    """A stream's place in the hub, with what it was told."""

    def __init__(self, person: int) -> None:
        self.held = SimpleNamespace(holder=person, topics=(TOPIC,))
        self.refreshes_at = 0.0
        self.events: list[tuple[str, dict[str, Any]]] = []

    def push(self, text: bytes) -> None:
        fields = dict(line.split(": ", 1) for line in text.decode().strip().splitlines())
        self.events.append((fields["event"], json.loads(fields["data"])))


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.listening()
    return hub


def _open(hub: Any, count: int) -> list[Told]:
    streams = [Told(person) for person in range(count)]
    for stream in streams:
        hub.add(stream)
    return streams


def _waits(streams: list[Told]) -> list[int]:
    """Milliseconds that each was told to wait with loading anew; each was told once."""
    assert all([name for name, _data in stream.events] == ["refresh"] for stream in streams)
    return sorted(stream.events[0][1]["after"] for stream in streams)


def test_one_page_loads_anew_at_once_each_time(hub):
    (stream,) = _open(hub, 1)
    hub.refresh()
    assert stream.events == [("refresh", {"after": 0})]
    hub.catch_up(stream, now_ms() - 60_000)
    assert [name for name, _data in stream.events] == ["refresh", "refresh"]


def test_two_hundred_load_anew_one_after_the_other_in_twenty_four_seconds(hub):
    streams = _open(hub, 200)
    hub.refresh()
    waits = _waits(streams)
    assert waits[0] == 0
    assert 23_400 < waits[-1] <= 23_880
    assert all(110 <= later - sooner <= 121 for sooner, later in pairwise(waits))


def test_of_a_great_many_the_last_waits_a_minute(hub):
    streams = _open(hub, 6_000)
    hub.refresh()
    assert 55_000 < _waits(streams)[-1] <= 60_000


def test_who_comes_back_and_is_not_remembered_takes_a_turn_too_and_is_told_once(hub):
    streams = _open(hub, 50)
    for stream in streams:
        hub.catch_up(stream, now_ms() - 60_000)
    first = streams[0]
    first.refreshes_at = 0  # it has loaded anew at once
    del first.events[:]
    hub.refresh()  # Redis is listened to only now
    assert len({round(wait, -2) for wait in _waits(streams)}) == 50


def test_that_many_leads_changed_is_a_turn_for_those_who_hear_it_and_for_who_hears_it_late(hub):
    streams = _open(hub, 20)
    hub.say(TOPIC, json.dumps({"topic": TOPIC, "kind": "refresh", "ids": {}}))
    assert 2_160 < _waits(streams)[-1] <= 2_280
    (late,) = _open(hub, 1)
    hub.catch_up(late, now_ms() + SLACK - 1_000)
    assert [name for name, _data in late.events] == ["refresh"]


def test_few_pages_are_told_nothing_of_waiting_and_many_how_long(hub):
    few = _open(hub, 5)
    hub.say(TOPIC, json.dumps({"topic": TOPIC, "kind": "lead", "ids": {"id": 3}}))
    assert few[0].events == [("signal", {"topic": TOPIC, "kind": "lead", "ids": {"id": 3}})]
    many = _open(hub, 195)
    hub.say(TOPIC, json.dumps({"topic": TOPIC, "kind": "lead", "ids": {"id": 3}}))
    _name, said = many[0].events[-1]
    assert (said["spread"], said["rest"]) == (2_000, 5_000)

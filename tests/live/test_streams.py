"""The live process, over real HTTP, beside a real Redis and PostgreSQL."""

import json
import time
from dataclasses import replace

import pytest
from django.core import signing
from django.utils import timezone
from guardian.shortcuts import assign_perm

from crm import live
from crm.live import signals, tokens
from crm.tenancy import scope
from tests.live.listening import Listener, address, until
from workspaces.actions import teams
from workspaces.models import Role

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def test_a_signal_reaches_those_who_may_hear_it(live_process, token_of, owner, seller, outsider):
    ours, theirs = live_process.listen(token_of(seller)), live_process.listen(token_of(outsider))
    assert ours.next().name == theirs.next().name == "ready"
    topic = f"workspace:{owner.workspace_id}"

    live.signal(topic, "workspace", id=7)

    assert ours.until("signal").data == {"topic": topic, "kind": "workspace", "ids": {"id": 7}}
    assert theirs.is_silent()


def test_a_signal_to_one_person_is_heard_by_nobody_else(live_process, token_of, owner, seller):
    hers, the_owners = live_process.listen(token_of(seller)), live_process.listen(token_of(owner))
    assert hers.next().name == the_owners.next().name == "ready"
    live.signal(f"user:{seller.user_id}", "me")
    assert hers.until("signal").data["kind"] == "me"
    assert the_owners.is_silent()


def test_who_supervises_a_team_by_a_grant_hears_of_its_people(
    live_process, token_of, owner, seller, other_seller
):
    """What they were granted is read in the workspace's scope, by the page and by the process."""
    with scope(owner.workspace):
        team = teams.create(by=owner, name="North", colour="teal", people=[other_seller])
        assign_perm("supervise_team", seller.user, team)
    hers, anothers = live_process.listen(token_of(seller)), live_process.listen(token_of(other_seller))
    assert hers.next().name == anothers.next().name == "ready"
    live.signal(f"workspace:{owner.workspace_id}:people", "people", membership=other_seller.pk)
    assert hers.until("signal").data["kind"] == "people"
    assert anothers.is_silent()


@pytest.mark.parametrize("token", ["", "junk", "a:b:c", "\0", "x" * 20_000])
def test_what_is_not_a_token_is_refused(live_process, token):
    assert _refused(live_process, token)


def test_a_forged_token_is_refused(live_process, token_of, seller, owner):
    held = tokens.read(token_of(seller))
    forged = signing.dumps(
        [*vars_of(replace(held, user=owner.user_id))], salt=tokens.SALT, key="another secret"
    )
    assert _refused(live_process, forged)


def test_an_expired_token_is_refused(live_process, token_of, seller, monkeypatch):
    early = time.time() - tokens.LIFETIME - 1
    with monkeypatch.context() as past:
        past.setattr(time, "time", lambda: early)
        token = token_of(seller)
    assert _refused(live_process, token)


def test_a_token_for_another_workspace_is_refused(live_process, token_of, seller, other_workspace):
    held = replace(tokens.read(token_of(seller)), workspace=other_workspace.pk)
    assert _refused(live_process, tokens.seal(held))


def test_a_topic_that_is_not_hers_is_refused_at_connect_too(live_process, token_of, seller, other_workspace):
    held = tokens.read(token_of(seller))
    held = replace(held, topics=(*held.topics, f"workspace:{other_workspace.pk}:people"))
    assert _refused(live_process, tokens.seal(held))


def test_a_foreign_origin_is_refused_and_our_own_is_named(live_process, token_of, seller):
    status, head, _body = live_process.get("/live/stream?token=x", {"Origin": "https://evil.example"})
    assert status == 403
    assert "access-control-allow-origin" not in head
    status, head, _body = live_process.get("/live/stream?token=x", {"Origin": "http://127.0.0.1:8000"})
    assert status == 403
    assert "access-control-allow-origin: http://127.0.0.1:8000" in head


def test_removal_ends_the_stream_at_once_and_the_token_with_it(live_process, token_of, seller):
    token = token_of(seller)
    stream = live_process.listen(token)
    assert stream.next().name == "ready"

    seller.deactivated_at = timezone.now()
    seller.save()
    live.end(user_id=seller.user_id, workspace_id=seller.workspace_id)

    assert stream.until("end", 1).name == "end"
    assert stream.next() is None
    assert _refused(live_process, token)


def test_a_changed_role_makes_the_old_token_worthless(live_process, token_of, seller):
    token = token_of(seller)
    seller.role = Role.ADMIN
    seller.save()
    assert _refused(live_process, token)


def test_logging_out_elsewhere_ends_only_that_sessions_streams(live_process, browser_of, token_of, seller):
    here, there = browser_of(seller), browser_of(seller)
    first, second = live_process.listen(token_of(seller, here)), live_process.listen(token_of(seller, there))
    assert first.next().name == second.next().name == "ready"
    token = token_of(seller, there)

    live.end(user_id=seller.user_id, session_key=there.session.session_key)
    there.session.delete()

    second.until("end", 1)
    assert first.is_silent()
    assert _refused(live_process, token)


def test_while_redis_is_away_streams_stay_and_are_refreshed_when_it_is_back(
    own_live_process, own_redis, token_of, seller
):
    stream = own_live_process.listen(token_of(seller))
    assert stream.next().name == "ready"

    own_redis.stop()
    until(lambda: own_live_process.health().get("redis") is False)
    began = time.monotonic()
    live.signal(f"user:{seller.user_id}", "me")
    live.signal(f"user:{seller.user_id}", "me")
    assert time.monotonic() - began < 0.5
    own_redis.launch()

    stream.until("refresh", 15)
    time.sleep(5)  # the breaker
    live.signal(f"user:{seller.user_id}", "me")
    stream.until("refresh")  # what was lost meanwhile is told
    assert stream.until("signal").data["kind"] == "me"


def test_what_was_said_between_the_page_and_its_stream_is_caught_up(live_process, token_of, seller):
    token = token_of(seller)
    other = live_process.listen(token)
    other.until("ready")
    live.signal(f"user:{seller.user_id}", "me")
    heard = other.until("signal")

    late = live_process.listen(token)
    assert [late.next().name, late.next().id] == ["ready", heard.id]
    assert late.is_silent()

    long_ago = live_process.listen(token, since="1000")
    assert [long_ago.next().name, long_ago.next().name] == ["ready", "refresh"]


def test_a_slow_browser_loses_signals_for_a_refresh_and_holds_up_nobody(live_process, token_of, seller):
    token = token_of(seller)
    slow = live_process.connect(address(token), buffer=4096)
    quick = live_process.listen(token)
    quick.until("ready")
    topic = f"user:{seller.user_id}"
    flood = signals._client().pipeline(transaction=False)
    text = json.dumps({"topic": topic, "kind": "flood", "ids": {"padding": "x" * 300}})
    for _ in range(20_000):
        flood.publish(f"{signals.channel_prefix()}topic:{topic}", text)
    flood.execute()
    live.signal(topic, "last")
    while quick.until("signal", 15).data["kind"] != "last":
        pass
    Listener(slow).until("refresh", 15)


def test_nobody_opens_streams_without_end(live_process, token_of, seller, owner):
    token = token_of(seller)
    streams = [live_process.listen(token) for _ in range(20)]
    for stream in streams:
        stream.until("ready")
    status, _head, _body = live_process.get(address(token))
    assert status == 429
    live_process.listen(token_of(owner)).until("ready")
    streams[0].close()
    until(lambda: live_process.health()["streams"] == 20)
    live_process.listen(token).until("ready")


def test_the_process_ends_quickly_with_streams_open(own_live_process, token_of, seller):
    stream = own_live_process.listen(token_of(seller))
    stream.until("ready")
    stream.until("refresh")  # the process is younger than what it would have to remember
    began = time.monotonic()
    own_live_process.process.terminate()
    assert stream.next() is None
    assert own_live_process.process.wait(10) == 0
    assert time.monotonic() - began < 4


def vars_of(held):
    return [
        held.user,
        held.session,
        held.workspace,
        held.membership,
        held.mark,
        list(held.topics),
        held.issued,
    ]


def _refused(live_process, token):
    status, _head, _body = live_process.get(address(token))
    return status == 403

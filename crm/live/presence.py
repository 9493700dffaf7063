"""Who is at a place just now, and what they do there: for the few seconds that follow a beat, in Redis alone.

A place is a string that the caller has authorised ("lead:17:4"). Whoever is there says so every BEAT seconds; who has
not for STAYS seconds is gone. Nothing is written to PostgreSQL, nobody is told but those who are at the same place
(that is for the caller: `Present.user` is whose topic to signal), and without Redis everybody is alone everywhere.

    came = presence.come("lead:17:4", member=5, user=9, doing="writing")
    if came.changed: … each of came.others …

One hash a place: member → "<gone at, ms>:<user>:<doing>", with a life of its own that ends with the last of them.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

import redis

from crm.live import signals
from crm.nudge import Breaker

log = logging.getLogger(__name__)

BEAT = 10.0  # seconds between two beats, and up to BEAT / 5 more at random
STAYS = 15.0  # seconds after a beat: longer than one with its jitter, so that who is there does not flicker
MOST = 20  # of those at one place who are told apart: more are there, but nobody needs their faces

breaker = Breaker()


@dataclass(frozen=True)
class Present:
    """`stays`: seconds until they count as gone, unless they say otherwise."""

    member: int
    user: int
    doing: str
    stays: float


@dataclass(frozen=True)
class Came:
    """`changed`: whether the others see something else than before."""

    changed: bool
    others: list[Present]


ALONE = Came(changed=False, others=[])


def come(place: str, *, member: int, user: int, doing: str = "") -> Came:
    """Be there, doing something (a short word of the caller's, or nothing), for STAYS seconds more. Never raises."""
    now = _now()
    value = f"{now + int(STAYS * 1000)}:{user}:{doing}"
    life = int(STAYS * 1000)
    found = _asked(place, lambda pipe, key: pipe.hset(key, str(member), value).pexpire(key, life))
    if found is None:
        return ALONE
    before = _read(found, now)
    mine = next((one for one in before if one.member == member), None)
    return Came(mine is None or mine.doing != doing, _others(before, member))


def go(place: str, *, member: int) -> Came:
    """Be there no more."""
    found = _asked(place, lambda pipe, key: pipe.hdel(key, str(member)))
    if found is None:
        return ALONE
    before = _read(found, _now())
    return Came(any(one.member == member for one in before), _others(before, member))


def others(place: str, *, member: int) -> list[Present]:
    """Who else is there."""
    found = _asked(place, lambda pipe, key: pipe)
    return [] if found is None else _others(_read(found, _now()), member)


def _asked(place: str, then: Any) -> dict[bytes, bytes] | None:
    """What is there, before `then` is done to it: one round trip. None without Redis."""
    if not breaker.allows():
        return None
    key = f"{signals.channel_prefix()}at:{place}"
    try:
        pipe = signals.connection().pipeline(transaction=False)
        then(pipe.hgetall(key), key)
        found: dict[bytes, bytes] = pipe.execute()[0]
    except (redis.RedisError, OSError) as error:
        log.info("Nobody knows who is where: %s", type(error).__name__)
        breaker.failed()
        return None
    breaker.succeeded()
    return found


def _read(found: dict[bytes, bytes], now: int) -> list[Present]:
    """Those who have not gone, who came last first."""
    present = []
    for member, value in found.items():
        gone_at, user, doing = value.decode().split(":", 2)
        if int(gone_at) > now:
            present.append(Present(int(member), int(user), doing, (int(gone_at) - now) / 1000))
    return sorted(present, key=lambda one: -one.stays)


def _others(present: list[Present], member: int) -> list[Present]:
    return [one for one in present if one.member != member][:MOST]


def _now() -> int:
    return int(time.time() * 1000)

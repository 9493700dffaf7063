"""Topics: strings like `workspace:17:people` or `user:5`, each prefix with what authorises it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from crm.live.audience import Member

Authorise = Callable[[Any, Any, str], bool]
Offer = Callable[[Any, Any], Iterable[str]]


@dataclass(frozen=True)
class Family:
    """All topics that begin with a prefix."""

    prefix: str
    authorise: Authorise
    offers: Offer | None


_families: dict[str, Family] = {}


def register_topic(prefix: str, authorise: Authorise, offers: Offer | None = None) -> None:
    """Make topics that begin with `prefix` (`"workspace:"`) known; from AppConfig.ready().

    `authorise(user, membership, topic) -> bool` is asked when a token is made and when its stream connects, in
    the workspace's scope. It runs in every page: no query beyond what the frame reads anyway.
    `offers(user, membership)` names the topics of this family that every page of that person listens to; what
    it names is authorised, too. The longest prefix that fits a topic decides.
    """
    prefix = prefix.rstrip(":") + ":"
    family = Family(prefix, authorise, offers)
    if _families.setdefault(prefix, family) != family:
        raise ValueError(f"Live topic {prefix!r} is registered already")


def authorised(member: Member, topics: Iterable[str]) -> tuple[str, ...]:
    """Those of the topics which this member may hear, in a stable order."""
    return tuple(sorted({topic for topic in topics if _may_hear(member, topic)}))


def offered(member: Member) -> Iterable[str]:
    """What the registered families offer to this member, before authorisation."""
    for family in _families.values():
        if family.offers is not None:
            yield from family.offers(member.user, member)


def _may_hear(member: Member, topic: str) -> bool:
    fitting = [prefix for prefix in _families if topic.startswith(prefix)]
    if not fitting:
        return False
    return bool(_families[max(fitting, key=len)].authorise(member.user, member, topic))

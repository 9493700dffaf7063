"""How much and how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes. `total` spans resolution, all redirects and the whole body."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    body: int = 5 * 1024 * 1024  # of the answer, unpacked
    redirects: int = 0  # hops followed; each is checked like the first
    ports: frozenset[int] | None = frozenset({80, 443, 8080, 8443})  # None: any

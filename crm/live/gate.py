"""Asks the database whether streams still stand: when they connect, and all of them every 30 seconds.

After a restart every browser comes back at once; those that wait are asked about together, in two queries.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection

from crm.live import audience, guests, topics
from crm.live.hub import Hub
from crm.live.tokens import GuestPass, Held, Pass
from crm.tenancy import scope

log = logging.getLogger(__name__)

RECHECK = 25.0  # seconds
GATHER = 0.01


class Gate:
    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "live-gate")
        self._waiting: dict[Held, asyncio.Future[bool]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def admits(self, held: Held) -> bool:
        """Whether the pass stands and may hear all its topics. DatabaseError when that cannot be known."""
        answer = self._waiting.get(held)
        if answer is None:
            answer = self._waiting[held] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(answer)

    async def recheck(self, hub: Hub) -> None:
        """End every stream that no longer stands. With no database they stay till their token ends."""
        streams = list(hub.streams)
        try:
            standing = await self._standing({stream.held for stream in streams})
        except DatabaseError as error:
            log.warning("Live streams could not be checked: %s", type(error).__name__)
            return
        for stream in streams:
            if stream.held not in standing:
                stream.finish("end")

    async def _ask(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(GATHER)
                waiting, self._waiting = self._waiting, {}
                try:
                    standing = await self._standing(waiting.keys())
                except Exception as error:  # noqa: BLE001 (each who waits is told)
                    for answer in waiting.values():
                        answer.set_exception(error)
                        answer.exception()  # whoever waited may be gone
                    continue
                for held, answer in waiting.items():
                    answer.set_result(held in standing)
        finally:
            self._asking = None

    async def _standing(self, passes: Collection[Held]) -> set[Held]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _standing, list(passes))


def _standing(passes: Collection[Held]) -> set[Held]:
    try:
        members = audience.standing([held for held in passes if isinstance(held, Pass)])
        standing: set[Held] = {held for held, member in members.items() if _may_hear_all(member, held)}
        return standing | guests.standing([held for held in passes if isinstance(held, GuestPass)])
    finally:
        connection.close()


def _may_hear_all(member: audience.Member, held: Pass) -> bool:
    with scope(member.workspace_id):
        return topics.authorised(member, held.topics) == held.topics

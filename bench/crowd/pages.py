"""An open page without a browser: hears its stream, gathers, and asks what the page's JavaScript would ask.

Each method names the rule it mirrors; where the JavaScript changes, this changes. Left out is what needs somebody at a
page (scrolling, typing, a hidden tab), and of `presence.js` asking who is beside, since no two look at one thread here.
"""

import asyncio
import html
import random
import re
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

from bench.crowd import fragments
from bench.crowd.counting import Counting
from bench.crowd.gathering import Gathering
from bench.crowd.record import Asked, Record, what_of
from bench.crowd.stream import Stream
from bench.crowd.wire import Server

CSRF = "b" * 32  # of the double cookie: any value that both name
MANY = 40  # board/live.js
MOST = 200  # conversations/talks.js
BEAT = 10  # conversations/presence.js


class Page:
    def __init__(self, number: int, web: int, session: str, path: str, record: Record) -> None:
        self.number, self.record, self.path = number, record, path
        self._web = Server(web, f"cauce_session={session}; cauce_csrf={CSRF}")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._gathering = Gathering(self._dispatch)
        self._counting = Counting(self._gathering, lambda: self._say("talks:count"))
        self._is_owed = self._is_asking = False
        self._wanted: dict[int, None] = {}

    async def open(self) -> None:
        """Loads the page, reads of it what its JavaScript reads, and lets "load" fragments come."""
        text = await self.ask(self.path, is_fragment=False)
        if "data-live-token" not in text:
            raise RuntimeError(
                f"{self.path} is no page to listen at: {self.record.asked[-1].status} {text[:300]!r}"
            )
        self._attributes = dict(re.findall(r'data-live-([a-z]+)="([^"]*)"', text))
        self.fragments = fragments.found(text)
        self.rows = {int(pk): float(at) for pk, at in _ROW.findall(text)}
        self.again = _attribute(text, "data-again")
        self.has_more = "data-more" in text
        self.conversation = int(_attribute(text, "data-conversation") or 0)
        if self.conversation:
            self.stretch, self.reading = _of_thread(text)
            self.messages = [int(pk) for pk in re.findall(r'data-message="(\d+)"', text)]
            self.composer = _attribute(text[text.index("data-composer") :], "data-src")
            self.beside = _attribute(text[text.index("data-presence") :], "data-src")
            self.run(self._be_there())
            if self.messages:
                await self._read(self.messages[-1])
        self.news = _attribute(text, "data-news")
        self.columns: dict[str, set[int]] = {stage: set() for stage in _STAGE.findall(text)}
        self._take_cards(text)
        for one in self.fragments:
            await one.hear("load", self.ask)

    def listen(self) -> None:
        values = {name: html.unescape(value) for name, value in self._attributes.items()}
        self.stream = Stream(values, self._hear, lambda: self.ask(values["renew"]))
        self.run(self.stream.run())

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._web.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ask(
        self, address: str, *, is_fragment: bool = True, fields: dict[str, Any] | None = None
    ) -> str:
        headers = {"HX-Request": "true", "X-CSRFToken": CSRF} if is_fragment else {}
        body = urlencode(fields).encode() if fields is not None else b""
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        self.record.under_way += 1
        try:
            status, text = await self._web.ask(
                "POST" if fields is not None else "GET", address, headers, body
            )
        finally:
            self.record.under_way -= 1
        took = (time.monotonic() - began) * 1000
        self.record.asked.append(Asked(what_of(address), self.number, began, took, status))
        if fields is None:
            self._gathering.answered(took / 1000)
        return text

    def _hear(self, name: str, data: dict[str, Any]) -> None:
        """live.js, `hear`: signals are gathered; loading anew waits for its turn."""
        if name == "refresh":
            self.record.note_refresh(self.number)
            if not self._is_owed:
                self._is_owed = True
                self.run(self._owe(data.get("after", 0) / 1000))
            return
        self.record.note_heard(self.number, data["ids"].get("id") if data["kind"] == "thread" else None)
        self._keep(data)

    async def _owe(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._is_owed = False
        self._keep({"kind": "refresh", "ids": {}})

    def _keep(self, message: dict[str, Any]) -> None:
        self._gathering.keep(message, is_near=self._is_near(message))

    def _is_near(self, message: dict[str, Any]) -> bool:
        """live-gathering.js, `isNear`: a fragment waits for just this one."""
        event = f"live:{message['kind']}:{message['ids'].get('id')}"
        return any(event in one.triggers for one in self.fragments)

    def _dispatch(self, kinds: dict[str, list[dict[str, Any]]]) -> None:
        """live-gathering.js, `dispatch`: one event a kind with all ids, one more for each id."""
        is_thread_due = False
        for kind, ids in kinds.items():
            named = list(dict.fromkeys(one["id"] for one in ids if "id" in one))
            self._say(f"live:{kind}")
            for pk in named:
                self._say(f"live:{kind}:{pk}")
            if kind in ("lead", "reading", "refresh") and self.again:
                self._want_rows(list(self.rows) if kind == "refresh" else named)
            if kind in ("lead", "reading") and self.again:
                self._counting.count()
            if kind == "refresh":
                self._counting.note()
            is_thread_due |= kind == "refresh" or (kind in ("thread", "lead") and self.conversation in named)
            if self.news and kind in ("lead", "refresh"):
                self.run(self._board(None if kind == "refresh" else ids))
        if is_thread_due and self.conversation:
            self.run(self._thread_again())

    def _say(self, event: str) -> None:
        for one in self.fragments:
            if event in one.triggers:
                self.run(one.hear(event, self.ask))

    def _want_rows(self, ids: list[int]) -> None:
        """talks.js, `again`: one request at a time."""
        self._wanted.update(dict.fromkeys(ids))
        if not self._is_asking and self._wanted:
            self._is_asking = True
            self.run(self._rows_again())

    async def _rows_again(self) -> None:
        """talks.js, `drain` and `put`: rows by their ids; what lies below all that is loaded is not kept."""
        while self._wanted:
            ids = list(self._wanted)[:MOST]
            for pk in ids:
                del self._wanted[pk]
            asked_at = time.monotonic()
            text = await self.ask(f"{self.again}&ids={','.join(map(str, ids))}")
            came = {int(pk): float(place) for pk, place in _ROW.findall(text)}
            lowest = max(self.rows.values(), default=0)
            for pk in ids:
                self.rows.pop(pk, None)
                if pk in came and not (self.has_more and came[pk] > lowest):
                    self.rows[pk] = came[pk]
                    self.record.note_shown(pk, asked_at)
        self._is_asking = False

    async def _thread_again(self) -> None:
        """thread.js, `refresh`: from the first message that is shown; following.js: what is new is read, and routes.js
        has the ring of the window drawn again."""
        text = await self.ask(f"{self.stretch}?since={self.messages[0]}" if self.messages else self.stretch)
        found = [int(pk) for pk in re.findall(r'data-message="(\d+)"', text)]
        if found and found[-1] not in self.messages:
            self.messages = found
            self.run(self.ask(self.composer + "?identity="))
            await self._read(found[-1])

    async def _read(self, upto: int) -> None:
        await self.ask(self.reading, fields={"upto": upto})

    async def _be_there(self) -> None:
        """presence.js, `beat`."""
        await asyncio.sleep(random.random() / 2)
        while True:
            await self.ask(self.beside, fields={"doing": ""})
            await asyncio.sleep(BEAT * (1 + random.random() / 5))

    async def _board(self, ids: list[dict[str, Any]] | None) -> None:
        """board/live.js: cards that are shown or stand in a stage that is; everything after a refresh, or of many."""
        held = set().union(*self.columns.values())
        leads = [one["id"] for one in ids or () if one["id"] in held or str(one.get("stage")) in self.columns]
        if ids is not None and not leads:
            return
        if ids is None or len(leads) > MANY:
            pairs = [("column", f"{stage}:{len(cards)}") for stage, cards in self.columns.items()]
        else:
            pairs = [("lead", str(pk)) for pk in dict.fromkeys(leads)]
        asked_at = time.monotonic()
        text = await self.ask(f"{self.news}?{urlencode(pairs)}")
        for cards in self.columns.values():
            cards.difference_update(leads)
        for pk in self._take_cards(text):
            self.record.note_shown(pk, asked_at)

    def _take_cards(self, text: str) -> list[int]:
        found = _CARD.findall(text)
        for pk, column in found:
            self.columns.setdefault(column, set()).add(int(pk))
        return [int(pk) for pk, _column in found]


_ROW = re.compile(r'data-talk="(\d+)" data-place="([^"]+)"')
_CARD = re.compile(r'data-card="(\d+)" data-column="(\d+)"')
_STAGE = re.compile(r'data-stage="(\d+)"')


def _attribute(text: str, name: str) -> str:
    match = re.search(rf'{name}="([^"]*)"', text)
    return html.unescape(match[1]) if match else ""


def _of_thread(text: str) -> tuple[str, str]:
    thread = text[text.index("data-thread ") :]
    return _attribute(thread, "data-src"), _attribute(thread, "data-reading")

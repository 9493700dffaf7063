"""The bench's pages rest as the page's own JavaScript does: both are given the same, by a clock that jumps."""

import asyncio
import heapq
import json
import random
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bench.crowd import counting, gathering, stream
from crm.embedded import assets

ROOT = Path(__file__).parents[2]
BEGINS = 1.0  # of both clocks, in seconds
Said = list[list[Any]]


class Clock:
    """The loop's and the module's, for code that only asks the time and for a call later."""

    def __init__(self) -> None:
        self.now, self._calls, self._count = BEGINS, [], 0  # type: ignore[var-annotated]

    def time(self) -> float:
        return self.now

    monotonic = time

    def call_later(self, wait: float, act: Callable[[], None]) -> Any:
        self._count += 1
        handle = Handle(self.now + wait)
        heapq.heappush(self._calls, (handle.at, self._count, handle, act))
        return handle

    def until(self, end: float) -> None:
        while self._calls and self._calls[0][0] <= end:
            at, _count, handle, act = heapq.heappop(self._calls)
            if not handle.is_cancelled:
                self.now = at
                act()
        self.now = end


class Handle:
    def __init__(self, at: float) -> None:
        self.at, self.is_cancelled = at, False

    def when(self) -> float:
        return self.at

    def cancel(self) -> None:
        self.is_cancelled = True


def _in_node(tmp_path: Path, what: str, name: str, scenario: dict[str, Any]) -> Said:
    wheel = assets._wheel_node()
    node = shutil.which("node") or (str(wheel / "bin" / "node") if wheel else None)
    assert node, "assets are built with Node, so it is here"
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for one in {name, "live-gathering"}:
        module = tmp_path / f"{one}.js"
        module.parent.mkdir(exist_ok=True)
        module.write_text((ROOT / "static" / "js" / f"{one}.js").read_text())
    module = tmp_path / f"{name}.js"
    command = [node, str(Path(__file__).with_name("in_node.mjs")), what, module.as_uri()]
    done = subprocess.run(
        command, input=json.dumps(scenario), capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.returncode, done.stderr
    found: Said = json.loads(done.stdout)
    return found


def _gathered(monkeypatch: pytest.MonkeyPatch, scenario: dict[str, Any]) -> Said:
    clock, said = Clock(), []
    monkeypatch.setattr(gathering, "time", clock)
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: clock)
    monkeypatch.setattr(random, "random", lambda: scenario["random"])

    def dispatch(kinds: dict[str, list[Any]]) -> None:
        said.extend([round(clock.now * 1000), kind, len(ids)] for kind, ids in kinds.items())

    page = gathering.Gathering(dispatch)
    for at, act, value in scenario["steps"]:
        clock.until(BEGINS + at / 1000)
        if act == "answered":
            page.answered(value / 1000)
        else:
            page.keep(value, is_near=False)
        said.append([round(clock.now * 1000), "patience", round(page.patience * 1000)])
    clock.until(clock.now + 600)
    return said


def _busy(seed: int) -> list[list[Any]]:
    """Five minutes of a page: signals of every kind, answers quick and slow, as a house is quiet and busy by turns."""
    chance = random.Random(seed)
    steps: list[list[Any]] = []
    at = 0
    while at < 300_000:
        at += chance.randrange(1, 4_000)
        is_busy = at // 60_000 % 2
        if chance.random() < 0.4:
            steps.append(
                [at, "answered", chance.randrange(150, 2_500) if is_busy else chance.randrange(5, 260)]
            )
            continue
        kind = chance.choice(["lead"] * 6 + ["notices", "thread", "refresh"])
        message: dict[str, Any] = {
            "kind": kind,
            "ids": {"id": chance.randrange(8)} if kind != "refresh" else {},
        }
        if is_busy and kind != "refresh":
            message |= {"spread": chance.choice([0, 900, 2_000]), "rest": chance.choice([500, 5_000])}
        steps.append([at, "keep", message])
    return steps


@pytest.mark.parametrize("chance", [0, 0.5, 0.97])
def test_what_is_heard_is_said_at_the_same_moments_by_both(tmp_path, monkeypatch, chance):
    scenario = {"random": chance, "steps": _busy(seed=5)}
    said = _gathered(monkeypatch, scenario)
    assert _in_node(tmp_path, "gathering", "live-gathering", scenario) == said
    rests = {value for _at, what, value in said if what == "patience"}
    assert {0, 20_000} < rests, "they have patience, less than the most, and the most"
    assert sum(what == "lead" for _at, what, _count in said) > 20


def _counted(monkeypatch: pytest.MonkeyPatch, scenario: dict[str, Any]) -> Said:
    clock, said = Clock(), []
    for module in (gathering, counting):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: clock)
    monkeypatch.setattr(random, "random", lambda: scenario["random"])
    page = gathering.Gathering(lambda kinds: None)
    tabs = counting.Counting(page, lambda: said.append([round(clock.now * 1000), "count", 1]))
    for at, act, value in scenario["steps"]:
        clock.until(BEGINS + at / 1000)
        if act == "answered":
            page.answered(value / 1000)
        elif value["kind"] == "refresh":
            tabs.note()
        elif value["kind"] == "lead":
            tabs.count()
    clock.until(clock.now + 600)
    return said


@pytest.mark.parametrize("chance", [0, 0.5, 0.97])
def test_the_tabs_are_counted_at_the_same_moments_by_both(tmp_path, monkeypatch, chance):
    scenario = {"random": chance, "steps": _busy(seed=7)}
    said = _counted(monkeypatch, scenario)
    assert _in_node(tmp_path, "counting", "conversations/counting", scenario) == said
    between = {round((later[0] - sooner[0]) / 1000) for sooner, later in pairwise(said)}
    assert min(between) < 6
    assert max(between) > 14, "they count less often where answers are slow"


# Whether the token was taken, and after how many milliseconds it breaks: a restart, a refusal, a token that grew old.
NO = [False, 5]
CONNECTIONS = [[True, 9_000], NO, [True, 20_000], NO, NO, NO, NO, NO, [True, 240_000], [True, 1_000]]


def test_a_stream_comes_back_with_its_token_while_it_is_young_and_taken_in_both(tmp_path, monkeypatch):
    scenario = {"random": 0.5, "connections": CONNECTIONS}
    with ThreadPoolExecutor(1) as apart:  # a browser test of before leaves its loop running in this thread
        said = apart.submit(lambda: asyncio.run(_came_back(monkeypatch, scenario))).result()
    assert _in_node(tmp_path, "stream", "live-stream", scenario) == said
    asked = [what for _at, what, _token in said]
    assert asked == [*["connect"] * 7, "fetch", *["connect"] * 2, "fetch", *["connect"] * 2]


async def _came_back(monkeypatch: pytest.MonkeyPatch, scenario: dict[str, Any]) -> Said:
    clock, said, left = Clock(), [], [*scenario["connections"]]
    tokens = iter(range(1, 100))

    class Ended(Exception):
        pass

    class House:
        def __init__(self, port: int, cookies: str) -> None: ...

        async def events(self, path: str) -> AsyncIterator[tuple[str, dict[str, Any], str]]:
            said.append([round(clock.now * 1000), "connect", path.partition("token=")[2].partition("&")[0]])
            if not left:
                raise Ended
            is_ready, lasts = left.pop(0)
            if is_ready:
                yield "ready", {}, ""
            clock.now += lasts / 1000
            raise ConnectionResetError

    async def renew() -> str:
        said.append([round(clock.now * 1000), "fetch", None])
        return json.dumps({"token": f"fetched {next(tokens)}"})

    async def sleep(wait: float) -> None:
        clock.now += wait

    monkeypatch.setattr(stream, "Server", House)
    monkeypatch.setattr(stream, "time", clock)
    monkeypatch.setattr(stream, "urlencode", lambda pairs: f"token={pairs['token']}&since=")
    monkeypatch.setattr(stream.asyncio, "sleep", sleep)
    monkeypatch.setattr(random, "random", lambda: scenario["random"])
    page = {"port": "1", "path": "/live", "token": "the page's", "since": "1000"}
    with pytest.raises(Ended):
        await stream.Stream(page, lambda *heard: None, renew).run()
    return said

"""Many open pages at once: 200 browsers of 40 people while 20 messages a second come, and then all of them come back.

1. Pages are opened (conversations, threads, boards), each with a stream of its own. See bench.crowd.pages.
2. Webhooks of one message each are poured, of other senders each, through web and the worker `now`, as bin/run has it.
3. The live process is killed and started again: how what 200 pages ask for spreads over the seconds after.

What it costs is read from /proc: seconds of CPU of each process in a second. The pages are on the same two cores.
"""

import asyncio
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.crowd.house import House
from bench.crowd.pages import Page
from bench.crowd.pouring import pour
from bench.crowd.record import Record, by_what
from bench.figures import Figure, median_and_p95
from bench.stage import Stage

PAGES = int(os.environ.get("BENCH_PAGES", "200"))
LEADS = int(os.environ.get("BENCH_CROWD_LEADS", "2000"))
RATE = float(os.environ.get("BENCH_RATE", "20"))  # messages a second
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
AFTER = 40.0  # seconds looked at after the live process is back
SECRET = "secret of the crowd"
OPENING = 8  # pages opened at once


def measure() -> Iterator[Figure]:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # six connections for each page
    with Stage() as stage:
        house = House(stage)
        prepared = stage.manage("bench_crowd", SECRET, "--leads", str(LEADS), "--pages", str(PAGES))
        said = json.loads(prepared.splitlines()[-1])
        with house:
            house.wait_for_live()
            yield from _measure(house, said)


def _measure(house: House, said: dict[str, Any]) -> Iterator[Figure]:
    record = Record()
    pages = [
        Page(number, house.web, one["session"], one["path"], record)
        for number, one in enumerate(said["pages"])
    ]
    with asyncio.Runner() as runner:
        yield from runner.run(_open(pages, record))
        yield from runner.run(_poured(house, said, record))
        yield from runner.run(_back(house, said, record, pages))
        runner.run(_close(pages))


async def _open(pages: list[Page], record: Record) -> list[Figure]:
    began = time.monotonic()
    room = asyncio.Semaphore(OPENING)

    async def one(page: Page) -> None:
        async with room:
            await page.open()
            page.listen()

    await asyncio.gather(*(one(page) for page in pages))
    took = time.monotonic() - began
    await _quiet(record, 3)
    return [Figure("crowd.opened", took, "s")]


async def _close(pages: list[Page]) -> None:
    await asyncio.gather(*(page.close() for page in pages))


async def _poured(house: House, said: dict[str, Any], record: Record) -> list[Figure]:
    before, began = house.seconds(), time.monotonic()
    webhooks, unanswered = await pour(house.web, said, SECRET, record, rate=RATE, seconds=SECONDS)
    took, ended = time.monotonic() - began, began + SECONDS
    used = {name: value - before[name] for name, value in house.seconds().items()}
    behind = record.under_way
    late = await _quiet(record, 20)
    asked = record.between(began, ended)
    signals = [at for at, _page in record.signals if began <= at < ended]
    figures = [
        Figure("crowd.messages", len(webhooks) / took, "/s"),
        Figure("crowd.unanswered", unanswered, "", budget=0),
        *_times("crowd.webhook", webhooks),
        Figure("crowd.signals", len(signals) / SECONDS / PAGES, "/s page"),
        Figure("crowd.requests", len(asked) / SECONDS, "/s"),
        Figure("crowd.requests.message", len(asked) / max(1, len(webhooks)), ""),
        Figure("crowd.requests.page", len(asked) / SECONDS / PAGES, "/s page", budget=0.5),
    ]
    figures += [Figure(f"crowd.asked.{what}", n / SECONDS, "/s") for what, n in by_what(asked).most_common()]
    figures += _times("crowd.answer", [one.took for one in asked])
    figures += _times("crowd.heard", record.heard)
    figures += _times("crowd.shown", record.shown)
    figures += [Figure("crowd.under_way", behind, "", budget=20), Figure("crowd.late", late, "s")]
    figures += [Figure(f"crowd.cpu.{name}", 100 * used[name] / took, "% core") for name in sorted(used)]
    return [*figures, Figure("crowd.refused", _refused(record), "", budget=0)]


async def _back(house: House, said: dict[str, Any], record: Record, pages: list[Page]) -> list[Figure]:
    """All come back at once; then two messages a second come, so that it is known which pages hear again."""
    house.kill_live()
    began = time.monotonic()
    house.start_live()
    mark = len(record.signals)
    await asyncio.sleep(AFTER)
    asked = [one for one in record.between(began, began + AFTER) if one.what != "presence"]
    each = Counter(int(one.at - began) for one in asked)
    worst = max(each, key=lambda second: each[second], default=0)
    in_worst = by_what([one for one in asked if int(one.at - began) == worst])
    tokens = [one for one in asked if one.what == "live-token"]
    spread = [at - began for at, _page in record.refreshes if at >= began]
    figures = [
        Figure("crowd.back.open", sum(page.stream.is_open for page in pages), f"of {PAGES}"),
        Figure("crowd.back.refreshes", len(spread) / PAGES, "/page", budget=1),
        Figure("crowd.back.requests", len(asked) / PAGES, "/page"),
        Figure("crowd.back.tokens", len(tokens) / PAGES, "/page"),
        Figure("crowd.back.largest_second", max(each.values(), default=0), "", budget=100),
        *(Figure(f"crowd.back.largest_second.{what}", n, "") for what, n in in_worst.most_common()),
        Figure("crowd.back.last", max((one.at - began for one in asked), default=0), "s"),
        *_times("crowd.back.answer", [one.took for one in asked]),
        Figure("crowd.back.under_way", record.under_way, "", budget=20),
    ]
    figures += [Figure(f"crowd.back.second.{n}", each[n], "") for n in range(int(AFTER)) if each[n]]
    await pour(house.web, said, SECRET, record, rate=2, seconds=5)
    await asyncio.sleep(3)
    deaf = PAGES - len({page for _at, page in record.signals[mark:]})
    return [
        *figures,
        Figure("crowd.back.deaf", deaf, "pages"),
        Figure("crowd.back.refused", _refused(record), "", budget=0),
    ]


async def _quiet(record: Record, seconds: float) -> float:
    """Waits until nothing is under way, so long at most; how long that took."""
    began = time.monotonic()
    while record.under_way and time.monotonic() - began < seconds:  # noqa: ASYNC110 (a look now and then will do)
        await asyncio.sleep(0.1)
    took = time.monotonic() - began
    await asyncio.sleep(1)
    return took


def _times(name: str, values: list[float]) -> list[Figure]:
    if not values:
        return []
    median, p95 = median_and_p95(values)
    return [Figure(name, median, "ms"), Figure(f"{name}.p95", p95, "ms")]


def _refused(record: Record) -> int:
    return sum(one.status not in (200, 204) for one in record.asked)

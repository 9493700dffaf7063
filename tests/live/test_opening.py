"""What is said to a stream while it is being opened."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from crm.live.streams import Stream, event


def told(*acts: str) -> tuple[list[bytes], bool]:
    """What goes out of a stream with which this is done, and whether its task was ended."""
    sent: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["body"])

    async def scene() -> bool:
        held: Any = None
        task = asyncio.create_task(asyncio.sleep(0.05))
        stream = Stream(held, send, task)
        for act in acts:
            if act == "open":
                assert sent == [], "nothing is written before the answer has begun"
                stream.open()
            elif act == "end":
                stream.finish("end")
            else:
                stream.push(event(act))
            await asyncio.sleep(0)
        await asyncio.wait([task])
        return task.cancelled()

    with ThreadPoolExecutor(1) as thread:  # the browser of other tests has a loop in this one
        ended = thread.submit(lambda: asyncio.run(scene())).result()
    return [line for body in sent for line in body.splitlines() if line.startswith(b"event")], ended


def test_what_is_said_while_it_opens_is_told_behind_ready() -> None:
    said = [b"event: ready", b"event: signal", b"event: signal"]
    assert told("signal", "open", "signal") == (said, False)


def test_a_stream_that_is_ended_while_it_opens_says_so_and_ends() -> None:
    assert told("end") == ([], False)  # who opens it sees that it is ending, and answers so
    assert told("signal", "end", "open") == ([b"event: end"], True)


def test_more_than_it_may_keep_becomes_one_refresh() -> None:
    assert told(*["signal"] * 257, "open") == ([b"event: ready", b"event: refresh"], False)

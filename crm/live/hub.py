"""All streams of this process, found by topic and by person, and what was said lately.

The last two minutes are kept, so that a page whose stream opens a moment after it was made, or again after
a short break, is told what it missed instead of loading everything anew. What reaches back further is
answered by `refresh`.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from crm.live.pacing import Queue, pace
from crm.live.streams import Stream, event
from crm.live.tokens import now_ms

BEAT = 20.0  # seconds between comments on a silent stream
PER_HOLDER = 20  # streams of one person in this process; a browser opens one for each workspace
MEMORY = 120_000  # milliseconds
MEMORY_ITEMS = 5_000
SLACK = 2_000  # milliseconds: the clocks of web and live differ, and a page is read before its token is made
# Seconds before its token's end that a stream ends, so that no token is used up while it is renewed.
EARLY = 5


class Hub:
    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self._by_topic: dict[str, set[Stream]] = defaultdict(set)
        self._by_holder: dict[object, set[Stream]] = defaultdict(set)
        self._said: deque[tuple[int, str, bytes | None]] = deque()  # None: load anew
        self._heard_since: int | None = None  # ms; None while Redis is not listened to
        self._queue = Queue()

    def has_room_for(self, holder: object) -> bool:
        return len(self._by_holder.get(holder, ())) < PER_HOLDER

    def add(self, stream: Stream) -> None:
        self.streams.add(stream)
        self._by_holder[stream.held.holder].add(stream)
        for topic in stream.held.topics:
            self._by_topic[topic].add(stream)

    def remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        _drop(self._by_holder, stream.held.holder, stream)
        for topic in stream.held.topics:
            _drop(self._by_topic, topic, stream)

    def catch_up(self, stream: Stream, since: int) -> None:
        """Say what was said since `since` (ms), or `refresh` when that is not known."""
        since -= SLACK
        if self._heard_since is None or since < self._heard_since:
            self._refresh(stream)
            return
        for at, topic, text in self._said:
            if at >= since and topic in stream.held.topics:
                self._pass_on(stream, text)

    def say(self, topic: str, data: str) -> None:
        """Pass a signal on to whoever listens to the topic, with how long its pages should wait where many are open.
        That many things changed at once is not passed on: pages load anew, each when it is its turn."""
        at, told = now_ms(), self._by_topic.get(topic, set())
        said = json.loads(data)
        text = None
        if said["kind"] != "refresh":
            paced = {**said, **pace(len(told), len(self.streams))}
            text = event("signal", json.dumps(paced, separators=(",", ":")), at)
        self._said.append((at, topic, text))
        if len(self._said) > MEMORY_ITEMS:
            self._forget()
        for stream in told:
            self._pass_on(stream, text)

    def refresh(self) -> None:
        """Signals may have been lost: every page loads what it shows anew; nothing older counts as known."""
        self._said.clear()
        self._heard_since = now_ms()
        for stream in self.streams:
            self._refresh(stream)

    def listening(self) -> None:
        """Redis is listened to from now on, after none or a gap."""
        self.refresh()

    def deaf(self) -> None:
        self._heard_since = None

    @property
    def is_listening(self) -> bool:
        return self._heard_since is not None

    def end(self, match: Mapping[str, Any]) -> None:
        """End the streams whose pass has all these fields."""
        streams = self._by_holder.get(match["user"], ()) if "user" in match else self.streams
        for stream in list(streams):
            if all(getattr(stream.held, field, None) == value for field, value in match.items()):
                stream.finish("end")

    def tick(self) -> None:
        """Once a second: end what has run out, keep the silent alive, forget what is old."""
        now, beat_before = time.time(), time.monotonic() - BEAT
        for stream in list(self.streams):
            if stream.held.expires - EARLY <= now:
                stream.finish("renew")
            elif stream.wrote_at <= beat_before:
                stream.beat()
        old = now_ms() - MEMORY
        while self._said and self._said[0][0] < old:
            self._forget()
        if self._heard_since is not None:
            self._heard_since = max(self._heard_since, old)

    def heard(self, channel: str, data: str) -> None:
        """A message of Redis: `topic:<topic>` or `control`. Raises ValueError, KeyError or TypeError for what is not
        ours."""
        if channel.startswith("topic:"):
            self.say(channel.removeprefix("topic:"), data)
            return
        control = json.loads(data)
        if "end" in control:
            self.end(control["end"])
        elif "refresh" in control:
            self.refresh()

    def _pass_on(self, stream: Stream, text: bytes | None) -> None:
        if text is None:
            self._refresh(stream)
        else:
            stream.push(text)

    def _refresh(self, stream: Stream) -> None:
        """Its pages load anew when it is their turn; nothing more to say while they wait for it, since what they fetch
        then is what is then."""
        now = time.monotonic()
        if stream.refreshes_at > now:
            return
        wait = self._queue.place(len(self.streams))
        stream.refreshes_at = now + wait
        stream.push(event("refresh", json.dumps({"after": round(wait * 1000)})))

    def _forget(self) -> None:
        at, _, _ = self._said.popleft()
        if self._heard_since is not None:
            self._heard_since = max(self._heard_since, at + 1)


def _drop(index: dict[Any, set[Stream]], key: Any, stream: Stream) -> None:
    index[key].discard(stream)
    if not index[key]:
        del index[key]

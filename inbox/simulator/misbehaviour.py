"""What the simulated provider does wrong when it is asked to.

A fault waits for the next requests it fits and is used up by them. Kinds:

error              answers `code` (with its usual HTTP status, or `status`)
status             answers HTTP `status` with a page of HTML, as a proxy in front would
garbage            answers 200 with what is no JSON
empty              answers 200 with nothing
hang               takes nothing, answers nothing, until the client hangs up or `seconds` are over
close              takes nothing and closes the connection
slow               waits `seconds`, then does its work
accept_then_hang   takes the message, whose statuses follow, but never answers
accept_then_close  takes the message and closes the connection without an answer
accept_then_error  takes the message and answers `code` or `status`
accept_then_fail   takes the message and says so; its status webhook is "failed" with `code` (131026)
"""

import threading
from dataclasses import asdict, dataclass, field
from itertools import count

from inbox.simulator.errors import GraphError
from inbox.simulator.payloads import Payload
from inbox.simulator.web import Answer, as_json

KINDS = (
    "error",
    "status",
    "garbage",
    "empty",
    "hang",
    "close",
    "slow",
    "accept_then_hang",
    "accept_then_close",
    "accept_then_error",
    "accept_then_fail",
)
AREAS = ("messages", "media", "download", "templates", "graph", "any")  # graph: all other calls
LONGEST = 600.0
_ids = count(1)


@dataclass
class Fault:
    """`times` None: until it is taken back. `number_id`: only for this number."""

    kind: str
    code: int | None = None
    status: int | None = None
    times: int | None = 1
    area: str = "messages"
    number_id: str | None = None
    seconds: float = 5.0
    id: int = field(default_factory=lambda: next(_ids))
    met: int = 0  # requests it was done to

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}")
        if self.area not in AREAS:
            raise ValueError(f"no such area: {self.area}")

    @property
    def accepts(self) -> bool:
        """Whether the request is done all the same."""
        return self.kind == "slow" or self.kind.startswith("accept_")

    def answer(self) -> Answer | None:
        """What is said instead; None where nothing is."""
        if self.kind in ("garbage", "empty"):
            return Answer(b"" if self.kind == "empty" else b'{"messages": [{"id": "wamid.')
        if self.kind not in ("error", "status", "accept_then_error"):
            return None
        if self.code is not None:
            error = GraphError(self.code, "Made by the simulator.", status=self.status)
            return as_json(error.body(), error.status)
        status = self.status or 500
        return Answer(f"<html><body><h1>{status}</h1></body></html>".encode(), status, "text/html")


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self, fault_id: int | None = None) -> None:
        """One, or all."""
        with self._lock:
            self._faults = [one for one in self._faults if fault_id is not None and one.id != fault_id]

    def take(self, area: str, number_id: str | None) -> Fault | None:
        """The oldest that fits, one use of it."""
        with self._lock:
            for fault in self._faults:
                if fault.area in (area, "any") and fault.number_id in (None, number_id):
                    fault.met += 1
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None

    def listed(self) -> list[Payload]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

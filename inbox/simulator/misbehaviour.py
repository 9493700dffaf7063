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
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from itertools import count

from inbox.simulator.web import Payload

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
LONGEST = 600.0
_ids = count(1)


@dataclass
class Fault:
    """`times` None: until it is taken back. `line_id`: only for this line."""

    kind: str
    code: int | None = None
    status: int | None = None
    times: int | None = 1
    area: str = "messages"
    line_id: str | None = None
    seconds: float = 5.0
    id: int = field(default_factory=lambda: next(_ids))
    met: int = 0  # requests it was done to

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}")

    @property
    def accepts(self) -> bool:
        """Whether the request is done all the same."""
        return self.kind == "slow" or self.kind.startswith("accept_")


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault, areas: Collection[str]) -> Fault:
        """Raises ValueError where no call is of its area."""
        if fault.area not in areas:
            raise ValueError(f"no such area: {fault.area}")
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self, fault_id: int | None = None) -> None:
        """One, or all."""
        with self._lock:
            self._faults = [one for one in self._faults if fault_id is not None and one.id != fault_id]

    def take(self, area: str, line_id: str | None) -> Fault | None:
        """The oldest that fits, one use of it."""
        with self._lock:
            for fault in self._faults:
                if fault.area in (area, "any") and fault.line_id in (None, line_id):
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

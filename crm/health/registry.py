"""The checks of readiness, and one report of them all."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

log = logging.getLogger(__name__)
FRESH = 1.0  # seconds a report is good for: a crowd that asks costs no more than one


class NotReady(Exception):
    """Raised by a check. Its words are shown to whoever asks: no address, no name, no secret."""


@dataclass(frozen=True)
class Result:
    """One check: fine or why not, and how long it took."""

    ok: bool
    ms: float
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """All checks by name."""

    checks: dict[str, Result]
    at: float = field(default_factory=time.monotonic)

    @property
    def is_ready(self) -> bool:
        return all(result.ok for result in self.checks.values())


_checks: dict[str, Callable[[], str | None]] = {}
_lock = Lock()
_last: list[Report] = []


def register_check(name: str, check: Callable[[], str | None]) -> None:
    """`check` returns nothing, or a detail worth showing; it raises NotReady, or anything, where it fails."""
    _checks[name] = check


def report(*, fresh: bool = False) -> Report:
    """Runs every check, in the order of registration; within a second of the last report gives that one."""
    with _lock:
        if not fresh and _last and time.monotonic() - _last[0].at < FRESH:
            return _last[0]
        found = Report({name: _run(name, check) for name, check in _checks.items()})
        _last[:] = [found]
        return found


def _run(name: str, check: Callable[[], str | None]) -> Result:
    started = time.perf_counter()
    ok, detail = True, ""
    try:
        detail = check() or ""
    except NotReady as reason:
        ok, detail = False, str(reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, this part is not ready; the log says why
        log.warning("The check %s failed: %s", name, type(error).__name__)
        ok, detail = False, "does not answer"
    return Result(ok, round((time.perf_counter() - started) * 1000, 1), detail)

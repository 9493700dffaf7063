"""What a log says about the end of its process, in one line."""

import json
import os
from pathlib import Path

TAIL = 16_384  # bytes
LONGEST = 300  # characters
SIGNS = ("PANIC:", "FATAL:", "[ERROR]", "ERROR:", "Error:", "error:")


def last_words(log: Path, began: int = 0) -> str:
    """The last error after the first `began` bytes, of the surest kind there is; else the last line.

    1. A structured line of level error or critical. 2. The error of a traceback. 3. A line that names an error.
    """
    lines = _tail(log, began)
    return (_structured(lines) or _raised(lines) or _named(lines) or _last(lines))[:LONGEST]


def first_fatal(log: Path, began: int) -> str:
    """Of PostgreSQL: the first line that says why, since the ones after it only say what followed."""
    for line in _tail(log, began):
        for mark in ("PANIC:", "FATAL:", "error:"):
            if mark in line:
                return line.split(mark, 1)[1].strip().rstrip(".") + "."
    return last_words(log, began)


def _structured(lines: list[str]) -> str:
    for line in reversed(lines):
        if line.startswith("{"):
            try:
                said = json.loads(line)
            except ValueError:  # cut in the middle
                continue
            if isinstance(said, dict) and said.get("level") in ("error", "critical"):
                return f"{said.get('message', '')}".strip()
    return ""


def _raised(lines: list[str]) -> str:
    """The first line of the error, whose message may go on for several."""
    traces = [number for number, line in enumerate(lines) if line.startswith("Traceback ")]
    return next((line for line in lines[traces[-1] + 1 :] if line[:1].strip()), "") if traces else ""


def _named(lines: list[str]) -> str:
    return next((line.strip() for line in reversed(lines) if any(sign in line for sign in SIGNS)), "")


def _last(lines: list[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _tail(log: Path, began: int) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(began, file.seek(0, os.SEEK_END) - TAIL))
            return file.read().decode(errors="replace").splitlines()
    except OSError:
        return []

"""Reading what strangers send as JSON: total functions that never raise and give what PostgreSQL can keep.

A signed body is genuine, not sane: people write the names and texts in it, and providers change their types without a
word. Every parser of a channel reads through these.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

TEXT = 20_000  # characters of a body; every provider's own limit is lower
SHORT = 500  # of names, titles, addresses
ID = 200  # of a provider's id; a longer one is refused, since cut it would be another
DEPTH = 8  # levels kept of what is stored as it came
ITEMS = 200  # members kept of one list or object
DIGITS = 18  # of a number; longer ones stay as text

EPOCH = datetime(2009, 1, 1, tzinfo=UTC)  # before any of these services
AHEAD = timedelta(days=1)  # by how much a provider's clock may be ahead of ours

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def loads(body: bytes) -> Any:
    """JSON without NaN, infinities and giant numbers. Raises ValueError, also where it is nested too deeply."""
    try:
        return json.loads(body, parse_constant=_no_number, parse_int=_integer, parse_float=_float)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def text(value: Any, limit: int = SHORT) -> str:
    """What is written, cut at the limit with a mark; empty for anything but text and numbers."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    clean = _UNSTORABLE.sub(_replaced, str(value))
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def identifier(value: Any) -> str:
    """A provider's id, or empty where it is none."""
    found = text(value, ID + 1).strip()
    return found if len(found) <= ID else ""


def digits(value: Any) -> str:
    """The digits of a phone number or numeric id, without the rest; empty where there are none, or too many."""
    found = "".join(filter(str.isdecimal, text(value, 40)))
    return found if found.isascii() and 4 <= len(found) <= 20 else ""


def number(value: Any) -> int | float | None:
    """A number, also where it was written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value) if len(value) <= DIGITS else None
        except ValueError:
            return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) else None


def flag(value: Any) -> bool:
    return value is True or value == "true"


def moment(value: Any, otherwise: datetime) -> datetime:
    """Seconds (or milliseconds) since 1970 as a time; `otherwise`, the arrival, where it is missing or absurd."""
    seconds = number(value)
    if seconds is None:
        return otherwise
    if seconds > 100_000_000_000:
        seconds /= 1000
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return otherwise
    return found if EPOCH <= found <= otherwise + AHEAD else otherwise


def storable(value: Any, depth: int = DEPTH) -> Any:
    """Whatever came, bounded in depth, breadth and length, for a JSON column."""
    if isinstance(value, dict):
        if depth == 0:
            return {}
        members = list(value.items())[:ITEMS]
        return {text(key, 100): storable(member, depth - 1) for key, member in members}
    if isinstance(value, list):
        return [storable(member, depth - 1) for member in value[:ITEMS]] if depth else []
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return number(value)
    return text(value, TEXT)


def chosen(source: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those members that are there and not empty, storable."""
    return {name: storable(source[name]) for name in names if source.get(name) not in (None, "", [], {})}


def _no_number(_: str) -> None:
    return None


def _integer(written: str) -> int | str:
    return int(written) if len(written) <= DIGITS else written[:100]


def _float(written: str) -> float | None:
    found = float(written)
    return found if math.isfinite(found) else None


def _replaced(match: re.Match[str]) -> str:
    return "" if match[0] == "\0" else "\ufffd"

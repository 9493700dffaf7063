"""The way back of acts that write columns of placements: to what they held, where they still hold what was written."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from directory.bulk import words
from directory.bulk.batch import At, Batch

_MOMENTS = {"closed_at", "stage_since"}
_SILENT = {"position", "stage_since", "closed_at"}
Pairs = Mapping[str, list[Any]]  # {column: [what it was, what was written]}, as `Batch.write` keeps it


def take_back(
    batch: Batch,
    before: Mapping[int, Pairs],
    verb: StrEnum | Callable[[Mapping[str, Any]], StrEnum],
    *,
    check: Callable[[At, Mapping[str, Any]], str] = lambda row, values: "",
) -> None:
    """`verb` of the events, or what says it of the columns that are written again. `check`: why a lead stays as it is
    although nothing changed since, "" for most."""
    wanted: dict[StrEnum, dict[int, dict[str, Any]]] = {}
    for row in batch.rows:
        pairs = before[row.lead]
        values = {name: _value(name, was) for name, (was, _wrote) in pairs.items()}
        if not holds(row, pairs):
            batch.refused[row.lead] = words.CHANGED
        elif why := check(row, values):
            batch.refused[row.lead] = why
        else:
            named = verb if isinstance(verb, StrEnum) else verb(values)
            wanted.setdefault(named, {})[row.lead] = values
    for named, rows in wanted.items():
        batch.write(rows, verb=named)


def holds(row: At, pairs: Pairs) -> bool:
    """Whether it still holds all that was written; where it stands in a column, and since when, does not count."""
    return all(getattr(row, name) == wrote for name, (_was, wrote) in pairs.items() if name not in _SILENT)


def _value(name: str, stored: Any) -> Any:
    return datetime.fromisoformat(stored) if name in _MOMENTS and stored is not None else stored

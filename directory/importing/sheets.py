"""A sheet's rows as a table of text, made once, by a process that may fail alone (see sheets_child)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from directory.importing import limits
from directory.importing.archives import Unfit

CHILD = Path(__file__).with_name("sheets_child.py")


@dataclass(frozen=True)
class Sheet:
    """Which sheets one can choose from, and which one the table has."""

    names: list[str]
    name: str


def to_table(source: Path, table: Path, *, sheet: str = "") -> Sheet:
    """Raises Unfit. Without a `sheet`, of the first that has rows."""
    bounds = {
        "memory": limits.SHEET_MEMORY,
        "seconds": limits.SHEET_SECONDS,
        "table": limits.MOST_TABLE,
        "sheet": sheet,
    }
    done = subprocess.run(
        [sys.executable, "-I", str(CHILD), str(source), str(table), json.dumps(bounds)],
        capture_output=True,
        check=False,
        timeout=2 * limits.SHEET_SECONDS,
    )
    if done.returncode != 0:
        raise Unfit("sheet_too_large" if done.returncode < 0 or b"MemoryError" in done.stderr else "no_sheet")
    answer = json.loads(done.stdout)
    if problem := answer.get("problem"):
        raise Unfit(problem)
    return Sheet(answer["sheets"], answer["sheet"])

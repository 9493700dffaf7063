"""A sheet's rows as a table of text, made once, by a process that may fail alone (see sheets_child)."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from directory.importing import limits
from directory.importing.archives import Unfit

log = logging.getLogger(__name__)
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
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
        log.warning(
            "A spreadsheet could not be read", extra={"fields": {"error": last, "code": done.returncode}}
        )
        raise Unfit("sheet_too_large" if done.returncode < 0 or "MemoryError" in last else "no_sheet")
    answer = json.loads(done.stdout)
    if problem := answer.get("problem"):
        raise Unfit(problem)
    return Sheet(answer["sheets"], answer["sheet"])

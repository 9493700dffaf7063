"""Leads into files over the million: CSV against `\\copy` of the same query, XLSX against openpyxl's write-only mode.

Both are whole jobs, as a worker runs them: windows, parts, progress, storage. The floors are asked in the same run, and
write what the same columns hold to a file on the same disk.
"""

from collections.abc import Iterator

from bench.figures import Figure
from bench.million import LEADS
from bench.stage import Stage

MEGABYTES = 96  # that a worker may grow by, whatever is exported
SPREADSHEET = 100_000  # rows


def measure() -> Iterator[Figure]:
    with Stage(kept=f"million-{LEADS}") as stage:
        stage.manage("bench_million", "--leads", str(LEADS))
        took, floor, grew = map(float, stage.manage("bench_export", "csv").split())
        yield Figure("export.csv", took, "s", budget=2, floor=floor, relative=True)
        yield Figure("export.csv.memory", grew, "MB", budget=MEGABYTES)
        took, floor, grew = map(
            float, stage.manage("bench_export", "xlsx", "--rows", str(SPREADSHEET)).split()
        )
        yield Figure("export.xlsx", took, "s", budget=0.6, floor=floor, relative=True)
        yield Figure("export.xlsx.memory", grew, "MB", budget=MEGABYTES)

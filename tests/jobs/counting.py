"""Two long jobs: one writes a file, one changes rows. Slow enough to be killed in the middle of it."""

import time

from crm.jobs import Progress, write_csv
from crm.jobs.models import Job
from workspaces.models import Team


def write_rows(job: Job, progress: Progress) -> None:
    """params: `rows`, how many; `pause`, seconds a page of 100."""
    progress.total(job.params["rows"])

    def page(after: int | None) -> tuple[list[list[object]], int]:
        time.sleep(job.params.get("pause", 0))
        first = after or 0
        last = min(first + 100, job.params["rows"])
        return [[number, f"row {number}"] for number in range(first, last)], last

    write_csv(job, progress, name="números.csv", header=["number", "words"], page=page)


def make_teams(job: Job, progress: Progress) -> None:
    """params: `teams`, how many; `pause`, seconds a batch of 5; `fail_at`, the batch that fails, once."""
    while (made := job.cursor.get("made", 0)) < job.params["teams"]:
        with progress.batch(advance=5, cursor={"made": made + 5}):
            Team.objects.bulk_create(Team(name=f"Team {number}") for number in range(made, made + 5))
            time.sleep(job.params.get("pause", 0))
            if job.params.get("fail_at") == made and job.attempt == 1:
                raise ConnectionError("the provider went away")

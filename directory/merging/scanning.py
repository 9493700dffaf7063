"""Looking through all leads for duplicates, on request: a job, in batches that do not grow with the directory."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm import jobs
from crm.jobs.models import Job
from crm.jobs.progress import Progress
from directory.merging import finding
from directory.permissions import DirectoryPermission
from workspaces.models import Membership

KIND_NAME = "directory.duplicates"


def start(*, by: Membership) -> Job:
    """One at a time in a workspace: where one is under way, that one."""
    under_way: Job | None = Job.objects.open().filter(kind=KIND_NAME).order_by("id").first()
    return under_way or jobs.start(KIND_NAME, by=by, params={})


def run(job: Job, progress: Progress) -> None:
    """Each scan from where its last batch was committed."""
    cursor: dict[str, Any] = {"found": 0, "large": 0, "through": [], "after": [], **job.cursor}
    waiting = [scan for scan in finding.scans if scan.key not in cursor["through"]]
    totals = {scan.key: scan.total() for scan in finding.scans}
    progress.total(sum(totals.values()))
    for scan in waiting:
        while scan.key not in cursor["through"]:
            left = sum(totals[key] for key in {*cursor["through"], scan.key}) - progress.job.done
            _step(scan, cursor, progress, advance=max(0, min(finding.ROWS, left)))
    progress.total(progress.job.done)  # rows that belong together are gone through at once
    if cursor["large"]:
        progress.say("large", found=cursor["found"], large=cursor["large"], most=finding.GROUP)
    else:
        progress.say("found", found=cursor["found"])


def _step(scan: finding.Scan, cursor: dict[str, Any], progress: Progress, *, advance: int) -> None:
    """One batch. The cursor is written at its end, as it is by then."""
    with progress.batch(advance=advance, cursor=cursor):
        batch = scan.batch(cursor["after"])
        cursor["found"] += batch.found
        cursor["large"] += batch.large
        cursor["after"] = batch.after or []
        if batch.after is None:
            cursor["through"] = [*cursor["through"], scan.key]


KIND = jobs.JobKind(
    KIND_NAME,
    run=run,
    label=_("Search for duplicates"),
    permission=DirectoryPermission.MERGE_LEADS,
    messages={
        "found": _("%(found)s new pairs were found."),
        "large": _(
            "%(found)s new pairs were found. %(large)s numbers, addresses or names stand on more than %(most)s leads:"
            " of each, only the first %(most)s were compared."
        ),
    },
)

"""The audit log as CSV: a job."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs import JobKind, Progress, write_csv
from crm.jobs.models import Job
from crm.ui import keyset
from workspaces.audit_log.filters import Filters
from workspaces.audit_log.words import Line, line_of
from workspaces.middleware import activate_zone
from workspaces.models import Workspace
from workspaces.permissions import WorkspacePermission

PAGE = 1000  # rows read at once


def run(job: Job, progress: Progress) -> None:
    """CSV, newest first; moments in the workspace's zone, words in the language of who asked."""
    workspace = Workspace.objects.get(pk=job.workspace_id)
    rows = Filters.of_params(job.params).rows(workspace).select_related("actor")

    def page(after: Any) -> tuple[Sequence[Sequence[Any]], Any]:
        if after == "":  # where the last page said that nothing follows
            return [], after
        found = keyset.page(rows, "created_at", after=after or "", limit=PAGE)
        return [_csv_row(line_of(entry)) for entry in found], found.next

    with translation.override(job.asker.language), timezone.override(None):
        activate_zone(workspace.time_zone)
        if job.total is None:
            progress.total(rows.count())
        title = _("audit-log")
        name = f"{title}-{workspace.public_id}-{timezone.localdate(job.created_at):%Y-%m-%d}.csv"
        write_csv(job, progress, name=name, header=_csv_header(), page=page)


def _csv_header() -> list[str]:
    return [
        _("When"),
        _("Who"),
        _("What"),
        _("Target"),
        _("Changes"),
        _("Origin"),
        _("IP address"),
        _("Device"),
    ]


def _csv_row(line: Line) -> list[Any]:
    device = line.device.name if line.device else ""
    changes = "; ".join(_joined(line.changes))
    return [line.at, line.actor, line.what, line.target, changes, line.origin, line.ip, device]


def _joined(changes: Iterable[Any]) -> list[str]:
    return [str(change) for change in itertools.islice(changes, 100)]


KIND = JobKind(
    "audit_export",
    run=run,
    label=gettext_lazy("Export of the audit log"),
    permission=WorkspacePermission.EXPORT_AUDIT,
)

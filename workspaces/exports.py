"""Two exports as jobs: the audit log as CSV, and a whole workspace as a zip of JSON lines and media."""

import itertools
import json
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import jobs
from crm.jobs import JobKind, Progress, write_csv
from crm.jobs.models import Job
from crm.ui import keyset
from workspaces import archive, portability
from workspaces.actions import audit
from workspaces.audit_words import Line, line_of
from workspaces.forms.audit import Filters
from workspaces.middleware import activate_zone
from workspaces.models import Membership, Verb, Workspace
from workspaces.permissions import WorkspacePermission

PAGE = 1000  # rows of the audit log read at once
PART = 8_388_608  # bytes of JSON lines in one file of the archive, before they are compressed
CHUNK = 262_144  # bytes of a medium copied at once
FORMAT = 1  # of the archive, told in its manifest


@transaction.atomic
def start_audit_export(filters: Filters, *, by: Membership) -> Job:
    """The job, and the row in the log that tells of it."""
    job = jobs.start("audit_export", by=by, params=filters.as_params())
    changes = {
        name: [None, value] for name, value in filters.as_params().items() if value and name != "actor_id"
    }
    if filters.membership_id:
        person = Membership.objects.select_related("user").get(pk=filters.membership_id)
        changes["person"] = [None, str(person.user)]
    if filters.verb:
        changes["verb"] = [None, str(Verb(filters.verb).label)]
    audit.record(by.workspace_id, verb=Verb.AUDIT_EXPORTED, by=by, changes=changes)
    return job


def run_audit_export(job: Job, progress: Progress) -> None:
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


def run_workspace_export(job: Job, progress: Progress) -> None:
    """A zip of one or more files of JSON lines for each section, then the media, then a manifest.

    Written in parts, each of whole files, so that a killed worker's export goes on with the next: `job.cursor` holds
    the step, where in it the last part ended, how many rows each section has, and the archive's directory so far.
    A section of more than PART bytes becomes audit.jsonl, audit-2.jsonl, …
    """
    workspace = Workspace.objects.get(pk=job.workspace_id)
    steps: list[Any] = [*portability.sections(), *portability.files()]
    if not job.parts:
        day = timezone.localdate(job.created_at)
        progress.result(f"{workspace.public_id}-{day:%Y-%m-%d}.zip", "application/zip")
        progress.total(sum(section.count(workspace) for section in portability.sections()))
    while (step := job.cursor.get("step", 0)) < len(steps):
        _write_step(steps[step], workspace, job, progress)
    if not job.cursor.get("complete"):
        _write_manifest(workspace, job, progress)


def _write_step(step: Any, workspace: Workspace, job: Job, progress: Progress) -> None:
    """One part: a file of JSON lines, or some media."""
    state = {"step": 0, "after": None, "number": 1, "counts": {}, "directory": [], **job.cursor}
    counts = dict(state["counts"])
    job.done = sum(counts.values())  # what was counted but not stored is counted again
    with tempfile.TemporaryFile() as file:
        part = archive.Part(file, job.size, state["directory"])
        write = _write_files if isinstance(step, portability.Files) else _write_rows
        after, count, ended = write(part, step, workspace, state, progress)
        counts[step.name] = counts.get(step.name, 0) + count
        cursor = {
            "step": state["step"] + ended,
            "after": None if ended else after,
            "number": 1 if ended else state["number"] + 1,
            "counts": counts,
            "directory": part.directory(),
        }
        progress.add_part(file, advance=0, cursor=cursor)


def _write_rows(
    part: archive.Part, section: portability.Section, workspace: Workspace, state: Any, progress: Progress
) -> tuple[Any, int, bool]:
    """At most PART bytes of a section; where it ended, how many rows, whether that was all."""
    name = section.name if state["number"] == 1 else f"{section.name}-{state['number']}"
    after, count, size = state["after"], 0, 0
    with part.entry(f"{name}.jsonl") as entry:
        while size < PART and not (count and progress.is_turn_over):
            rows, following = section.page(workspace, after)
            if not rows:
                return after, count, True
            lines = "".join(f"{json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)}\n" for row in rows)
            size += entry.write(lines.encode())
            after = following
            count += len(rows)
            progress.advance(len(rows))
    return after, count, False


def _write_files(
    part: archive.Part, files: portability.Files, workspace: Workspace, state: Any, progress: Progress
) -> tuple[Any, int, bool]:
    """A page of media, each copied in pieces."""
    found, after = files.page(workspace, state["after"])
    for name, stored in found:
        if not default_storage.exists(stored):
            continue
        with default_storage.open(stored) as source, part.entry(f"media/{name}", compressed=False) as entry:
            for chunk in source.chunks(CHUNK):
                entry.write(chunk)
                progress.advance(0)
    return after, len(found), not found


def _write_manifest(workspace: Workspace, job: Job, progress: Progress) -> None:
    manifest = {
        "format": FORMAT,
        "workspace": {
            "id": workspace.public_id,
            "name": workspace.name,
            "time_zone": workspace.time_zone,
            "language": workspace.language,
            "currency": workspace.currency,
            "created_at": workspace.created_at,
        },
        "asked_at": job.created_at,
        "exported_at": timezone.now(),
        "rows": job.cursor.get("counts", {}),
    }
    with tempfile.TemporaryFile() as file:
        part = archive.Part(file, job.size, job.cursor.get("directory", []))
        with part.entry("manifest.json") as entry:
            entry.write(json.dumps(manifest, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode())
        part.end()
        progress.add_part(file, cursor={**job.cursor, "complete": True, "directory": []})


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


AUDIT_EXPORT = JobKind(
    "audit_export",
    run=run_audit_export,
    label=gettext_lazy("Export of the audit log"),
    permission=WorkspacePermission.EXPORT_AUDIT,
)
WORKSPACE_EXPORT = JobKind(
    "workspace_export",
    run=run_workspace_export,
    label=gettext_lazy("Export of the whole workspace"),
    permission=WorkspacePermission.EXPORT_WORKSPACE,
)

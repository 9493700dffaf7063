"""A whole workspace as a zip of JSON lines and media: a job."""

import json
import tempfile
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm.jobs import JobKind, Progress
from crm.jobs.models import Job
from workspaces import portability
from workspaces.models import Workspace
from workspaces.permissions import WorkspacePermission
from workspaces.portability import archive

PART = 8_388_608  # bytes of JSON lines in one file of the archive, before they are compressed
CHUNK = 262_144  # bytes of a medium copied at once
FORMAT = 1  # of the archive, told in its manifest


def run(job: Job, progress: Progress) -> None:
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


KIND = JobKind(
    "workspace_export",
    run=run,
    label=gettext_lazy("Export of the whole workspace"),
    permission=WorkspacePermission.EXPORT_WORKSPACE,
)

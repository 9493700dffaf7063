"""Long work with progress that can be left and found again. `docs/jobs.md` says how to write a kind.

    jobs.register_kind(JobKind("audit.export", run=…, label=_("Export of the audit log"), permission=…))
    job = jobs.start("audit.export", by=request.membership, params={"since": "2026-01-01"})

A killed worker's job goes on from where its last batch was committed.
"""

from typing import TYPE_CHECKING, Any

from crm.jobs.kinds import JobError, JobKind, Way, register_kind, register_oversight

if TYPE_CHECKING:
    from crm.jobs.csv_files import write_csv
    from crm.jobs.progress import Progress
    from crm.jobs.starting import cancel, cancel_of, start

__all__ = [
    "JobError",
    "JobKind",
    "Progress",
    "Way",
    "cancel",
    "cancel_of",
    "register_kind",
    "register_oversight",
    "start",
    "write_csv",
]

_LAZY = {
    "Progress": "crm.jobs.progress",
    "cancel": "crm.jobs.starting",
    "cancel_of": "crm.jobs.starting",
    "start": "crm.jobs.starting",
    "write_csv": "crm.jobs.csv_files",
}


def __getattr__(name: str) -> Any:
    """These need the models: they are loaded on first use, when the app registry is ready."""
    if name not in _LAZY:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_LAZY[name]), name)

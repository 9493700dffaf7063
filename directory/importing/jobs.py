"""The kinds of jobs of an import. Run by the worker, see docs/jobs.md."""

from django.utils.translation import gettext_lazy as _

from crm.jobs import JobKind, Progress, register_kind
from crm.jobs.models import Job
from directory.models import ImportState
from directory.permissions import DirectoryPermission

READ, CHECK, RUN, UNDO = "import.read", "import.check", "import.run", "import.undo"
OF_STATE = {
    ImportState.READING: READ,
    ImportState.CHECKING: CHECK,
    ImportState.RUNNING: RUN,
    ImportState.UNDOING: UNDO,
}
MESSAGES = {
    "import_gone": _("This import is no longer there, or something else was begun with it."),
    "import_not_allowed": _("Whoever asked for it may not import any more."),
}


def _read(job: Job, progress: Progress) -> None:
    from directory.importing import working

    working.read(job, progress)


def _check(job: Job, progress: Progress) -> None:
    from directory.importing import trying

    trying.check(job, progress)


def _run(job: Job, progress: Progress) -> None:
    from directory.importing import working

    working.run(job, progress)


def _undo(job: Job, progress: Progress) -> None:
    from directory.importing import taking_back

    taking_back.run(job, progress)


def register() -> None:
    for name, run, label in (
        (READ, _read, _("Reading a file of leads")),
        (CHECK, _check, _("Trial run of an import")),
        (RUN, _run, _("Import of leads")),
        (UNDO, _undo, _("Undoing an import")),
    ):
        register_kind(
            JobKind(
                name, run=run, label=label, permission=DirectoryPermission.IMPORT_LEADS, messages=MESSAGES
            )
        )

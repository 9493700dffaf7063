"""The trial run: what the run would do, without doing it.

It goes in turns, as the run does. What it knows (how many of each, why rows were refused, the keys that rows would have
brought) is kept at the end of a turn and now and then within one: a killed worker costs some seconds, and nobody else
waits for the whole file.
"""

import time
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from crm.jobs import Progress
from crm.jobs.models import Job
from directory.importing import matching, planning, storing
from directory.importing.deciding import Deciding
from directory.importing.drafts import Draft
from directory.importing.marks import Marks
from directory.importing.matching import Key, Standing
from directory.importing.planning import Plan
from directory.importing.reporting import Report
from directory.importing.working import allowed, batches, import_of, save
from directory.models import ImportState, RowOutcome

KEEP_EVERY = 10.0  # seconds


def check(job: Job, progress: Progress) -> None:
    one = import_of(job, ImportState.CHECKING)
    plan = planning.of(one, allowed(job))
    progress.total(one.total)
    trial = Trial(job, plan)
    job.done = trial.done
    kept = time.monotonic()
    for drafts in batches(plan, after=trial.position):
        trial.take(drafts)
        progress.advance(len(drafts))
        if progress.is_turn_over or time.monotonic() - kept >= KEEP_EVERY:
            trial.keep(progress)
            kept = time.monotonic()
    save(one, job, state=ImportState.CHECKED, report=trial.report.to_json(plan))
    storing.delete(trial.file)


class Trial:
    """What is known so far. `brought` are the keys that rows would have brought: of a million rows with a phone and an
    address each 32 MB, in the file, too, in which they wait for the next turn."""

    def __init__(self, job: Job, plan: Plan) -> None:
        held: dict[str, Any] = job.cursor
        self._job, self._plan = job, plan
        self.position, self.done = int(held.get("row", 0)), int(held.get("done", 0))
        self.file = str(held.get("file", ""))
        self.report = Report(held.get("report"))
        self.brought = Marks(_read(self.file) if self.file else b"")
        plan.new_tags.update(held.get("new_tags", {}))

    def take(self, drafts: list[Draft]) -> None:
        with transaction.atomic():
            matching.by_index()
            known = matching.found(drafts, self._plan, to_change=False)
        self._remember(drafts, known)
        for decision in Deciding(self._plan, known).decide(drafts):
            self.report.add(decision)
            if decision.outcome == RowOutcome.CREATED:
                for key in decision.draft.identities():
                    self.brought.add(key)
        self.position = drafts[-1].number
        self.done += len(drafts)

    def keep(self, progress: Progress) -> None:
        """The file of before goes with the commit; what a killed worker leaves goes with the folder of the job."""
        old, self.file = self.file, _written(self.brought, self._job)
        cursor = {
            "row": self.position,
            "done": self.done,
            "file": self.file,
            "report": self.report.kept(),
            "new_tags": self._plan.new_tags,
        }
        with progress.batch(cursor=cursor):
            transaction.on_commit(partial(storing.delete, old))

    def _remember(self, drafts: list[Draft], known: dict[Key, list[Standing]]) -> None:
        """What rows of earlier batches would have made is known, though it is not there."""
        keys = self._plan.options.keys
        for draft in drafts:
            for key in draft.identities():
                if key[0] in keys and key not in known and key in self.brought:
                    known[key] = [Standing(is_new=True, is_earlier=True)]


def _written(brought: Marks, job: Job) -> str:
    wanted = f"{job.folder}/brought-{job.attempt:05}"
    return default_storage.save(wanted, ContentFile(brought.to_bytes(), name=wanted))


def _read(name: str) -> bytes:
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content

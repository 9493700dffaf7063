"""What a running job is given: batches, parts of its file, and the count that people see.

Every write goes through the fence: it holds only while this attempt is the job's newest and the job is
running. So a cancelled job stops at its next word, and a worker that was thought dead cannot write beside
its successor.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.functions import Now

from crm import live
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job, State
from crm.work.models import Item
from crm.work.models import State as ItemState

LEASE = timedelta(seconds=60)  # without a word for so long, a worker counts as dead
WRITE_EVERY = 0.5  # seconds
SIGNAL_EVERY = 1.0


class SupersededError(Exception):
    """Cancelled, or taken up by another worker: stop, write nothing more."""


class TurnOverError(Exception):
    """This turn has lasted long enough: the job goes on in its next."""


class Progress:
    def __init__(self, job: Job, kind: JobKind, item: Item | None = None) -> None:
        self.job = job
        self._kind = kind
        self._item = item  # whose lease is prolonged while we work
        self._ends = time.monotonic() + kind.turn.total_seconds()
        self._wrote = self._signalled = 0.0

    @contextmanager
    def batch(self, *, advance: int = 0, cursor: dict[str, Any] | None = None) -> Iterator[None]:
        """A transaction around a batch's effects, which also moves the count and the cursor: all or nothing.

        Fenced from its first moment: until it commits, nobody else can take the job up. Afterwards the turn
        may end, by an exception that the kind lets pass.
        """
        with transaction.atomic():
            self._write(heartbeat_at=Now())
            yield
            self._step(advance, cursor)
        self._after()

    @contextmanager
    def abreast(self, *, advance: int = 0, cursor: dict[str, Any] | None = None) -> Iterator[None]:
        """A batch, where several are written at once, each on a connection of its own. It is fenced only at its end: by
        then the block has waited until those before it are committed. The job's turn goes on: see `end_turn`."""
        with transaction.atomic():
            self.without_waiting()
            yield
            self._step(advance, cursor)
        self._tell()

    def without_waiting(self) -> None:
        """In a batch: its commit waits for no disk. A server that dies then loses all of the batch or nothing, and what
        it loses is done again. The last commit of the job waits, and by then all before it is on disk."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")

    def end_turn(self) -> None:
        """Where it has lasted long enough, by an exception that the kind lets pass."""
        if self.is_turn_over:
            raise TurnOverError

    def add_part(self, content: IO[bytes], *, advance: int = 0, cursor: dict[str, Any] | None = None) -> None:
        """Append a piece to the result file and move the count and the cursor with it.

        The pieces are put together when the file is fetched, so that a file of any size is neither written
        twice nor begun anew. What a killed worker stored without committing is never referred to, and goes
        with the folder.
        """
        size = content.seek(0, 2)
        content.seek(0)
        wanted = f"{self.job.folder}/{self.job.attempt:05}-{len(self.job.parts):05}"
        name = default_storage.save(wanted, File(content, name=wanted))
        with transaction.atomic():
            self._step(advance, cursor, parts=[*self.job.parts, [name, size]])
        self._after()

    def advance(self, by: int = 1) -> None:
        """Count `by` more as done, for people; written at most twice a second. The cursor stays where it is."""
        self.job.done += by
        if time.monotonic() - self._wrote >= WRITE_EVERY:
            self._write(done=self.job.done, heartbeat_at=Now())
            self._tell()

    def total(self, number: int) -> None:
        """How many there will be."""
        self._write(total=number)
        self.job.total = number
        self._tell()

    def result(self, file_name: str, file_type: str) -> None:
        """What the result file is called and what it is. Once, before the first part."""
        self._write(file_name=file_name, file_type=file_type)
        self.job.file_name, self.job.file_type = file_name, file_type

    def say(self, code: str, **args: Any) -> None:
        """Words about how it went ("40 rows were left out"): a code of the kind's `messages`, with its arguments."""
        self._write(message_code=code, message_args=args)

    @property
    def is_turn_over(self) -> bool:
        return time.monotonic() >= self._ends

    def _step(self, advance: int, cursor: dict[str, Any] | None, **columns: Any) -> None:
        done = self.job.done + advance
        cursor = self.job.cursor if cursor is None else cursor
        self._write(done=done, cursor=cursor, heartbeat_at=Now(), **columns)
        self.job.done, self.job.cursor = done, cursor
        for field, value in columns.items():
            setattr(self.job, field, value)

    def _after(self) -> None:
        self._tell()
        self.end_turn()

    def _write(self, **columns: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, attempt=self.job.attempt, state=State.RUNNING)
        if not mine.update(**columns):
            raise SupersededError
        now = time.monotonic()
        if self._item is not None and now - self._wrote >= WRITE_EVERY:
            lease = Item.objects.filter(pk=self._item.pk, claim=self._item.claim, state=ItemState.CLAIMED)
            lease.update(lease_until=Now() + LEASE)
        self._wrote = now

    def _tell(self) -> None:
        if time.monotonic() - self._signalled >= SIGNAL_EVERY:
            self._signalled = time.monotonic()
            tell(self.job)


def tell(job: Job) -> None:
    """Let the asker's pages know, on commit."""
    live.signal(f"user:{job.asker_id}", "job", id=job.pk)

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from crm import nudge
from crm.jobs import JobKind, kinds
from crm.jobs.models import Job
from crm.tenancy import scope
from crm.work import runs
from crm.work.models import Item
from workspaces.models import Workspace


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings) -> FileSystemStorage:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    assert isinstance(default_storage, FileSystemStorage)
    return default_storage


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudge, "now", lambda *args, **kwargs: True)


@pytest.fixture
def work_off(no_broker: None) -> Callable[[], None]:
    """What the worker `bulk` does, until there is nothing left; waits are over at once."""

    def run() -> None:
        while runs.run("bulk") or _hasten():
            pass

    return run


@pytest.fixture
def register() -> Iterator[Callable[..., JobKind]]:
    before = dict(kinds._kinds)

    def add(name: str, run: Callable[..., None], **options: Any) -> JobKind:
        return kinds.register_kind(JobKind(name, run=run, label=options.pop("label", name), **options))

    yield add
    kinds._kinds.clear()
    kinds._kinds.update(before)


@pytest.fixture
def again(workspace: Workspace) -> Callable[[Job], Job]:
    """The job as the database has it, within its scope."""

    def read(job: Job) -> Job:
        with scope(workspace):
            return Job.objects.get(pk=job.pk)

    return read


def _hasten() -> int:
    from django.db.models.functions import Now

    return Item.objects.filter(kind="job", state="retry", due_at__gt=Now()).update(due_at=Now())

import pytest
from celery import current_app

from crm import nudge, schedule
from crm.celery import Task, app
from crm.tenancy import Unscoped, current_workspace

seen: list[object] = []


@app.task(name="tests.work.look")
def look(word):
    try:
        seen.append((word, current_workspace()))
    except Unscoped:
        seen.append((word, None))


@pytest.fixture(autouse=True)
def forget():
    seen.clear()


def test_shared_tasks_are_of_our_class():
    from crm.work.tasks import drain

    assert isinstance(current_app.tasks[drain.name], Task)


def test_a_task_is_sent_on_commit_and_runs_in_the_scope_it_was_sent_for(
    workspace, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(nudge, "send", lambda task, args, kwargs, queue: task.apply(args, kwargs))
    with django_capture_on_commit_callbacks(execute=True):
        look.on_commit("scoped", workspace=workspace)
        look.on_commit("by id", workspace=workspace.pk)
        look.on_commit("unscoped")
        assert seen == []
    assert seen == [("scoped", workspace.pk), ("by id", workspace.pk), ("unscoped", None)]


def test_beat_sends_what_the_apps_have_scheduled():
    entries = app.conf.beat_schedule
    assert entries is schedule.ENTRIES
    assert {"work.sweep", "work.purge", "feed.sweep", "mail.purge"} <= set(entries)
    for name, entry in entries.items():
        assert entry["task"] in _tasks(), name
        assert entry["options"]["queue"] in ("now", "bulk")
        assert entry["options"]["expires"] >= 1


def test_a_name_is_scheduled_once(monkeypatch):
    monkeypatch.setattr(schedule, "ENTRIES", {})
    schedule.every("x", seconds=2, task="a")
    with pytest.raises(schedule.AlreadyScheduled):
        schedule.daily("x", at="03:10", task="b")


def _tasks():
    app.loader.import_default_modules()
    return app.tasks

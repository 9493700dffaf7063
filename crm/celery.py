"""The Celery application. Two queues: `now` for what a person waits for, `bulk` for what may take its time.

A task is a shell: ids in, one scope, one action. It may be lost (Redis emptied) or come twice; what must happen is a
row that a sweep finds (`crm.work`, `crm.feed`).
"""

import os
from typing import Any

import celery
from celery.signals import worker_init
from django.db import transaction

from crm import collector, nudge, schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")


class Task(celery.Task):  # type: ignore[misc]
    """A task that runs in the scope of the workspace it was sent for, and is sent when the transaction commits.

        @app.task
        def recount(funnel_id: int) -> None: ...

        recount.on_commit(funnel.pk, workspace=workspace)

    Without `workspace` it runs in no scope, and a query of a tenant's rows refuses.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        workspace_id = kwargs.pop("_workspace", None)
        if workspace_id is None:
            return super().__call__(*args, **kwargs)
        from crm.tenancy import scope

        with scope(workspace_id):
            return super().__call__(*args, **kwargs)

    def on_commit(self, *args: Any, workspace: Any = None, queue: str = "now", **kwargs: Any) -> None:
        """Sends the task once the caller's transaction commits; lost, and counted, when the broker does not answer."""
        if workspace is not None:
            kwargs["_workspace"] = getattr(workspace, "pk", workspace)
        transaction.on_commit(lambda: nudge.send(self, args, kwargs, queue=queue), robust=True)


app = celery.Celery("cauce", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = schedule.ENTRIES
app.autodiscover_tasks()


@worker_init.connect
def _begin(**_kwargs: Any) -> None:
    """All is imported, and nothing is taken yet."""
    collector.rarely()

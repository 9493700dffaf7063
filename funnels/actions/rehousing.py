"""Emptying stages that are deleted: all their leads move elsewhere, set by set, each with its event.

1. What is deleted is marked as leaving: nobody puts leads there any more.
2. Up to AT_ONCE leads move in the caller's transaction, and what is empty is deleted. More are a job: batches of BATCH,
   each locked, moved and told in one transaction, so that it goes on where it was.
3. The last batch finds nothing, locks what leaves, so that no lead comes in any more, moves those that slipped in while
   nobody knew yet, and deletes it.
"""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import jobs
from crm.jobs import JobError, JobKind, Progress
from crm.jobs.models import Job
from directory.actions import events
from directory.actors import SYSTEM, Actor
from directory.models import Placement, Tally
from directory.verbs import Verb
from funnels.actions import telling
from funnels.models import Funnel, Stage
from funnels.permissions import FunnelPermission
from workspaces.errors import Refused
from workspaces.models import Membership

AT_ONCE = 2_000
BATCH = 1_000


def check_home(to: Stage | None) -> None:
    """Raise Refused where no leads can go. `to` comes with its funnel."""
    if to is not None and (to.leaving_since or to.funnel.leaving_since or to.funnel.is_archived):
        raise Refused(_("%(stage)s takes no leads. Choose another stage.") % {"stage": to})


def empty(
    *, by: Membership, to: Stage | None, stage: Stage | None = None, funnel: Funnel | None = None
) -> Job | None:
    """Of a stage or a whole funnel, in the caller's transaction; the job where it takes longer."""
    stages = _stages(stage.pk if stage else None, funnel.pk if funnel else None)
    if Tally.objects.filter(stage_id__in=stages).total() > AT_ONCE:
        params = {
            "stage": stage.pk if stage else None,
            "funnel": funnel.pk if funnel else None,
            "to": to.pk if to else None,
        }
        return jobs.start(KIND.name, by=by, params=params)
    while _move_batch(stages, to, by):
        pass
    _delete(stage.pk if stage else None, funnel.pk if funnel else None, to, by)
    return None


def run(job: Job, progress: Progress) -> None:
    """The job; `job.params` name what leaves and where its leads go."""
    stage, funnel, home = (job.params[name] for name in ("stage", "funnel", "to"))
    to = None
    if home is not None:
        to = Stage.objects.with_funnel().filter(pk=home, leaving_since=None).first()
        if to is None:
            raise JobError("no_home")
    by = Membership.objects.filter(pk=job.membership_id).first() or SYSTEM
    stages = _stages(stage, funnel)
    if job.total is None:
        progress.total(Tally.objects.filter(stage_id__in=stages).total())
    while True:
        with progress.batch():
            moved = _move_batch(stages, to, by)
            job.done += moved
            if not moved:
                _delete(stage, funnel, to, by)
        if not moved:
            return


def _move_batch(stages: list[int], to: Stage | None, by: Actor) -> int:
    rows = list(
        Placement.objects.select_for_update(no_key=True)
        .filter(stage_id__in=stages)
        .order_by("lead_id")[:BATCH]
    )
    home = to.pk if to else None
    Placement.objects.filter(pk__in=[row.pk for row in rows]).update(
        stage_id=home, stage_since=timezone.now()
    )
    told = []
    for row in rows:
        before = Placement(pk=row.pk, workspace_id=row.workspace_id, stage_id=row.stage_id)
        before.assignee_id, before.channel_id = row.assignee_id, row.channel_id
        row.stage_id = home
        told.append((row, {"stage_id": [before.stage_id, home]}, before))
    events.record_many(told, by=by, verb=Verb.MOVED)
    return len(rows)


def _stages(stage: int | None, funnel: int | None) -> list[int]:
    if stage is not None:
        return [stage]
    return list(Stage.objects.filter(funnel=funnel).values_list("pk", flat=True))


def _delete(stage: int | None, funnel: int | None, to: Stage | None, by: Actor) -> None:
    leaving = _stages(stage, funnel)
    list(Stage.objects.select_for_update().filter(pk__in=leaving).order_by("pk"))
    while _move_batch(leaving, to, by):
        pass
    if funnel is not None:
        found = Funnel.objects.select_for_update().filter(pk=funnel).first()
        if found is not None:
            telling.of_structure(found)
            found.delete()
    elif stage is not None:
        gone = Stage.objects.with_funnel().filter(pk=stage).first()
        if gone is not None:
            telling.of_structure(gone.funnel)
            gone.delete()


KIND = JobKind(
    "funnels.empty",
    run=run,
    label=gettext_lazy("Moving the leads of what is deleted"),
    permission=FunnelPermission.MANAGE_FUNNELS,
    messages={
        "no_home": gettext_lazy(
            "The stage that was to take the leads is gone. Delete again and choose another."
        )
    },
)

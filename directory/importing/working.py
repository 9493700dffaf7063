"""The jobs of an import: reading the file and the run; in `trying` its trial run, in `taking_back` its undo.

The run goes on where its last batch was committed: a batch's leads, its `ImportRow`s, the counts and the position are
one transaction.
"""

import contextvars
import queue
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import translation

from crm import feed
from crm.jobs import JobError, Progress, abreast
from crm.jobs.abreast import Place
from crm.jobs.models import Job
from crm.tenancy import scope
from directory import custom, listening
from directory.actions import notifications
from directory.importing import (
    creating,
    guessing,
    keeping,
    matching,
    options,
    planning,
    reading,
    refused,
    storing,
    writing,
)
from directory.importing.archives import Unfit
from directory.importing.cells import folded
from directory.importing.deciding import Deciding, Decision
from directory.importing.drafting import Drafting
from directory.importing.drafts import Draft
from directory.importing.planning import Plan
from directory.importing.reporting import Telling
from directory.importing.targets import CUSTOM
from directory.models import Event, Import, ImportState, RowOutcome
from directory.notifications.kinds import IMPORTED
from directory.permissions import DirectoryPermission
from workspaces.models import Membership

BATCH = 1_000  # rows of a transaction
# Seconds: what the database has answered is not to wait while the other thread understands rows.
QUICK_TURNS = 0.0001
MOST_LOCKS = 1_500  # of a transaction: PostgreSQL has room for some thousands, of all together


def read(job: Job, progress: Progress) -> None:
    """Fill in what the file is, and guess what its columns are."""
    one = import_of(job, ImportState.READING)
    try:
        reading.look(one, told=lambda rows: progress.advance(0))
    except Unfit as unfit:
        save(one, job, state=ImportState.BROKEN, problem=unfit.code)
        return
    except UnicodeError:
        save(one, job, state=ImportState.BROKEN, problem="unreadable")
        return
    workspace = _person(job).workspace
    headers, samples = one.profile["headers"], one.profile["samples"]
    own = {folded(field.label): f"{CUSTOM}{field.pk}" for field in custom.fields()}
    mapping = guessing.mapping(headers, samples, own)
    dates = guessing.date_style(mapping, samples, options.usual_dates(workspace))
    save(
        one,
        job,
        state=ImportState.MAPPING,
        problem="",
        layout=one.layout,
        profile=one.profile,
        table=one.table,
        mapping=mapping,
        options=options.usual(workspace, dates).to_json(),
        report={},
    )


def run(job: Job, progress: Progress) -> None:
    one = import_of(job, ImportState.RUNNING)
    plan = planning.of(one, allowed(job))
    progress.total(one.total)
    job.done = one.taken
    telling = Telling(plan)

    def write(place: Place[list[Draft]]) -> None:
        last = place.work[-1].number
        with progress.abreast(advance=len(place.work), cursor={"row": last}):
            decisions = take(place, plan)
            _move_on(one, last, decisions)
            feed.announce(Event)
            telling.of(decisions)

    understood = batches(plan, creating.foresee, after=one.position)
    several = one.total - one.taken > BATCH
    abreast.write(understood, write, over=lambda: progress.is_turn_over, abreast=several)
    progress.end_turn()
    _finish(one, job, progress, plan)


def take(place: Place[list[Draft]], plan: Plan) -> list[Decision]:
    """A batch, in a transaction. It waits for the one before where it may rest on what that writes: leads of the same
    keys, tags it has made, leads that were there and that it changes."""
    drafts = place.work
    keys = {key for draft in drafts for key in draft.identities()}
    matching.by_index()
    if place.before is not None and (place.before.tells is None or not keys.isdisjoint(place.before.tells)):
        place.wait()
    matching.lock(drafts)
    if lacking := writing.lacking_tags(drafts, plan):
        place.wait()
        writing.make_tags(lacking, plan)
    known = matching.found(drafts, plan, to_change=True)
    decisions = list(Deciding(plan, known).decide(drafts))
    only_new = not lacking and all(one.outcome != RowOutcome.UPDATED for one in decisions)
    place.let_in(keys if only_new else None)
    writing.write(decisions, plan)
    place.take_turn()
    return decisions


def batches(
    plan: Plan, ahead_of: Callable[[Draft, Plan], None] | None = None, *, after: int = 0
) -> Generator[list[Draft]]:
    """Batches of rows that are understood, and what `ahead_of` makes of each. A thread does it for the next one while
    the database writes this one: so an import takes as long as the database does."""
    ahead: queue.Queue[list[Draft] | BaseException | None] = queue.Queue(maxsize=1)
    given_up = threading.Event()

    def put(what: "list[Draft] | BaseException | None") -> bool:
        while not given_up.is_set():
            try:
                ahead.put(what, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def understand() -> None:
        try:
            with scope(plan.workspace.pk):
                for batch in _understood(plan, ahead_of, after):
                    if not put(batch):
                        return
            put(None)
        except BaseException as error:  # noqa: BLE001 (raised again where it is waited for)
            put(error)
        finally:
            connection.close()  # the thread's own, if anything opened one

    turns = sys.getswitchinterval()
    sys.setswitchinterval(QUICK_TURNS)
    thread = threading.Thread(target=contextvars.copy_context().run, args=(understand,), daemon=True)
    thread.start()
    try:
        while (batch := ahead.get()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield batch
    finally:
        given_up.set()
        thread.join()
        sys.setswitchinterval(turns)


def _understood(
    plan: Plan, ahead_of: Callable[[Draft, Plan], None] | None, after: int
) -> Iterator[list[Draft]]:
    """As many rows as may be locked together, where they are locked."""
    batch: list[Draft] = []
    locked = 0
    drafting = Drafting(plan)
    for record in reading.rows(plan.one, after=after):
        draft = drafting.draft(record)
        if ahead_of is not None:
            ahead_of(draft, plan)
        batch.append(draft)
        locked += len(draft.locks)
        if len(batch) >= BATCH or locked >= MOST_LOCKS:
            yield batch
            batch, locked = [], 0
    if batch:
        yield batch


def _move_on(one: Import, last: int, decisions: list[Decision]) -> None:
    counts = Counter(str(decision.outcome) for decision in decisions)
    moved = {outcome: F(outcome) + counts[outcome] for outcome in RowOutcome.values}
    Import.objects.filter(pk=one.pk).update(position=last, **moved)


def _finish(one: Import, job: Job, progress: Progress, plan: Plan) -> None:
    """1. What was refused, as a file. 2. The import is done; each person is told once what they got. 3. The file that
    was given is not kept."""
    one.refresh_from_db()
    name = ""
    if one.refused:
        with translation.override(plan.by.user.language):
            name = refused.write(one, lambda: progress.advance(0))
    with progress.batch():
        ended = Import.objects.filter(pk=one.pk, state=ImportState.RUNNING, job_id=job.pk)
        ended.update(
            state=ImportState.DONE,
            finished_at=Now(),
            refused_file=name,
            file="",
            table="",
            profile=keeping.without_rows(one.profile),
        )
        _tell_people(plan)
        listening.tell_of_many(plan.workspace.pk)
    storing.delete(one.file, one.table)


def _tell_people(plan: Plan) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, [plan.workspace.pk, plan.one.pk])
        given = dict(cursor.fetchall())
    people = Membership.objects.of_workspace(plan.workspace).active().filter(pk__in=list(given))
    for person in people.select_related("user", "workspace"):
        if person.pk != plan.by.pk:
            notifications.make(
                IMPORTED,
                to=person,
                cause=f"import:{plan.one.pk}",
                by=plan.by.pk,
                facts={"leads": given[person.pk]},
            )


def import_of(job: Job, state: str) -> Import:
    """What the job is for. JobError where it is gone, or something else has begun meanwhile."""
    one = Import.objects.filter(pk=job.params["import"], state=state, job_id=job.pk).first()
    if one is None or (not one.file and state != ImportState.UNDOING):
        raise JobError("import_gone")
    return one


def _person(job: Job) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(
        pk=job.membership_id, workspace_id=job.workspace_id
    )


def allowed(job: Job) -> Membership:
    """Who imports, if they still may."""
    person = _person(job)
    if not person.is_active or not person.may(DirectoryPermission.IMPORT_LEADS):
        raise JobError("import_not_allowed")
    return person


def save(one: Import, job: Job, **columns: Any) -> None:
    """Unless somebody has begun something else with it meanwhile."""
    Import.objects.filter(pk=one.pk, job_id=job.pk).update(**columns)


_GIVEN = r"""
    SELECT placement.assignee_id, count(*) FROM directory_importrow made
    JOIN directory_placement placement
        ON placement.workspace_id = made.workspace_id AND placement.lead_id = made.lead_id
    WHERE made.workspace_id = %s AND made.of_id = %s AND placement.assignee_id IS NOT NULL
        AND (made.outcome = 'created' OR made.changes ? 'assignee')
    GROUP BY 1
"""

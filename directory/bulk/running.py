"""An act, batch after batch: at once in a request, or as a job, two batches abreast; and back.

A batch is one transaction: what it does to its leads, what is kept of them, the numbers of the act, and that the batch
is done. So a killed worker goes on where it was, and an act that changes what its own filter asks skips and repeats
nothing: its leads were written down when it began.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet, PermissionDenied
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.jobs import JobError, JobKind, Progress, Way, abreast
from crm.jobs.abreast import Place
from crm.jobs.models import Job
from directory.bulk import acts, telling, words
from directory.bulk.acts import Act
from directory.bulk.batch import Batch, lock, look
from directory.models import BulkAct, BulkBatch, BulkRow
from directory.permissions import DirectoryPermission
from directory.selection import Selection
from workspaces.errors import Refused
from workspaces.models import Membership

UNDO = "bulk.undo"


def write_down(act: BulkAct, selection: Selection, *, by: Membership) -> int:
    """The leads of an act, as they match now and `by` sees them, in batches; how many. One statement, so that they are
    of one moment and never all in memory."""
    leads = selection.rows(by).order_by().values("pk")
    try:
        sql, parameters = leads.query.sql_with_params()
    except EmptyResultSet:  # what is asked can hold for no lead
        return 0
    size = acts.get(act.kind).size
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_DOWN.format(leads=sql), [*parameters, act.workspace_id, act.pk, size])
        return int(cursor.fetchone()[0])


def perform_all(act: BulkAct, *, by: Membership) -> BulkAct:
    """A small one, in the caller's transaction; as it is then."""
    for batch in _batches(act.pk, 0):
        _perform(act.pk, Place(batch), by=by)
    settle(act.pk)
    return BulkAct.objects.get(pk=act.pk)


def run(job: Job, progress: Progress) -> None:
    """A large one; `job.params` name it."""
    act = _act_of(job)
    kind = acts.get(act.kind)
    if job.total is None:
        progress.total(act.total)

    def write(place: Place[BulkBatch]) -> None:
        batch, by = place.work, _asker(job)
        if text := _refusal(kind, act, by):
            place.wait()
            with transaction.atomic():
                settle(act.pk)
            raise JobError("refused", text=text)
        assert by is not None
        with progress.abreast(advance=len(batch.leads), cursor={"after": batch.number}):
            _perform(act.pk, place, by=by)

    abreast.write(
        _batches(act.pk, job.cursor.get("after", 0)),
        write,
        over=lambda: progress.is_turn_over,
        abreast=act.total > kind.size and not kind.is_final,
    )
    progress.end_turn()
    with progress.batch():
        settle(act.pk)
        _say(progress, BulkAct.objects.get(pk=act.pk))


def undo_all(act: BulkAct, *, by: Membership) -> BulkAct:
    """A small one, in the caller's transaction; as it is then."""
    for rows in _rows(act.pk, 0):
        _take_back(act.pk, Place(rows), by=by)
    _settle_undo(act.pk)
    return BulkAct.objects.get(pk=act.pk)


def run_undo(job: Job, progress: Progress) -> None:
    act = _act_of(job)
    if job.total is None:
        progress.total(act.changed)

    def write(place: Place[dict[int, Any]]) -> None:
        rows, by = place.work, _asker(job)
        if by is None:
            place.wait()
            settle_undo(act.pk)
            raise JobError("refused", text=words.asker_left())
        with progress.abreast(advance=len(rows), cursor={"after": max(rows)}):
            _take_back(act.pk, place, by=by)

    abreast.write(
        _rows(act.pk, job.cursor.get("after", 0)),
        write,
        over=lambda: progress.is_turn_over,
        abreast=act.changed > acts.get(act.kind).size,
    )
    progress.end_turn()
    with progress.batch():
        _settle_undo(act.pk)
        after = BulkAct.objects.get(pk=act.pk)
        progress.say("undone", undone=after.undone, left=after.left)


def settle(pk: int) -> None:
    """It has ended, done or not; in the caller's transaction. Again is nothing."""
    act = BulkAct.objects.select_for_update(no_key=True).get(pk=pk)
    if act.ended_at is not None:
        return
    BulkBatch.objects.filter(act=act).delete()
    act.ended_at = timezone.now()
    act.save(update_fields=["ended_at"])
    telling.tell_assignees(act)


def settle_undo(pk: int) -> None:
    with transaction.atomic():
        _settle_undo(pk)


def job_kind(act: Act) -> JobKind:
    return JobKind(
        f"bulk.{act.key}",
        run=run,
        label=act.running,
        permission=act.permission,
        messages=words.MESSAGES,
        ways=ways,
    )


def ways(job: Job, membership: Membership) -> Sequence[Way]:
    """From the page of the job of an act, or of its undo, on."""
    act = BulkAct.objects.visible_to(membership).kept().filter(pk=job.params.get("act")).first()
    if act is None:
        return ()
    where = {"workspace_id": membership.workspace.public_id, "pk": act.pk}
    found = [Way(_("What it did"), reverse("directory:bulk_act", kwargs=where), "list-checks")]
    if act.can_be_undone and not job.is_open:
        found.append(Way(_("Undo"), reverse("directory:bulk_undo", kwargs=where), "undo-2", post=True))
    return found


def _perform(pk: int, place: Place[BulkBatch], *, by: Membership) -> None:
    batch, before = place.work, place.before
    act = BulkAct.objects.get(pk=pk)
    kind = acts.get(act.kind)
    final = kind.is_final
    rows = look(batch.leads, by=by) if final else lock(batch.leads, by=by, columns=kind.columns)
    has = Counter({int(pk): number for pk, number in act.given.items()})
    if before is not None and before.tells is not None:
        has = before.tells
    done = Batch(act, by, rows, place, keeps=not final, columns=kind.columns, has=has)
    if not kind.shares_out:
        done.let_in()
    kind.perform(done, act.params)
    done.finish()
    place.take_turn()
    act = BulkAct.objects.select_for_update(no_key=True).get(pk=pk)
    act.changed += len(done.changed)
    act.already += done.same
    act.gone += len(batch.leads) - len(rows) + len(done.gone)
    act.refused = _added(act.refused, Counter(done.refused.values()))
    act.given = _added(act.given, Counter({str(one): amount for one, amount in done.given.items()}))
    act.save(update_fields=["changed", "already", "gone", "refused", "given"])
    batch.delete()


def _take_back(pk: int, place: Place[dict[int, Any]], *, by: Membership) -> None:
    rows = place.work
    act = BulkAct.objects.get(pk=pk)
    kind = acts.get(act.kind)
    locked = lock(list(rows), by=None, columns=kind.columns)  # also what the act gave out of their sight
    done = Batch(act, by, locked, place, undoes=True, columns=kind.columns)
    done.let_in()
    kind.take_back(done, act.params, rows)
    done.finish()
    place.take_turn()
    act = BulkAct.objects.select_for_update(no_key=True).get(pk=pk)
    left = Counter(done.refused.values())
    left.update({words.CHANGED: done.same, words.GONE: len(rows) - len(locked)})
    act.undone += len(done.changed)
    act.left = _added(act.left, left)
    act.save(update_fields=["undone", "left"])


def _settle_undo(pk: int) -> None:
    BulkAct.objects.filter(pk=pk, undo_ended_at=None, undo_begun_at__isnull=False).update(
        undo_ended_at=timezone.now()
    )


def _batches(act: int, after: int) -> Generator[BulkBatch]:
    while batch := BulkBatch.objects.filter(act_id=act, number__gt=after).order_by("number").first():
        yield batch
        after = batch.number


def _rows(act: int, after: int) -> Generator[dict[int, Any]]:
    """Leads that were changed, and what is kept of each."""
    size = acts.get(BulkAct.objects.values_list("kind", flat=True).get(pk=act)).size
    kept = BulkRow.objects.to_take_back().filter(act_id=act).values_list("lead_id", "before")
    while rows := dict(kept.filter(lead_id__gt=after)[:size]):
        yield rows
        after = max(rows)


def _act_of(job: Job) -> BulkAct:
    act = BulkAct.objects.filter(pk=job.params["act"]).first()
    if act is None:
        raise JobError("forgotten")
    return act


def _asker(job: Job) -> Membership | None:
    """As they are now, with what they may; None where they have left."""
    people = Membership.objects.active().filter(pk=job.membership_id)
    return people.select_related("user", "workspace").first()


def _refusal(kind: Act, act: BulkAct, by: Membership | None) -> str:
    """Why it cannot go on, in the words of who asked for it; "" where it can."""
    if by is None:
        return words.asker_left()
    with translation.override(by.user.language or by.workspace.language):
        try:
            if not kind.allowed(by):
                raise PermissionDenied
            kind.check(act.params, by=by)
        except PermissionDenied:
            return words.not_allowed_any_more()
        except Refused as refused:
            return str(refused)
    return ""


def _say(progress: Progress, act: BulkAct) -> None:
    progress.say("done", changed=act.changed, already=act.already, gone=act.gone, refused=act.refused)


def _added(known: dict[str, int], more: Counter[str]) -> dict[str, int]:
    both = Counter(known)
    both.update(more)
    return {key: amount for key, amount in both.items() if amount}


UNDO_KIND = JobKind(
    UNDO,
    run=run_undo,
    label=words.UNDOING,
    permission=DirectoryPermission.WORK_LEADS,
    messages=words.MESSAGES,
    ways=ways,
)
_WRITE_DOWN = """
    WITH leads AS MATERIALIZED (
        SELECT lead_id, (row_number() OVER (ORDER BY lead_id) - 1) AS place FROM ({leads}) AS chosen (lead_id)
    ), act AS (
        SELECT %s::bigint AS workspace_id, %s::bigint AS id, %s::bigint AS size
    ), written AS (
        INSERT INTO directory_bulkbatch (workspace_id, act_id, number, leads)
        SELECT act.workspace_id, act.id, place / act.size + 1, array_agg(lead_id ORDER BY lead_id)
        FROM leads, act GROUP BY 1, 2, 3
        RETURNING cardinality(leads) AS number
    )
    SELECT coalesce(sum(number), 0) FROM written
"""

"""How long what an import kept is kept: a draft for a week, what undoing asks for thirty days, files no longer.

Files of an import hold what its leads hold. Where a lead is deleted for good, what holds its row goes, too.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from crm.tenancy import scope
from directory.erasure import Leads, Participant, Step
from directory.importing import storing
from directory.models import Import, ImportRow, ImportState, RowOutcome
from directory.models.importing import UNDO_FOR

DRAFTS_KEPT = timedelta(days=7)
BATCH = 5_000
MOST = 200  # imports in one sweep


def sweep() -> dict[str, int]:
    """In every workspace; how many of each."""
    return {
        "drafts": _each(_DRAFTS, [DRAFTS_KEPT], _forget_draft),
        "rows": _each(_OLD, [UNDO_FOR], _forget_rows),
    }


def erase(leads: Leads) -> Step:
    """The leads' own rows go with them, by cascade. Files that hold a row of theirs: of an import that is over, what
    was refused; of one that was given up, what was uploaded. One that is under way ends first."""
    outcome = Step.DONE
    rows = ImportRow.objects.filter(lead_id__any=leads.ids)
    for one in Import.objects.filter(pk__in=rows.values("of_id")):
        if one.is_at_work and _is_under_way(one):
            outcome = Step.WAIT
            continue
        refused = rows.filter(of=one, outcome=RowOutcome.REFUSED).exists()
        names = [one.file, one.table, *([one.refused_file] if refused else [])]
        kept = {"file": "", "table": "", **({"refused_file": ""} if refused else {})}
        Import.objects.filter(pk=one.pk).update(profile=without_rows(one.profile), **kept)
        storing.delete(*names)
    return outcome


def strip(leads: Leads) -> Step:
    """Their rows stay counted; what they and the files hold of them goes, and with it what an undo would give back."""
    if erase(leads) is Step.WAIT:
        return Step.WAIT
    seal(leads)
    return Step.DONE


def seal(leads: Leads) -> None:
    ImportRow.objects.filter(lead_id__any=leads.ids).update(changes={}, problems=[])


def without_rows(profile: dict[str, Any]) -> dict[str, Any]:
    """What is known of a file, without what stands in it."""
    return {key: value for key, value in profile.items() if key != "samples"}


PARTICIPANT = Participant("imports", erase, seal=seal, strip=strip, order=900)


def _is_under_way(one: Import) -> bool:
    from crm.jobs.models import Job

    return bool(one.job_id) and Job.objects.open().filter(pk=one.job_id or 0).exists()


def _each(query: str, values: list[Any], act: Callable[[Import], int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, MOST])
        found = cursor.fetchall()
    done = 0
    for workspace, pk in found:
        with scope(workspace):
            one = Import.objects.filter(pk=pk).first()
            done += act(one) if one is not None else 0
    return done


def _forget_draft(one: Import) -> int:
    if one.is_at_work and _is_under_way(one):
        return 0
    names = (one.file, one.table, one.refused_file)
    one.delete()
    storing.delete(*names)
    return 1


def _forget_rows(one: Import) -> int:
    """What was imported stays listed; what it was made of goes."""
    if one.is_at_work and _is_under_way(one):
        return 0
    while ids := list(
        ImportRow.objects.filter(of=one).order_by("number").values_list("pk", flat=True)[:BATCH]
    ):
        ImportRow.objects.filter(pk__in=ids).delete()
    names = (one.file, one.table, one.refused_file)
    with transaction.atomic():
        held = Import.objects.select_for_update().get(pk=one.pk)
        held.file = held.table = held.refused_file = ""
        held.profile = without_rows(held.profile)
        held.report = {}
        if held.state in (ImportState.RUNNING, ImportState.UNDOING):
            held.state = ImportState.DONE  # given up long ago
        held.save()
    storing.delete(*names)
    return 1


_DRAFTS = """
    SELECT workspace_id, id FROM directory_import
    WHERE started_at IS NULL AND created_at < statement_timestamp() - %s ORDER BY id LIMIT %s
"""
_OLD = """
    SELECT workspace_id, id FROM directory_import one
    WHERE started_at IS NOT NULL AND coalesce(finished_at, started_at) < statement_timestamp() - %s
        AND (refused_file <> '' OR file <> '' OR EXISTS (
            SELECT FROM directory_importrow made WHERE made.workspace_id = one.workspace_id AND made.of_id = one.id))
    ORDER BY id LIMIT %s
"""

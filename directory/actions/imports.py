"""Imports: begun, read again, mapped, tried, run, gone on with, taken back, thrown away.

Each act locks the import's row, so that two people, or a double click, begin one job and not two.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.jobs.models import Job
from directory.actions import custom_fields
from directory.importing import jobs as kinds
from directory.importing import leftovers, storing
from directory.importing.options import Options
from directory.importing.storing import Kept
from directory.importing.targets import CUSTOM, NEW
from directory.models import Import, ImportState
from directory.permissions import DirectoryPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb
from workspaces.permissions import check

CHOOSABLE = (ImportState.MAPPING, ImportState.OPTIONS, ImportState.CHECKED)


@transaction.atomic
def begin(kept: Kept, *, by: Membership) -> Import:
    """Of a file that is in the storage; it is read at once."""
    check(by, DirectoryPermission.IMPORT_LEADS)
    one = Import.objects.create(
        workspace_id=by.workspace_id,
        by=by,
        name=kept.name,
        kind=kept.kind,
        size=kept.size,
        digest=kept.digest,
        file=kept.file,
    )
    return _start(one, kinds.READ, ImportState.READING, by=by)


@transaction.atomic
def read_again(one: Import, *, by: Membership, layout: Mapping[str, Any]) -> None:
    """With what a person chose: encoding, delimiter, sheet, whether there is a header."""
    held = _open(one, by)
    held.layout = {**{key: value for key, value in held.layout.items() if key == "sheets"}, **layout}
    held.save(update_fields=["layout"])
    _start(held, kinds.READ, ImportState.READING, by=by)


@transaction.atomic
def set_mapping(one: Import, *, by: Membership, mapping: Sequence[str]) -> None:
    """What each column is. A field that is to be made gets the name of its column, and is made with this."""
    held = _open(one, by, *CHOOSABLE)
    held.mapping = [_with_field(held, place, key, by) for place, key in enumerate(mapping)]
    held.state, held.report = ImportState.OPTIONS, {}
    held.save(update_fields=["mapping", "report", "state"])


@transaction.atomic
def set_options(one: Import, *, by: Membership, options: Options) -> None:
    held = _open(one, by, *CHOOSABLE)
    held.options, held.report = options.to_json(), {}
    held.state = ImportState.OPTIONS
    held.save(update_fields=["options", "report", "state"])


@transaction.atomic
def try_out(one: Import, *, by: Membership) -> None:
    held = _open(one, by, ImportState.OPTIONS, ImportState.CHECKED)
    _start(held, kinds.CHECK, ImportState.CHECKING, by=by)


@transaction.atomic
def run(one: Import, *, by: Membership, again: bool = False) -> None:
    """`again`: the person knows that the same file was imported before."""
    held = _open(one, by, ImportState.CHECKED)
    if not again and same_before(held):
        raise Refused(_("This file was imported before. Say that you want to import it again."))
    held.started_at = timezone.now()
    held.save(update_fields=["started_at"])
    _audit(held, Verb.LEADS_IMPORTED, held.total, by=by)
    _start(held, kinds.RUN, ImportState.RUNNING, by=by)


@transaction.atomic
def go_on(one: Import, *, by: Membership) -> None:
    """What stopped (called off, failed five times) begins again where it was."""
    held = _locked(one, by)
    if not held.is_at_work or _job_of(held, is_open=True):
        raise Refused(_("It is under way already."))
    _start(held, kinds.OF_STATE[ImportState(held.state)], held.state, by=by)


@transaction.atomic
def stop(one: Import, *, by: Membership) -> None:
    """Calls off what is under way. What was imported stays, and can be gone on with or taken back."""
    held = _locked(one, by)
    job = _job_of(held, is_open=True)
    if job is not None:
        jobs.cancel(job)
    if held.state == ImportState.CHECKING:
        held.state, held.job_id = ImportState.OPTIONS, None
        held.save(update_fields=["state", "job_id"])


@transaction.atomic
def take_back(one: Import, *, by: Membership) -> None:
    held = _locked(one, by)
    stopped = held.state == ImportState.RUNNING and not _job_of(held, is_open=True)
    if not held.can_be_undone and not stopped:
        raise Refused(_("This import can no longer be undone."))
    _audit(held, Verb.IMPORT_UNDONE, held.created + held.updated, by=by)
    _start(held, kinds.UNDO, ImportState.UNDOING, by=by)


@transaction.atomic
def discard(one: Import, *, by: Membership) -> None:
    """Before it ran: nothing is left of it."""
    held = _locked(one, by)
    if held.started_at is not None:
        raise Refused(_("It has run already: undo it instead."))
    job = _job_of(held, is_open=True)
    if job is not None:
        jobs.cancel(job)
    names = [held.file, held.table, held.refused_file]
    held.delete()
    transaction.on_commit(lambda: storing.delete(*names))


def same_before(one: Import) -> Import | None:
    """The last import of the very same file that ran and was not undone."""
    rows = Import.objects.ran().filter(digest=one.digest).exclude(pk=one.pk)
    return rows.exclude(state=ImportState.UNDONE).newest().first()


def _audit(one: Import, verb: Verb, rows: int, *, by: Membership) -> None:
    """Who asked for it, whatever becomes of it; the import itself says how it went."""
    audit.record(by.workspace_id, verb=verb, by=by, target=one.name, changes={"rows": [None, rows]})


def _open(one: Import, by: Membership, *states: str) -> Import:
    held = _locked(one, by)
    if not held.can_change or (states and held.state not in states):
        raise Refused(_("Somebody went on with this import meanwhile. Reload the page."))
    if not held.file:
        raise Refused(_("The file is no longer kept. Upload it again."))
    return held


def _with_field(one: Import, place: int, key: str, by: Membership) -> str:
    if not key.startswith(NEW):
        return key
    label = one.profile["headers"][place]
    field = custom_fields.create(by=by, label=label, kind=key.removeprefix(NEW))
    leftovers.note(one, leftovers.FIELDS, field.pk)
    return f"{CUSTOM}{field.pk}"


def _locked(one: Import, by: Membership) -> Import:
    check(by, DirectoryPermission.IMPORT_LEADS)
    return Import.objects.visible_to(by).select_for_update(of=("self",)).get(pk=one.pk)


def _job_of(one: Import, *, is_open: bool) -> Job | None:
    rows = Job.objects.open() if is_open else Job.objects.all()
    return rows.filter(pk=one.job_id).first() if one.job_id else None


def _start(one: Import, kind: str, state: str, *, by: Membership) -> Import:
    job = jobs.start(kind, by=by, params={"import": one.pk})
    one.job_id, one.state = job.pk, ImportState(state)
    one.save(update_fields=["job_id", "state"])
    return one

"""Acts on many leads: begun, and taken back. What they do is in directory.bulk."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crm import jobs
from directory.bulk import acts, running, words
from directory.bulk.acts import Params
from directory.models import BulkAct
from directory.selection import Selection
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb

AT_ONCE = 200  # leads; more are a job
AUDITED = 1_000  # above it an act is worth a row of the audit log


class Miscounted(Refused):
    """What was typed is not how many there are; `leads` is."""

    def __init__(self, leads: int) -> None:
        self.leads = leads
        super().__init__(_("That is not the number that stands above. Type it once more."))


def begin(
    *,
    by: Membership,
    kind: str,
    params: Params,
    selection: Selection,
    key: str,
    typed: int | None = None,
) -> BulkAct:
    """On the leads that are chosen, or that match at this moment; ended already where they are few. `key` is the form's
    own: sent twice, it is one act.

    `typed`: of what cannot be taken back, how many leads the person says there are. Raises PermissionDenied, Refused,
    Miscounted.
    """
    the_kind = acts.get(kind)
    if not the_kind.allowed(by):
        raise PermissionDenied(the_kind.permission)
    known = _known(by, key)
    if known is not None:
        return known
    the_kind.check(params, by=by)
    try:
        with transaction.atomic():
            act = BulkAct.objects.create(kind=kind, params=params, asker=by, key=key, total=0)
            return _begin(act, selection, by=by, typed=typed)
    except IntegrityError:
        known = _known(by, key)  # the other click, which has committed by now
        if known is None:
            raise Refused(_("What it needs was deleted meanwhile. Choose again.")) from None
        return known


def undo(act: BulkAct, *, by: Membership) -> BulkAct:
    """Each lead as it was, where it still holds what the act wrote. Once; at once where they are few."""
    kind = acts.find(act.kind)
    if kind is None or kind.is_final:
        raise Refused(_("This can't be undone."))
    if not kind.allowed(by) or (by.is_seller and act.asker_id != by.pk):
        raise PermissionDenied(kind.permission)
    try:
        with transaction.atomic():
            act = BulkAct.objects.kept().select_for_update(no_key=True, of=("self",)).get(pk=act.pk)
            return _undo(act, by=by)
    except BulkAct.DoesNotExist:
        raise Refused(_("It is too long ago to be undone.")) from None
    except IntegrityError:
        raise Refused(_("Something it needs was deleted at this moment. Try again.")) from None


def _begin(act: BulkAct, selection: Selection, *, by: Membership, typed: int | None) -> BulkAct:
    the_kind = acts.get(act.kind)
    act.total = running.write_down(act, selection, by=by)
    if not act.total:
        raise Refused(_("No lead is chosen, or none matches any more."))
    if the_kind.is_final and typed != act.total:
        raise Miscounted(act.total)
    if the_kind.is_final or act.total > AUDITED:
        _audit(act, by=by)
    if act.total <= AT_ONCE and not the_kind.is_final:
        act.save(update_fields=["total"])
        return running.perform_all(act, by=by)
    act.job = jobs.start(f"bulk.{act.kind}", by=by, params={"act": act.pk})
    act.save(update_fields=["total", "job"])
    return act


def _undo(act: BulkAct, *, by: Membership) -> BulkAct:
    if act.undo_begun_at is not None:
        raise Refused(_("It was undone already. What was left as it is stays so."))
    if act.ended_at is None and act.job is not None and act.job.is_open:
        raise Refused(_("It is still under way. Cancel it first, or wait until it has ended."))
    running.settle(act.pk)  # called off, it may not have been told so
    act.refresh_from_db()
    if not act.changed:
        raise Refused(_("It changed nothing: there is nothing to undo."))
    act.undone_by = by
    act.undo_begun_at = Now()
    if act.changed > AUDITED:
        _audit(act, by=by, undone=True)
    if act.changed > AT_ONCE:
        act.undo_job = jobs.start(running.UNDO, by=by, params={"act": act.pk})
    act.save(update_fields=["undone_by", "undo_begun_at", "undo_job"])
    return act if act.undo_job_id else running.undo_all(act, by=by)


def _known(by: Membership, key: str) -> BulkAct | None:
    return BulkAct.objects.filter(asker=by, key=key).select_related("job").first()


def _audit(act: BulkAct, *, by: Membership, undone: bool = False) -> None:
    verb = Verb.LEADS_RESTORED if undone else Verb.LEADS_CHANGED
    amount = act.changed if undone else act.total
    audit.record(
        by.workspace_id,
        verb=verb,
        by=by,
        target=acts.title(act),
        changes={"leads": [None, words.number(amount)]},
    )

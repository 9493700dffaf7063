"""Why leads were won or lost, in the workspace's words: made, renamed, deleted in settings."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import CloseReason, ClosureRule, Outcome
from directory.permissions import DirectoryPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb
from workspaces.permissions import check


@transaction.atomic
def create(*, by: Membership, outcome: str, name: str) -> CloseReason:
    """The last one of its outcome. One that was deleted comes back, and is again what it was."""
    check(by, DirectoryPermission.MANAGE_TAGS)
    others = CloseReason.objects.filter(outcome=outcome)
    last = others.aggregate(last=Max("position"))["last"]
    reason = others.filter(name=name, removed_at__isnull=False).first() or CloseReason(
        outcome=outcome, name=name
    )
    reason.removed_at, reason.position = None, (last or 0) + 1
    _saved(reason)
    _record(by, name, {"reason": [None, name]})
    return reason


@transaction.atomic
def rename(reason: CloseReason, *, by: Membership, name: str) -> None:
    check(by, DirectoryPermission.MANAGE_TAGS)
    reason = CloseReason.objects.select_for_update().get(pk=reason.pk)
    before, reason.name = reason.name, name
    if before != name:
        _saved(reason)
        _record(by, name, {"reason": [before, name]})


@transaction.atomic
def delete(reason: CloseReason, *, by: Membership) -> None:
    """It can be chosen no more. Leads that were closed for it keep it, and so does their history."""
    check(by, DirectoryPermission.MANAGE_TAGS)
    if CloseReason.objects.filter(pk=reason.pk, removed_at=None).update(removed_at=timezone.now()):
        _record(by, reason.name, {"reason": [reason.name, None]})


@transaction.atomic
def reorder(outcome: str, ids: Sequence[int], *, by: Membership) -> None:
    """Those named come in this order; those that are not named, made meanwhile, after them."""
    check(by, DirectoryPermission.MANAGE_TAGS)
    rows = list(CloseReason.objects.select_for_update().in_use().filter(outcome=outcome).in_order())
    wanted = sorted(rows, key=lambda one: ids.index(one.pk) if one.pk in ids else len(ids))
    if wanted == rows:
        return
    for position, reason in enumerate(wanted):
        reason.position = position
    CloseReason.objects.bulk_update(wanted, ["position"])
    before, after = (", ".join(one.name for one in order) for order in (rows, wanted))
    _record(by, str(Outcome(outcome).label), {"order": [before, after]})


@transaction.atomic
def require(outcome: str, *, by: Membership, needed: bool) -> None:
    """Whether leads are won, or lost, only with a reason."""
    check(by, DirectoryPermission.MANAGE_TAGS)
    label = str(Outcome(outcome).label)
    if needed != is_required(outcome):
        ClosureRule.objects.update_or_create(outcome=outcome, defaults={"needs_reason": needed})
        _record(by, label, {"reason required": [not needed, needed]})


def is_required(outcome: str) -> bool:
    return ClosureRule.objects.filter(outcome=outcome, needs_reason=True).exists()


def check_reason(outcome: str, reason: CloseReason | None, words: str) -> None:
    """Raise Refused where one is required and missing: of the list, or in words where the list is empty."""
    if reason is not None or not is_required(outcome):
        return
    if CloseReason.objects.in_use().filter(outcome=outcome).exists():
        raise Refused(_("Choose a reason."))
    if not words:
        raise Refused(_("Say why, in your words."))


def _saved(reason: CloseReason) -> CloseReason:
    try:
        with transaction.atomic():
            reason.save()
    except IntegrityError:
        raise Refused(_("There is a reason named %(name)s already.") % {"name": reason.name}) from None
    return reason


def _record(by: Membership, target: str, changes: dict[str, list[Any]]) -> None:
    audit.record(by.workspace_id, verb=Verb.SETTINGS_CHANGED, by=by, target=target, changes=changes)

"""Why leads were won or lost, in the workspace's words: made, renamed, deleted in settings."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from directory.models import CloseReason
from directory.permissions import DirectoryPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb
from workspaces.permissions import check


@transaction.atomic
def create(*, by: Membership, outcome: str, name: str) -> CloseReason:
    check(by, DirectoryPermission.MANAGE_TAGS)
    reason = _saved(CloseReason(outcome=outcome, name=name))
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
    """Leads that were closed for it stay closed, without a reason; their history keeps that there was one."""
    check(by, DirectoryPermission.MANAGE_TAGS)
    _record(by, reason.name, {"reason": [reason.name, None]})
    reason.delete()


def _saved(reason: CloseReason) -> CloseReason:
    try:
        with transaction.atomic():
            reason.save()
    except IntegrityError:
        raise Refused(_("There is a reason named %(name)s already.") % {"name": reason.name}) from None
    return reason


def _record(by: Membership, target: str, changes: dict[str, list[Any]]) -> None:
    audit.record(by.workspace_id, verb=Verb.SETTINGS_CHANGED, by=by, target=target, changes=changes)

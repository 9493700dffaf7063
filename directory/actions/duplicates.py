"""What people say of two leads that look alike, short of merging them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import live
from directory.models import DuplicatePair
from directory.permissions import DirectoryPermission
from workspaces import permissions
from workspaces.errors import Refused
from workspaces.models import Membership

TOPIC = "duplicates"  # the kind of signal that pages of duplicates hear


@transaction.atomic
def dismiss(pair: DuplicatePair, *, by: Membership) -> None:
    """They are not the same: nobody is asked again, whatever else they turn out to have in common."""
    pair = _open(pair, by)
    pair.state, pair.decided_by, pair.decided_at = DuplicatePair.State.DISMISSED, by, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(by)


@transaction.atomic
def reopen(pair: DuplicatePair, *, by: Membership) -> None:
    """They may be the same after all."""
    permissions.check(by, DirectoryPermission.MERGE_LEADS)
    dismissed = DuplicatePair.objects.visible_to(by).filter(pk=pair.pk, state=DuplicatePair.State.DISMISSED)
    dismissed.update(state=DuplicatePair.State.OPEN, decided_by=None, decided_at=None)
    _tell(by)


@transaction.atomic
def put_off(pair: DuplicatePair, *, by: Membership) -> None:
    """Later: to the end of the queue, for everybody."""
    pair = _open(pair, by)
    pair.later_at = timezone.now()
    pair.save(update_fields=["later_at"])
    _tell(by)


def _open(pair: DuplicatePair, by: Membership) -> DuplicatePair:
    permissions.check(by, DirectoryPermission.MERGE_LEADS)
    seen = DuplicatePair.objects.visible_to(by)
    found = seen.select_for_update(of=("self",)).get(pk=pair.pk)
    if found.state != DuplicatePair.State.OPEN:
        raise Refused(_("Somebody has decided about these two already."))
    return found


def _tell(by: Membership) -> None:
    live.signal(f"workspace:{by.workspace_id}", TOPIC)

"""Blocking a sender: one identity of a lead, on its channel. What they write from then on is kept and raises nothing.

Under intake's locks on their names: a message that arrives at the same moment is before it or after it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import listening
from directory.actions import events
from directory.models import Placement
from directory.visibility import WRITE_CHANNEL
from inbox.channels import kinds
from inbox.intake import holding
from inbox.models import Direction, Identity, Message, Session
from inbox.verbs import Verb
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.models import Verb as AuditVerb


def may_block(channel_id: int, by: Membership) -> bool:
    """Who may write from the channel decides who is heard on it."""
    return not by.is_seller or channel_id in by.grants.ids(WRITE_CHANNEL)


@transaction.atomic
def block(identity: Identity, *, by: Membership) -> bool:
    """False where they were blocked already. Nobody waits for them any more, and no window of theirs is kept open.

    Raises Placement.DoesNotExist where the person may not see the lead, Refused without the channel's grant.
    """
    identity, placement = _held(identity, by)
    if identity.is_blocked:
        return False
    identity.blocked_at, identity.blocked_by = timezone.now(), by
    identity.save(update_fields=["blocked_at", "blocked_by"])
    Session.objects.open().filter(identity=identity).update(window_ends_at=None)
    placement.waiting_since = _waiting_since(placement)
    placement.window_ends_at = _window_ends_at(placement)
    placement.save(update_fields=["waiting_since", "window_ends_at"])
    _record(identity, placement, by, Verb.SENDER_BLOCKED, AuditVerb.SENDER_BLOCKED)
    return True


@transaction.atomic
def unblock(identity: Identity, *, by: Membership) -> bool:
    """False where they were not blocked. What they wrote meanwhile stays unheard, but it opened the window."""
    identity, placement = _held(identity, by)
    if not identity.is_blocked:
        return False
    identity.blocked_at = identity.blocked_by = None
    identity.save(update_fields=["blocked_at", "blocked_by"])
    _reopen_windows(identity)
    placement.window_ends_at = _window_ends_at(placement)
    placement.save(update_fields=["window_ends_at"])
    _record(identity, placement, by, Verb.SENDER_UNBLOCKED, AuditVerb.SENDER_UNBLOCKED)
    return True


def _held(identity: Identity, by: Membership) -> tuple[Identity, Placement]:
    """As they are now, locked: first the names, then the placement."""
    seen = Placement.objects.visible_to(by)
    placement = seen.select_related("lead").get(pk=identity.lead_id)
    if not may_block(identity.channel_id, by):
        raise Refused(_("You may not write from this channel. Ask an administrator for access."))
    holding.hold(by.workspace_id, [placement.pk])
    placement = seen.select_for_update(no_key=True, of=("self",)).get(pk=identity.lead_id)
    now = Identity.objects.select_for_update(no_key=True, of=("self",)).select_related("channel")
    return now.get(pk=identity.pk), placement


def _waiting_since(placement: Placement) -> datetime | None:
    """Since when somebody waits who is heard."""
    if placement.waiting_since is None:
        return None
    heard = Message.objects.filter(
        lead_id=placement.pk,
        direction=Direction.IN,
        is_blocked=False,
        identity__blocked_at=None,
        sent_at__gte=placement.waiting_since,
    )
    return heard.oldest_first().values_list("sent_at", flat=True).first()


def _window_ends_at(placement: Placement) -> datetime | None:
    heard = Session.objects.open().filter(identity__lead_id=placement.pk, identity__blocked_at=None)
    latest: datetime | None = heard.aggregate(latest=Max("window_ends_at"))["latest"]
    return latest


def _reopen_windows(identity: Identity) -> None:
    """As their last message left them."""
    window = next(
        (kind.capabilities.window for kind in kinds.all_kinds() if kind.key == identity.channel.kind), None
    )
    if window is None:
        return
    for session in Session.objects.open().filter(identity=identity):
        said = Message.objects.filter(session=session, direction=Direction.IN)
        last = said.aggregate(last=Max("sent_at"))["last"]
        if last is not None:
            session.window_ends_at = last + window
            session.save(update_fields=["window_ends_at"])


def _record(identity: Identity, placement: Placement, by: Membership, verb: Verb, audited: AuditVerb) -> None:
    facts = {"identity": identity.pk, "channel": identity.channel_id}
    events.record(placement, by=by, verb=verb, facts=facts)
    audit.record(by.workspace_id, verb=audited, by=by, target=f"{identity.channel.name} · #{placement.pk}")
    listening.tell(placement, kind="thread")

"""Writing first: a conversation with somebody who has not written, by a number we were given."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from directory.actions import events, placements
from directory.models import ContactPoint, Lead, Placement
from inbox import forgetting
from inbox.actions import messages
from inbox.channels import kinds
from inbox.intake import locks, people
from inbox.models import Channel, Direction, Identity, IdentityKey, Message, Session
from inbox.sending import checking
from inbox.verbs import Verb
from workspaces.errors import Refused
from workspaces.models import Membership


@transaction.atomic
def begin(lead: Lead, *, by: Membership, channel: Channel, point: ContactPoint, **written: Any) -> Message:
    """The first message to a phone of the lead, written as for `messages.send`. Where it is refused nothing was begun.

    Raises what `open_to` and `messages.send` do.
    """
    session = open_to(lead, by=by, channel=channel, point=point)
    return messages.send(lead, by=by, session=session, **written)


@transaction.atomic
def open_to(lead: Lead, *, by: Membership, channel: Channel, point: ContactPoint) -> Session:
    """The conversation of a lead's phone on a channel, opened if there is none. Until they answer, templates only.

    Under intake's locks on the number: where they write at the same moment, one of the two finds what the other made.
    Raises Placement.DoesNotExist where the person may not see the lead, Refused where one may not write first, or where
    the number is known as another lead's.
    """
    placement = Placement.objects.visible_to(by).get(pk=lead.pk)
    checking.check_writable(channel, by)
    kind = kinds.find(channel.kind)
    key = kind.address(point.value) if kind and point.kind == ContactPoint.Kind.PHONE else None
    if key is None or point.lead_id != lead.pk:
        raise Refused(_("One cannot write first on this channel: they have to write to you."))
    locks.take([locks.identity(channel.pk, key), locks.phone(lead.workspace_id, point.match_key)])
    placement = placements.locked(lead.pk, by=by)  # merged, deleted or given away while we waited, perhaps
    identity = _identity(lead, channel, key, point.match_key) or _made(lead, channel, key)
    checking.check_not_blocked(identity)
    session = Session.objects.open().filter(identity=identity, thread_key="").first()
    if session is None:
        session = Session.objects.create(identity=identity, channel=channel)
        facts = {"channel": channel.pk, "session": session.pk, "direction": str(Direction.OUT)}
        events.record(placement, by=by, verb=Verb.OPENED, facts=facts)
    return session


def _identity(lead: Lead, channel: Channel, key: str, match_key: str) -> Identity | None:
    """Whoever is known there by the number, however it is written."""
    rows = IdentityKey.objects.filter(channel=channel, key=key, is_current=True)
    exact: IdentityKey | None = rows.select_related("identity").first()
    having = ContactPoint.objects.matching(ContactPoint.Kind.PHONE, match_key).values_list(
        "lead_id", flat=True
    )
    found = exact.identity if exact else people.variant(channel, {lead.pk, *having}, match_key)
    if found is not None and found.lead_id != lead.pk:
        raise Refused(_("Another lead writes from this number. Open that one."))
    return found


def _made(lead: Lead, channel: Channel, key: str) -> Identity:
    made: Identity = Identity.objects.create(lead=lead, channel=channel)
    IdentityKey.objects.filter(channel=channel, key=key).delete()  # given up by whoever had it
    IdentityKey.objects.create(channel=channel, identity=made, key=key)
    forgetting.inherit(made, [key])
    return made

"""What a provider says about a person, beside what they write: a new number or id, what they want to get."""

from directory import listening
from directory.actions import events
from directory.actors import CHANNEL
from directory.models import Event
from inbox.actions import reachability as reaching
from inbox.channels.inbound import (
    ConsentChange,
    HolderChange,
    IdentityChange,
    ReachabilityChange,
    ReferralNotice,
)
from inbox.intake import messages, people
from inbox.intake.arrival import Arrival, phone_of
from inbox.verbs import Verb


def identity(arrival: Arrival, place: int, part: IdentityChange) -> None:
    """A new number or id of a person who is known here. The old key is given up, the thread goes on.

    Somebody who never wrote has no thread to go on: nothing is made of it. Nor of one that comes again: by then the old
    number may be another person's.
    """
    person = None if messages.is_here(arrival, part) else people.known(arrival, part)
    if person is None:
        return
    before = {key for key in part.keys if key not in part.new_keys}
    given_up = people.give_up(arrival, person.identity, sorted(before), arrival.at(part))
    people.take_over(arrival, person, list(part.new_keys))
    phone = phone_of(part)
    if phone and part.reason == "number":
        people.add_phone(person, phone)
    messages.notice(arrival, place, part, person, event="identity_changed", reason=part.reason)
    if given_up or part.reason == "security":
        facts = {"identity": person.identity.pk, "reason": part.reason}
        events.record(person.placement, by=CHANNEL, verb=Verb.IDENTITY_CHANGED, facts=facts)


def consent(arrival: Arrival, place: int, part: ConsentChange) -> None:
    """They stopped, or want again, messages about a topic."""
    person = None if messages.is_here(arrival, part) else people.known(arrival, part)
    if person is None:
        return
    said = {"topic": part.topic, "allowed": part.allowed}
    messages.notice(arrival, place, part, person, event="consent_changed", **said)
    facts = {"identity": person.identity.pk, **said}
    events.record(person.placement, by=CHANNEL, verb=Verb.CONSENT_CHANGED, facts=facts)


def referral(arrival: Arrival, part: ReferralNotice) -> None:
    """They came back by an ad or a link. Who never wrote has said nothing that could be answered."""
    person = people.known(arrival, part)
    told = Event.objects.filter(verb=Verb.REFERRED, facts__notice=part.external_id)
    if person is None or told.filter(lead_id=person.lead.pk).exists():
        return
    named = {name: part.referral[name] for name in messages.REFERRAL if name in part.referral}
    facts = {"channel": arrival.channel.pk, "notice": part.external_id, **named}
    events.record(person.placement, by=CHANNEL, verb=Verb.REFERRED, facts=facts)


def holder(arrival: Arrival, part: HolderChange) -> None:
    """Another app took the conversation over, or gave it back."""
    person = people.known(arrival, part)
    if person is not None:
        session, _opened = people.session(arrival, person, part.thread)
        people.note_holder(session, part.held, arrival.at(part))
        listening.tell(person.placement, kind="thread")


def reachability(arrival: Arrival, part: ReachabilityChange) -> None:
    """They blocked us, or no longer do. Who never wrote has nothing that could be answered."""
    person = people.known(arrival, part)
    if person is not None:
        reaching.note(person.identity, person.placement, reachable=part.reachable, at=arrival.at(part))

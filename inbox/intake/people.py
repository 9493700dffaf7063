"""Who is writing: the identity, the lead behind it, the conversation. Under the locks of `Arrival.lock`.

1. An identity of the channel that has any of the keys. A key that was given up (a changed number) counts for what was
   said before that; afterwards the number may be another person's.
2. Else, where the provider names people alike in all channels of one app, the lead of that key in another of them.
3. Else the lead of the phone that the provider vouches for, however its country writes it: the one that we wrote to by
   this channel, else the one whose number was proven, else the oldest; unless the phone is there only because a
   stranger (a visitor of a web chat) claimed it.
4. Else a new lead.

Keys that are new are added. Where keys lead to two identities, or a phone to a second lead, nothing is merged: the
first one gets the message, and an event says that somebody should look.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from crm import prepared
from crm.prepared import Prepared
from directory import phones
from directory.actions import events, leads, placements
from directory.actors import CHANNEL
from directory.models import ContactPoint, Direction, Event, Lead, Source
from inbox import forgetting
from inbox.channels import kinds
from inbox.channels.inbound import FromPerson
from inbox.intake.arrival import Arrival, Person, phone_of
from inbox.models import Channel, Identity, IdentityKey, Session
from inbox.verbs import Verb

HELD = timedelta(hours=24)  # after which nobody holds a conversation any more


def known(arrival: Arrival, part: FromPerson) -> Person | None:
    """The person, where they have an identity here. Raises Forgotten."""
    if part.keys in arrival.people:
        return arrival.people[part.keys]
    rows = _rows(arrival, part)
    if not rows:
        return None
    _check_remembered(rows[0].identity.forgotten_until, arrival, part)
    person = arrival.people[part.keys] = _person(arrival, rows[0].identity)
    _suspect(person, {row.identity.lead_id for row in rows}, by="identity")
    if missing := [key for key in part.keys if key not in {row.key for row in rows}]:
        _add_keys(arrival, person, missing, part)
    return person


def found_or_made(arrival: Arrival, part: FromPerson) -> Person:
    """The person, as a lead if need be. Raises Forgotten."""
    person = known(arrival, part)
    if person is None:
        _check_remembered(forgetting.erased_at(arrival.channel.pk, part.keys), arrival, part)
        person = arrival.people[part.keys] = _made(arrival, part)
    else:
        _rename(person, part)
    return person


def session(arrival: Arrival, person: Person, thread: str) -> tuple[Session, bool]:
    """The open one of the identity and thread, and whether it was opened just now."""
    name = (person.identity.pk, thread)
    if name in arrival.sessions:
        return arrival.sessions[name], False
    found = None if person.is_new else _OPEN.first(identity=person.identity.pk, thread=thread)
    made = found or Session.objects.create(
        identity=person.identity, channel=arrival.channel, thread_key=thread
    )
    arrival.sessions[name] = made
    return made, found is None


def note_holder(session: Session, held: bool | None, at: datetime) -> None:
    """Whether another app answers, as of that time. What is older than the last word about it changes nothing."""
    since = session.held_until - HELD if session.held_until is not None else None
    if held is None or (since is not None and at < since) or (since is None and not held):
        return
    session.held_until = at + HELD if held else None
    prepared.update(session, ["held_until"])


def extend_window(arrival: Arrival, session: Session, at: datetime) -> datetime | None:
    """The customer wrote at that time: when writing freely ends. Never backwards."""
    if arrival.window is None:
        return None
    ends = at + arrival.window
    if session.window_ends_at is None or ends > session.window_ends_at:
        session.window_ends_at = ends
        prepared.update(session, ["window_ends_at"])
    return session.window_ends_at


def learn(arrival: Arrival, identity: Identity, keys: Sequence[str]) -> None:
    """Other names of somebody whom a message of ours reached: who hides their number answers by one of them. Names that
    are anybody's already stay there."""
    taken = set(
        IdentityKey.objects.filter(channel=arrival.channel, key__in=keys).values_list("key", flat=True)
    )
    if missing := [key for key in keys if key not in taken]:
        _bind(arrival, identity, missing)


def add_phone(person: Person, phone: phones.Phone) -> None:
    """The provider vouches for it. Another lead that has it may be the same person."""
    kind = ContactPoint.Kind.PHONE
    points = list(ContactPoint.objects.matching(kind, phone.match_key).select_related("lead"))
    own = next((point for point in points if point.lead_id == person.lead.pk), None)
    if own is None:
        leads.add_contact_point(person.lead, _point(phone), by=CHANNEL)
    else:
        _verify(own)
    _suspect(person, {point.lead_id for point in points}, by="phone")


def _person(arrival: Arrival, identity: Identity) -> Person:
    """The same object for the same identity, however a part names it: its placement is changed as we go."""
    for person in arrival.people.values():
        if person.identity.pk == identity.pk:
            return person
    return Person(identity, identity.lead, placements.locked(identity.lead_id))


def _rows(arrival: Arrival, part: FromPerson) -> list[IdentityKey]:
    """Those that count at the part's time, in the order in which the part names them."""
    rows = _IN_FORCE.rows(channel=arrival.channel.pk, keys=list(part.keys), at=arrival.at(part))
    return sorted(rows, key=lambda row: part.keys.index(row.key))


_IN_FORCE = Prepared(
    lambda channel, keys, at: IdentityKey.objects.filter(
        Q(is_current=True) | Q(ended_at__gte=at), channel_id=channel, key__any=keys
    ).select_related("identity__lead"),
    channel=-1,
    keys=["?"],
    at=datetime(1970, 1, 1, tzinfo=UTC),
)
_OPEN = Prepared(
    lambda identity, thread: Session.objects.open().filter(identity_id=identity, thread_key=thread),
    identity=-1,
    thread="?",
)


def _made(arrival: Arrival, part: FromPerson) -> Person:
    phone = phone_of(part)
    points = _points(phone) if phone else []
    trusted = [one for one in points if not one.is_claimed]
    known = variant(arrival.channel, {one.lead_id for one in trusted}, phone.match_key) if phone else None
    point = next((one for one in trusted if known is None or one.lead_id == known.lead_id), None)
    asks = kinds.acquainted(arrival.channel)
    name = part.name or (asks.stranger(arrival.channel, part.keys[0]) if asks else "")
    elsewhere = _elsewhere(arrival, part) if arrival.shares_people and point is None else None
    lead = point.lead if point else elsewhere or _new_lead(arrival, part, name, phone)
    identity = known or Identity.objects.create(
        lead=lead, channel=arrival.channel, name=name, username=part.username
    )
    placement = placements.locked(lead.pk) if point or elsewhere else lead.placement
    person = Person(identity, lead, placement, is_new=known is None)
    _bind(arrival, identity, list(part.keys))
    if point:
        _verify(point)
        _rename(person, part)
    _suspect(person, {one.lead_id for one in points}, by="phone")
    if asks:
        asks.met(identity)
    return person


def _elsewhere(arrival: Arrival, part: FromPerson) -> Lead | None:
    """The lead that has one of the keys in another channel of the app."""
    app, keys = arrival.channel.app_id, part.keys
    rows = IdentityKey.objects.filter(channel__app_id=app, key__in=keys, is_current=True).order_by("id")
    found = rows.select_related("identity__lead").first()
    return found.identity.lead if found else None


def variant(channel: Channel, leads: Collection[int], match_key: str) -> Identity | None:
    """One of the leads' identity there by the same number written otherwise: we wrote to 52…, and 521… answers."""
    if not leads:
        return None
    rows = IdentityKey.objects.filter(channel=channel, identity__lead__in=leads, is_current=True).order_by(
        "id"
    )
    for row in rows.select_related("identity"):
        if phones.match_key(row.key.partition(":")[2]) == match_key:
            found: Identity = row.identity
            return found
    return None


def _verify(point: ContactPoint) -> None:
    if not point.is_verified:
        point.is_verified, point.is_claimed = True, False
        point.save(update_fields=["is_verified", "is_claimed"])


def _points(phone: phones.Phone) -> list[ContactPoint]:
    """Leads with that number: first whose number was proven, then the oldest."""
    points = ContactPoint.objects.matching(ContactPoint.Kind.PHONE, phone.match_key).select_related("lead")
    return sorted(points, key=lambda point: not point.is_verified)


def _new_lead(arrival: Arrival, part: FromPerson, name: str, phone: phones.Phone | None) -> Lead:
    return leads.create(
        by=CHANNEL,
        workspace_id=arrival.workspace_id,
        name=name,
        source=Source.CHANNEL,
        direction=Direction.OUTBOUND if part.is_echo else Direction.INBOUND,
        contact_points=[_point(phone)] if phone else [],
        ip=part.ip,
        facts={"channel": arrival.channel.pk},
    )


def _point(phone: phones.Phone) -> ContactPoint:
    return ContactPoint(
        kind=ContactPoint.Kind.PHONE,
        raw=phone.raw,
        value=phone.e164,
        match_key=phone.match_key,
        is_verified=True,
    )


def _add_keys(arrival: Arrival, person: Person, keys: list[str], part: FromPerson) -> None:
    _bind(arrival, person.identity, keys)
    phone = phone_of(part)
    if phone:
        add_phone(person, phone)


def _check_remembered(forgotten_until: datetime | None, arrival: Arrival, part: FromPerson) -> None:
    if forgotten_until is not None and arrival.at(part) <= forgotten_until:
        raise forgetting.Forgotten


def _bind(arrival: Arrival, identity: Identity, keys: list[str]) -> None:
    """Makes the keys the identity's. One that somebody gave up is now theirs."""
    forgetting.inherit(identity, keys)
    given_up = IdentityKey.objects.filter(channel=arrival.channel, key__in=keys, is_current=False)
    taken = set(given_up.values_list("key", flat=True))
    if taken:
        given_up.update(identity=identity, is_current=True, ended_at=None)
    rows = [
        IdentityKey(channel=arrival.channel, identity=identity, key=key) for key in keys if key not in taken
    ]
    IdentityKey.objects.bulk_create(rows)


def _rename(person: Person, part: FromPerson) -> None:
    """As their profile says, and the lead with it unless one of us has named it."""
    identity = person.identity
    name, username = part.name or identity.name, part.username or identity.username
    if part.is_echo or (name, username) == (identity.name, identity.username):
        return
    identity.name, identity.username = name, username
    identity.save(update_fields=["name", "username"])
    leads.name_by_profile(person.lead, person.placement, name, by=CHANNEL)


def _suspect(person: Person, lead_ids: set[int], *, by: str) -> None:
    """Says once of each pair that two leads may be one person."""
    others = lead_ids - {person.lead.pk}
    if not others:
        return
    told = Event.objects.of_lead(person.lead).filter(verb=Verb.DUPLICATE_SUSPECTED)
    seen = {event.facts.get("other") for event in told}
    for other in sorted(others - seen):
        facts = {"other": other, "by": by}
        events.record(person.placement, by=CHANNEL, verb=Verb.DUPLICATE_SUSPECTED, facts=facts)


def give_up(arrival: Arrival, identity: Identity, keys: list[str], at: datetime) -> int:
    """The keys are no longer theirs, from that time on."""
    rows = IdentityKey.objects.filter(channel=arrival.channel, identity=identity, key__in=keys)
    return rows.filter(is_current=True).update(is_current=False, ended_at=at)


def take_over(arrival: Arrival, person: Person, keys: list[str]) -> None:
    """New keys of a known identity. Those of another identity stay there, and somebody is asked to look."""
    current = IdentityKey.objects.filter(channel=arrival.channel, key__in=keys, is_current=True)
    rows = list(current.select_related("identity"))
    _suspect(person, {row.identity.lead_id for row in rows}, by="identity")
    missing = [key for key in keys if key not in {row.key for row in rows}]
    if missing:
        _bind(arrival, person.identity, missing)

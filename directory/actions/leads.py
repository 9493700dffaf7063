"""Leads: made, edited, reached."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import actors, ordering, phones
from directory.actions import events, placements
from directory.actions.marks import ChangedMeanwhile, mark_of
from directory.actors import Actor
from directory.custom import Value
from directory.custom.forms import rows_of
from directory.models import (
    ContactPoint,
    CustomField,
    CustomValue,
    Direction,
    Lead,
    LeadTag,
    Placement,
    Source,
    Tag,
)
from directory.verbs import Verb
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.names import tidied

PARTS = ("first_name", "second_name", "last_name")
EDITABLE = ("name", *PARTS, "city", "address", "delivery_address", "notes", "time_zone", "came_from")


@transaction.atomic
def create(
    *,
    by: Actor,
    workspace_id: int,
    name: str = "",
    source: Source = Source.MANUAL,
    direction: Direction = Direction.OUTBOUND,
    stage_id: int | None = None,
    assignee: Membership | None = None,
    contact_points: Iterable[ContactPoint] = (),
    tags: Iterable[Tag] = (),
    values: Mapping[CustomField, Value] | None = None,
    ip: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Lead:
    """A lead with its placement at the top of its column. `contact_points` are unsaved, see `phone` and `email`;
    `values` are what it holds in the workspace's own fields."""
    now = timezone.now()
    lead = Lead(
        workspace_id=workspace_id,
        name=tidied(name)[:160],
        is_named_by_us=bool(name) and source != Source.CHANNEL,
        source=source,
        direction=direction,
        ip=ip,
        created_by=actors.person(by),
        created_at=now,
    )
    lead.save(force_insert=True)
    placement = Placement(
        workspace_id=workspace_id,
        lead=lead,
        stage_id=stage_id,
        position=ordering.at_top(time.time_ns() // 1000),
        stage_since=now,
        assignee=assignee,
        created_at=now,
        last_activity_at=now,
    )
    placement.save(force_insert=True)
    points = list(contact_points)
    for point in points:
        point.workspace_id, point.lead = workspace_id, lead
    ContactPoint.objects.bulk_create(points, ignore_conflicts=True)
    LeadTag.objects.bulk_create([LeadTag(workspace_id=workspace_id, lead=lead, tag=tag) for tag in tags])
    held = [row for field, value in (values or {}).items() for row in rows_of(lead.pk, field, value)]
    CustomValue.objects.bulk_create(held)
    facts = {"source": str(source), **({"assignee": assignee.pk} if assignee else {}), **(facts or {})}
    events.record(placement, by=by, verb=Verb.CREATED, facts=facts)
    return lead


@transaction.atomic
def edit(lead: Lead, *, by: Actor, seen: Mapping[str, str] | None = None, **values: str) -> None:
    """Change some of EDITABLE; what is the same already is no change. The name follows its parts, unless somebody gave
    another one (docs/decisions/names.md).

    `seen`: {field: mark_of what the person saw}. Where something else is stored meanwhile, ChangedMeanwhile.
    """
    placement = placements.locked(lead.pk, by=by)
    lead.refresh_from_db(fields=[*EDITABLE, "is_named_by_us"])
    for field, mark in (seen or {}).items():
        stored = getattr(lead, field)
        if mark and mark != mark_of(stored) and stored != values[field]:
            raise ChangedMeanwhile(field, stored)
    values = _with_name(lead, values)
    changes = {
        field: [getattr(lead, field), value]
        for field, value in values.items()
        if field in EDITABLE and getattr(lead, field) != value
    }
    if not changes:
        return
    for field, (_old, new) in changes.items():
        setattr(lead, field, new)
    if "name" in changes:
        lead.is_named_by_us = True
    lead.save(update_fields=[*changes, "is_named_by_us"])
    events.record(placement, by=by, verb=Verb.EDITED, changes=changes)


def _with_name(lead: Lead, values: dict[str, str]) -> dict[str, str]:
    """And the name, where its parts change and it is what they make, or what a channel's profile says."""
    was = [getattr(lead, part) for part in PARTS]
    parts = [values.get(part, old) for part, old in zip(PARTS, was, strict=True)]
    follows = not lead.name or not lead.is_named_by_us or lead.name == made_of(was)
    if parts == was or "name" in values or not follows or not any(parts):
        return values
    return {**values, "name": made_of(parts)}


def made_of(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)[:160]


@transaction.atomic
def set_manager(lead: Lead, *, by: Actor, to: Membership | None) -> bool:
    """`to` is an active person of the workspace (the caller has found them there), or nobody."""
    placement = placements.locked(lead.pk, by=by)
    lead.refresh_from_db(fields=["manager"])
    old, new = lead.manager_id, to.pk if to else None
    if old == new:
        return False
    Lead.objects.filter(pk=lead.pk).update(manager_id=new)
    lead.manager = to
    events.record(placement, by=by, verb=Verb.MANAGED, changes={"manager_id": [old, new]})
    return True


def name_by_profile(lead: Lead, placement: Placement, name: str, *, by: Actor) -> None:
    """What a channel's profile says, unless one of us has named the lead. The caller holds the placement's lock."""
    name = tidied(name)[:160]
    if not name or name == lead.name:
        return
    if not Lead.objects.filter(pk=lead.pk, is_named_by_us=False).update(name=name):
        return
    changes = {"name": [lead.name, name]}
    lead.name = name
    events.record(placement, by=by, verb=Verb.EDITED, changes=changes)


def phone(raw: str, *, region: str | None, verified: bool = False) -> ContactPoint:
    """Unsaved. Refused where it is no number."""
    parsed = phones.parse(raw, region)
    if parsed is None:
        raise Refused(_("That is not a phone number. Write it with its country, like +52 55 1234 5678."))
    return ContactPoint(
        kind=ContactPoint.Kind.PHONE,
        raw=parsed.raw[:254],
        value=parsed.e164,
        match_key=parsed.match_key,
        is_verified=verified,
    )


def email(raw: str) -> ContactPoint:
    """Unsaved. Whoever calls has seen that it is an address."""
    address = raw.strip()
    return ContactPoint(
        kind=ContactPoint.Kind.EMAIL, raw=address[:254], value=address.lower(), match_key=address.lower()
    )


@transaction.atomic
def add_contact_point(lead: Lead, point: ContactPoint, *, by: Actor) -> None:
    """A lead has each number or address once."""
    placement = placements.locked(lead.pk, by=by)
    if lead.contact_points.filter(kind=point.kind, match_key=point.match_key).exists():
        raise Refused(_("This lead has it already."))
    point.workspace_id, point.lead = lead.workspace_id, lead
    point.save()
    facts = {"kind": str(point.kind), "point": point.pk}
    changes = {str(point.kind): [None, point.value]}
    events.record(placement, by=by, verb=Verb.CONTACT_POINT_ADDED, changes=changes, facts=facts)


@transaction.atomic
def remove_contact_point(point: ContactPoint, *, by: Actor) -> None:
    placement = placements.locked(point.lead_id, by=by)
    found = ContactPoint.objects.filter(pk=point.pk)
    if not found.delete()[0]:
        return  # somebody else took it off a moment ago
    facts = {"kind": str(point.kind), "point": point.pk}
    changes = {str(point.kind): [point.value, None]}
    events.record(placement, by=by, verb=Verb.CONTACT_POINT_REMOVED, changes=changes, facts=facts)

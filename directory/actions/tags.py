"""Tags: made and changed in settings, put on leads and taken off."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm import live
from crm.ui import avatars
from directory.actions import events, placements
from directory.actors import Actor
from directory.models import Lead, LeadTag, Tag
from directory.permissions import DirectoryPermission
from directory.verbs import Verb
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.models import Verb as AuditVerb
from workspaces.permissions import check

MOST_ON_A_LEAD = 50


@transaction.atomic
def create(*, by: Membership, name: str, colour: str = "") -> Tag:
    """Without a colour it gets the one that its name always has."""
    check(by, DirectoryPermission.MANAGE_TAGS)
    tag = _saved(Tag(name=name, colour=colour or avatars.colour(name)))
    _record(by, tag, {"tag": [None, name]})
    return tag


@transaction.atomic
def change(tag: Tag, *, by: Membership, name: str, colour: str) -> None:
    check(by, DirectoryPermission.MANAGE_TAGS)
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    changes: dict[str, list[Any]] = {}
    for field, value in (("name", name), ("colour", colour)):
        if getattr(tag, field) != value:
            changes[field] = [getattr(tag, field), value]
            setattr(tag, field, value)
    if changes:
        _saved(tag)
        _record(by, tag, changes)


@transaction.atomic
def delete(tag: Tag, *, by: Membership) -> None:
    """It goes from all leads that have it, by one statement; the audit log keeps how many those were."""
    check(by, DirectoryPermission.MANAGE_TAGS)
    number, _models = LeadTag.objects.filter(tag=tag).delete()
    _record(by, tag, {"tag": [tag.name, None], "leads": [number, 0]})
    tag.delete()


@transaction.atomic
def put_on(lead: Lead, tag: Tag, *, by: Actor) -> bool:
    """False where it has it already."""
    placement = placements.locked(lead.pk, by=by)
    if LeadTag.objects.filter(lead=lead).count() >= MOST_ON_A_LEAD:
        raise Refused(_("A lead can have %(number)s tags.") % {"number": MOST_ON_A_LEAD})
    if LeadTag.objects.filter(lead=lead, tag=tag).exists():
        return False
    LeadTag.objects.create(workspace_id=lead.workspace_id, lead=lead, tag=tag)
    events.record(placement, by=by, verb=Verb.TAGGED, facts={"tag": tag.pk, "name": tag.name})
    return True


@transaction.atomic
def take_off(lead: Lead, tag: Tag, *, by: Actor) -> bool:
    placement = placements.locked(lead.pk, by=by)
    if not LeadTag.objects.filter(lead=lead, tag=tag).delete()[0]:
        return False
    events.record(placement, by=by, verb=Verb.UNTAGGED, facts={"tag": tag.pk, "name": tag.name})
    return True


def _saved(tag: Tag) -> Tag:
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:
        raise Refused(_("There is a tag named %(name)s already.") % {"name": tag.name}) from None
    return tag


def _record(by: Membership, tag: Tag, changes: dict[str, list[Any]]) -> None:
    audit.record(by.workspace_id, verb=AuditVerb.SETTINGS_CHANGED, by=by, target=tag.name, changes=changes)
    live.signal(f"workspace:{by.workspace_id}", "tags")

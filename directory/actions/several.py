"""One act on several leads, up to some hundred: in one transaction, locked in the order of their ids as everyone does
who locks several, written by one statement for each table. For more there is directory.bulk.

Each gives what changed, as `directory.actions.undoing` asks: [lead, what it was], in the order named. What is gone
meanwhile, or seen by `by` no more, is left out, and so is what is so already.
"""

import copy
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from directory.actions import events
from directory.actions.tags import MOST_ON_A_LEAD
from directory.models import LeadTag, Placement, Status, Tag
from directory.verbs import Verb
from workspaces.models import Membership

Row = list[Any]
Leads = Sequence[int]


def locked(leads: Leads, by: Membership) -> list[Placement]:
    """Those that `by` sees, until the transaction ends. NO KEY: messages that name a lead need not wait."""
    rows = Placement.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    return list(rows.filter(pk__in=list(leads)).order_by("pk"))


def assign(leads: Leads, *, by: Membership, to: Membership | None) -> list[Row]:
    """`to` is an active person of the workspace (the caller has found them there), or nobody."""
    return _write(leads, "assignee_id", to.pk if to else None, by=by, verb=Verb.ASSIGNED)


def set_status(leads: Leads, *, by: Membership, status: str) -> list[Row]:
    return _write(leads, "status", Status(status).value, by=by, verb=Verb.STATUS_SET)


def archive(leads: Leads, *, by: Membership, archived: bool) -> list[Row]:
    return _write(leads, "is_archived", archived, by=by, verb=Verb.ARCHIVED if archived else Verb.UNARCHIVED)


def star(leads: Leads, *, by: Membership, starred: bool) -> list[Row]:
    """No event: a mark for people, not a change of the business."""
    return _write(leads, "is_starred", starred, by=by, verb=None)


@transaction.atomic
def put_on(leads: Leads, tag: Tag, *, by: Membership) -> tuple[list[Row], str]:
    """Rows of [lead, tag]; and why some would not take it."""
    rows = locked(leads, by)
    worn = LeadTag.objects.filter(lead_id__in=[one.pk for one in rows]).order_by().values_list("lead_id")
    worn = worn.annotate(amount=Count("pk"), has=Count("pk", Q(tag=tag)))
    counts = {lead: (amount, has) for lead, amount, has in worn}
    bare = [one for one in rows if not counts.get(one.pk, (0, 0))[1]]
    given = [one for one in bare if counts.get(one.pk, (0, 0))[0] < MOST_ON_A_LEAD]
    LeadTag.objects.bulk_create(
        [LeadTag(workspace_id=one.workspace_id, lead_id=one.pk, tag=tag) for one in given]
    )
    refused = _("A lead can have %(number)s tags.") % {"number": MOST_ON_A_LEAD}
    return _tagged(leads, given, tag, by, Verb.TAGGED), "" if len(given) == len(bare) else refused


@transaction.atomic
def take_off(leads: Leads, tag: Tag, *, by: Membership) -> list[Row]:
    """Rows of [lead, tag]."""
    rows = locked(leads, by)
    worn = LeadTag.objects.filter(lead_id__in=[one.pk for one in rows], tag=tag)
    having = set(worn.values_list("lead_id", flat=True))
    worn.delete()
    return _tagged(leads, [one for one in rows if one.pk in having], tag, by, Verb.UNTAGGED)


@transaction.atomic
def _write(leads: Leads, column: str, value: Any, *, by: Membership, verb: StrEnum | None) -> list[Row]:
    changed = [(one, copy.copy(one)) for one in locked(leads, by) if getattr(one, column) != value]
    if not changed:
        return []
    Placement.objects.filter(pk__in=[one.pk for one, _before in changed]).update(**{column: value})
    for one, _before in changed:
        setattr(one, column, value)
    was = {before.pk: getattr(before, column) for _one, before in changed}
    if verb is None:
        events.tell_of(changed)
    else:
        rows = [(one, {column: [was[one.pk], value]}, before) for one, before in changed]
        events.record_many(rows, by=by, verb=verb)
    return [[lead, was[lead]] for lead in leads if lead in was]


def _tagged(leads: Leads, changed: list[Placement], tag: Tag, by: Membership, verb: StrEnum) -> list[Row]:
    facts = {"tag": tag.pk, "name": tag.name}
    events.record_many([(one, {}, None) for one in changed], by=by, verb=verb, facts=facts)
    known = {one.pk for one in changed}
    return [[lead, tag.pk] for lead in leads if lead in known]

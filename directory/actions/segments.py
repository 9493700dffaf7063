"""Segments: a person's own as they like, those of all by who may share them. And each person's columns."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import live
from directory.models import ListSettings, Segment
from directory.models.segment import SegmentQuerySet
from directory.permissions import DirectoryPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.models import Verb as AuditVerb
from workspaces.permissions import check

MOST = 50  # of one person, and of all
MOST_COLUMNS = 30


@transaction.atomic
def create(
    *,
    by: Membership,
    name: str,
    icon: str = "",
    shared: bool = False,
    filter: str = "",  # noqa: A002 (the column's name)
    state: str = "active",
    sort: str = "",
) -> Segment:
    """At the end of its kind."""
    if shared:
        check(by, DirectoryPermission.SHARE_SEGMENTS)
    Membership.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once do not take one place
    positions = list(_kin(by, shared).values_list("position", flat=True))
    if len(positions) >= MOST:
        raise Refused(_("There can be %(number)s segments. Delete one first.") % {"number": MOST})
    segment = Segment.objects.create(
        membership=None if shared else by,
        name=name,
        icon=icon,
        filter=filter,
        state=state,
        sort=sort,
        position=max(positions, default=-1) + 1,
    )
    _tell(segment, by, {"segment": [None, name]})
    return segment


@transaction.atomic
def change(segment: Segment, *, by: Membership, **values: str) -> None:
    """`name`, `icon`, `filter`, `state`, `sort`."""
    segment = _locked(segment, by)
    changes = {
        field: [getattr(segment, field), value]
        for field, value in values.items()
        if getattr(segment, field) != value
    }
    if not changes:
        return
    for field, (_old, new) in changes.items():
        setattr(segment, field, new)
    segment.save(update_fields=list(changes))
    _tell(segment, by, {"segment": [segment.name, segment.name], **changes})


@transaction.atomic
def reorder(ids: Sequence[int], *, by: Membership, shared: bool) -> None:
    """One's own, or those of all: those named come in this order, those made meanwhile after them."""
    if shared:
        check(by, DirectoryPermission.SHARE_SEGMENTS)
    rows = list(_kin(by, shared).select_for_update(no_key=True).in_order())
    places = {pk: place for place, pk in enumerate(ids)}
    wanted = sorted(rows, key=lambda one: places.get(one.pk, len(places)))
    if wanted == rows:
        return
    for position, segment in enumerate(wanted):
        segment.position = position
    Segment.objects.bulk_update(wanted, ["position"])
    if not shared:
        live.signal(f"user:{by.user_id}", "segments")
        return
    before, after = (", ".join(one.name for one in order) for order in (rows, wanted))
    audit.record(
        by.workspace_id,
        verb=AuditVerb.SETTINGS_CHANGED,
        by=by,
        target=_("Segments"),
        changes={"order": [before, after]},
    )
    live.signal(f"workspace:{by.workspace_id}", "segments")


@transaction.atomic
def delete(segment: Segment, *, by: Membership) -> None:
    segment = _locked(segment, by)
    _tell(segment, by, {"segment": [segment.name, None]})
    segment.delete()


@transaction.atomic
def look(*, by: Membership, columns: Sequence[str] | None = None, is_compact: bool | None = None) -> None:
    """How this person's directory looks: which columns, how dense. What is None stays. It concerns nobody else."""
    said: dict[str, Any] = {} if columns is None else {"columns": list(dict.fromkeys(columns))[:MOST_COLUMNS]}
    said |= {} if is_compact is None else {"is_compact": is_compact}
    ListSettings.objects.update_or_create(membership=by, defaults=said)


def _kin(by: Membership, shared: bool) -> SegmentQuerySet:
    return Segment.objects.filter(membership=None if shared else by)


def _locked(segment: Segment, by: Membership) -> Segment:
    """The caller has found it among those open to the person."""
    if segment.is_shared:
        check(by, DirectoryPermission.SHARE_SEGMENTS)
    return Segment.objects.open_to(by).select_for_update().get(pk=segment.pk)


def _tell(segment: Segment, by: Membership, changes: dict[str, list[Any]]) -> None:
    """A shared one is a setting of the workspace; one's own concerns nobody else."""
    if not segment.is_shared:
        live.signal(f"user:{by.user_id}", "segments")
        return
    audit.record(
        by.workspace_id, verb=AuditVerb.SETTINGS_CHANGED, by=by, target=segment.name, changes=changes
    )
    live.signal(f"workspace:{by.workspace_id}", "segments")

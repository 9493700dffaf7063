"""Saved views: a person's own as they like, those of all by who may share them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import live
from inbox.models import SavedView
from inbox.models.saved_view import SavedViewQuerySet
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.models import Verb as AuditVerb
from workspaces.permissions import check

MOST = 30  # of one person, and of all


@transaction.atomic
def create(*, by: Membership, name: str, query: str, icon: str = "", shared: bool = False) -> SavedView:
    """At the end of its kind."""
    if shared:
        check(by, InboxPermission.SHARE_VIEWS)
    Membership.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once do not take one place
    positions = list(_kin(by, shared).values_list("position", flat=True))
    if len(positions) >= MOST:
        raise Refused(_("There can be %(number)s saved views. Delete one first.") % {"number": MOST})
    view = SavedView.objects.create(
        membership=None if shared else by,
        name=name,
        icon=icon,
        query=query,
        position=max(positions, default=-1) + 1,
    )
    _tell(view, by, {"view": [None, name]})
    return view


@transaction.atomic
def change(view: SavedView, *, by: Membership, **values: str) -> None:
    """`name`, `icon`, `query`."""
    view = _locked(view, by)
    changes = {
        field: [getattr(view, field), value]
        for field, value in values.items()
        if getattr(view, field) != value
    }
    if not changes:
        return
    for field, (_old, new) in changes.items():
        setattr(view, field, new)
    view.save(update_fields=list(changes))
    _tell(view, by, {"view": [view.name, view.name], **changes})


@transaction.atomic
def delete(view: SavedView, *, by: Membership) -> None:
    view = _locked(view, by)
    _tell(view, by, {"view": [view.name, None]})
    view.delete()


@transaction.atomic
def reorder(ids: Sequence[int], *, by: Membership, shared: bool) -> None:
    """Those named come in this order; those that are not named, made meanwhile, after them."""
    if shared:
        check(by, InboxPermission.SHARE_VIEWS)
    views = list(_kin(by, shared).in_order().select_for_update())
    wanted = sorted(views, key=lambda view: ids.index(view.pk) if view.pk in ids else len(ids))
    if wanted == views:
        return
    for position, view in enumerate(wanted):
        view.position = position
    SavedView.objects.bulk_update(wanted, ["position"])
    before, after = (", ".join(view.name for view in order) for order in (views, wanted))
    _tell(wanted[0], by, {"order": [before, after]})


def _kin(by: Membership, shared: bool) -> SavedViewQuerySet:
    return SavedView.objects.filter(membership=None if shared else by)


def _locked(view: SavedView, by: Membership) -> SavedView:
    """The caller has found it among those open to the person."""
    if view.is_shared:
        check(by, InboxPermission.SHARE_VIEWS)
    return SavedView.objects.open_to(by).select_for_update().get(pk=view.pk)


def _tell(view: SavedView, by: Membership, changes: dict[str, list[Any]]) -> None:
    """A shared one is a setting of the workspace; one's own concerns nobody else."""
    if not view.is_shared:
        live.signal(f"user:{by.user_id}", "views")
        return
    audit.record(by.workspace_id, verb=AuditVerb.SETTINGS_CHANGED, by=by, target=view.name, changes=changes)
    live.signal(f"workspace:{by.workspace_id}", "views")

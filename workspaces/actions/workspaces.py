"""Workspaces: create, change, suspend, delete."""

from datetime import time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm import live
from crm.tenancy import scope
from workspaces.actions import audit, shifts
from workspaces.hours import Schedule
from workspaces.models import Availability, BusinessHours, Membership, Role, User, Verb, Weekday, Workspace

TWICE = timedelta(seconds=60)
SETTINGS = ("name", "time_zone", "language", "currency")


def may_create(user: User) -> bool:
    """With OPEN_SIGNUP everyone has workspaces of their own; else operators, and whoever comes first of all."""
    return settings.OPEN_SIGNUP or user.is_operator or not Workspace.objects.exists()


@transaction.atomic
def create(*, by: User, name: str, time_zone: str, language: str, currency: str) -> Membership:
    """A workspace with `by` as its owner, open from Monday to Friday, 9 to 18; returns the owner's membership.

    The same form sent twice makes one: another of that name within TWICE is the first one.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    made = Membership.objects.owned_by(by.pk).filter(workspace__name=name)
    if found := made.filter(workspace__created_at__gte=timezone.now() - TWICE).first():
        return found
    workspace = Workspace.objects.create(name=name, time_zone=time_zone, language=language, currency=currency)
    owner = Membership.objects.create(
        workspace=workspace, user=by, role=Role.OWNER, availability=Availability.ACTIVE
    )
    with scope(workspace):
        BusinessHours.objects.bulk_create(
            BusinessHours(workspace=workspace, weekday=day, opens=time(9), closes=time(18))
            for day in range(Weekday.MONDAY, Weekday.SATURDAY)
        )
    audit.record(workspace, verb=Verb.WORKSPACE_CREATED, by=owner, target=name)
    return owner


@transaction.atomic
def change(workspace: Workspace, *, by: Membership, **values: Any) -> None:
    """Change the settings named in SETTINGS."""
    stored = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    with scope(stored):
        schedule = Schedule.of(stored)
    changes = {
        field: [getattr(stored, field), values[field]]
        for field in SETTINGS
        if field in values and getattr(stored, field) != values[field]
    }
    if not changes:
        return
    for field, (_old, new) in changes.items():
        setattr(stored, field, new)
        setattr(workspace, field, new)
    stored.save(update_fields=list(changes))
    if "time_zone" in changes:
        with scope(stored):
            shifts.hours_changed(stored, before=schedule)
    audit.record(workspace, verb=Verb.SETTINGS_CHANGED, by=by, target=stored.name, changes=changes)
    live.signal(f"workspace:{workspace.pk}", "workspace")


@transaction.atomic
def suspend(workspace: Workspace, *, by: User, reason: str) -> None:
    """Nobody gets in until it is lifted; what channels bring in is still kept. By an operator."""
    changed = Workspace.objects.filter(pk=workspace.pk, suspended_at=None).update(
        suspended_at=timezone.now(), suspended_reason=reason
    )
    if changed:
        audit.record(workspace, verb=Verb.SUSPENDED, by=by, target=reason)
        live.end(workspace_id=workspace.pk)


@transaction.atomic
def unsuspend(workspace: Workspace, *, by: User) -> None:
    changed = (
        Workspace.objects.filter(pk=workspace.pk)
        .exclude(suspended_at=None)
        .update(suspended_at=None, suspended_reason="")
    )
    if changed:
        audit.record(workspace, verb=Verb.UNSUSPENDED, by=by)


@transaction.atomic
def request_deletion(workspace: Workspace, *, by: Membership) -> None:
    """Lock everyone out now; the sweep deletes it after the days of grace (`DELETION_GRACE`)."""
    changed = Workspace.objects.filter(pk=workspace.pk, deletion_requested_at=None).update(
        deletion_requested_at=timezone.now(), deletion_requested_by=by.user
    )
    if changed:
        audit.record(workspace, verb=Verb.DELETION_REQUESTED, by=by, target=workspace.name)
        live.end(workspace_id=workspace.pk)


@transaction.atomic
def cancel_deletion(workspace: Workspace, *, by: Membership) -> None:
    changed = (
        Workspace.objects.filter(pk=workspace.pk, deletion_begun_at=None)
        .exclude(deletion_requested_at=None)
        .update(deletion_requested_at=None, deletion_requested_by=None)
    )
    if changed:
        audit.record(workspace, verb=Verb.DELETION_CANCELLED, by=by, target=workspace.name)

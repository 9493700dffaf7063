"""What this app plugs into the registries of the floors below, and of its own."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm import feed, notifications, push, schedule, work
from crm.ui import rail, search, settings_pages, slots
from directory import (
    acts,
    belongings,
    cards,
    columns,
    erasure,
    leavers,
    listening,
    naming,
    person_columns,
    requirements,
    tabs,
    tagging,
    words,
)
from directory import search as lead_search
from directory.actions import erasure as erasing
from directory.actions import personal
from directory.actions.notifications import forget
from directory.bulk import plugs as bulk_acts
from directory.custom import removing
from directory.exporting import plugs as exporting
from directory.filtering import fields, own, own_fields
from directory.importing import plugs as importing
from directory.listing import own_fields as own_columns
from directory.listing import own_orders, sorting
from directory.merging import plugs as merging
from directory.models import Tally
from directory.notifications import consuming, kinds, pushing
from directory.notifications import erasing as summaries
from directory.permissions import DECLARATIONS, DirectoryPermission
from workspaces import leaving, permissions, presence
from workspaces.permissions import may


def register_all() -> None:
    permissions.register(DECLARATIONS)
    listening.register()
    words.register()
    belongings.register()
    cards.register(cards.Part(cards.NAME, naming.load_names))
    cards.register(cards.Part(cards.TAGS, tagging.load_tags))
    tabs.register(tabs.GENERAL)
    columns.register_own()
    exporting.register()
    person_columns.register()
    columns.register_family(own_columns.FAMILY)
    own.register()
    fields.register_family(own_fields.FAMILY)
    sorting.register_family(own_orders.FAMILY)
    requirements.register()
    work.register_kind(erasing.KIND)
    work.register_kind(removing.KIND)
    work.register_kind(personal.KIND)
    _register_erasure()
    importing.register()
    merging.register()
    acts.register(
        acts.Act(
            "erasure",
            _("Delete for good…"),
            "trash-2",
            "directory:lead_erasure",
            tone="danger",
            allowed=lambda membership: membership.may(DirectoryPermission.ERASE_LEADS),
            order=900,
        )
    )
    acts.register(
        acts.Act(
            "personal",
            _("Erase personal data…"),
            "eraser",
            "directory:lead_personal_erasure",
            tone="danger",
            allowed=lambda membership: membership.may(DirectoryPermission.ERASE_PERSONAL),
            order=890,
        )
    )
    leaving.register(leaving.Belonging("leads", _("Leads"), leavers.count, leavers.hand_over))
    managed = _("Personal manager of leads")
    leaving.register(leaving.Belonging("managed", managed, leavers.count_managed, leavers.hand_managed_over))
    search.register(search.Provider("leads", _("Leads"), _found, order=10))
    _register_notifications()
    bulk_acts.register()
    presence.register_figure(presence.Figure("open", _("Open leads"), _open_leads))
    schedule.every("directory.tallies", seconds=10, task="directory.tasks.fold_tallies")
    schedule.daily("directory.recount", at="04:10", task="directory.tasks.recount_tallies")
    rail.register(
        rail.Entry(
            "directory",
            _("Directory"),
            "contact-round",
            "directory:directory",
            order=40,
            shortcut="d",
            also=("directory:duplicates",),
            keywords=_("leads contacts list filter search segments"),
        )
    )
    rail.register_creation(
        rail.Entry(
            "lead",
            _("Lead"),
            "user-round-plus",
            "directory:lead_new",
            order=1,
            dialog=True,
            allowed=lambda request: may(request, DirectoryPermission.WORK_LEADS),
        )
    )
    for order, key, label, icon, permission in (
        (61, "tags", _("Tags"), "tags", DirectoryPermission.MANAGE_TAGS),
        (62, "reasons", _("Reasons"), "list-checks", DirectoryPermission.MANAGE_TAGS),
        (63, "fields", _("Fields"), "rectangle-ellipsis", DirectoryPermission.MANAGE_FIELDS),
    ):
        settings_pages.register(
            settings_pages.Entry(
                key,
                label,
                icon,
                f"directory:{key}",
                order=order,
                group=_("Leads"),
                allowed=partial(may, permission=permission),
            )
        )


def _register_erasure() -> None:
    erasure.register(summaries.PARTICIPANT)
    erasure.register(
        erasure.Participant("events", erasing.erase_events, strip=personal.strip_events, order=1000)
    )
    columns = ("stage_id", "assignee_id", "close_reason_id", "status", "outcome", "value", "is_archived")
    erasure.keep_in_events(*columns, "source", "assignee", "left", "tag")


def _register_notifications() -> None:
    for kind in kinds.KINDS:
        notifications.register(kind)
    feed.register_consumer(consuming.CONSUMER)
    leaving.register_forgetting(forget)
    push.register_content(pushing.ONE, pushing.one)
    push.register_content(pushing.MANY, pushing.many)
    push.register_content(pushing.TRIAL, pushing.trial)
    schedule.every(
        "directory.push", seconds=settings.SWEEP_SECONDS, task="directory.tasks.push_notifications"
    )
    schedule.every("directory.digests", seconds=60, task="directory.tasks.send_digests")
    schedule.daily("directory.old_notifications", at="04:20", task="directory.tasks.forget_notifications")
    slots.fill("bell", "directory:notifications_bell", scoped=True)
    slots.fill("notifications", "directory:notifications", scoped=True)
    label, icon, words = _("Notifications"), "bell", _("what I am told, when, push, e-mail, quiet, mute")
    inside = {"order": 509, "group": _("You"), "keywords": words}
    entry = settings_pages.Entry("notices", label, icon, "directory:notification_settings", **inside)  # type: ignore[arg-type]
    settings_pages.register(entry)
    rail.register_person(entry)
    outside = settings_pages.Entry(  # from the person's own pages: to the workspace used last
        "my_notices",
        label,
        icon,
        "my_notifications",
        scoped=False,
        allowed=lambda request: not hasattr(request, "workspace"),
        **inside,  # type: ignore[arg-type]
    )
    settings_pages.register(outside)
    rail.register_person(outside)


def _open_leads(people: Collection[int]) -> Mapping[int, int]:
    return Tally.objects.open_by_assignee(people)


def _found(request: Any, asked: str, limit: int) -> list[search.Result]:
    """For the palette: what they are called, and where they stand."""
    found = lead_search.find(request.membership, asked, limit)
    names = cards.load_all(found, request.membership, [cards.NAME])[cards.NAME]
    return [
        search.Result(
            names[one.pk],
            reverse("directory:lead", kwargs={"workspace_id": request.workspace.public_id, "pk": one.pk}),
            "user-round",
            one.assignee.user.name if one.assignee else "",
        )
        for one in found
    ]

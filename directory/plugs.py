"""What this app plugs into the registries of the floors below, and of its own."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm import schedule, work
from crm.ui import rail, search, settings_pages
from directory import (
    acts,
    belongings,
    cards,
    erasure,
    leavers,
    listening,
    naming,
    requirements,
    tabs,
    tagging,
    words,
)
from directory import search as lead_search
from directory.actions import erasure as erasing
from directory.permissions import DECLARATIONS, DirectoryPermission
from workspaces import leaving, permissions
from workspaces.permissions import may


def register_all() -> None:
    permissions.register(DECLARATIONS)
    listening.register()
    words.register()
    belongings.register()
    cards.register(cards.Part(cards.NAME, naming.load_names))
    cards.register(cards.Part(cards.TAGS, tagging.load_tags))
    tabs.register(tabs.GENERAL)
    requirements.register()
    work.register_kind(erasing.KIND)
    erasure.register(erasing.EVENTS)
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
    leaving.register(leaving.Belonging("leads", _("Leads"), leavers.count, leavers.hand_over))
    search.register(search.Provider("leads", _("Leads"), _found, order=10))
    schedule.every("directory.tallies", seconds=10, task="directory.tasks.fold_tallies")
    schedule.daily("directory.recount", at="04:10", task="directory.tasks.recount_tallies")
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
    for order, key, label, icon in (
        (61, "tags", _("Tags"), "tags"),
        (62, "reasons", _("Reasons"), "list-checks"),
    ):
        settings_pages.register(
            settings_pages.Entry(
                key,
                label,
                icon,
                f"directory:{key}",
                order=order,
                group=_("Leads"),
                allowed=lambda request: may(request, DirectoryPermission.MANAGE_TAGS),
            )
        )


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

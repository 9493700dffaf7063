"""What assignment plugs into the registries of the floors below."""

from django.utils.translation import gettext_lazy as _

from crm import feed, schedule
from crm.ui import settings_pages
from inbox.assignment import following, queue, telling
from inbox.permissions import InboxPermission
from workspaces import permissions, presence
from workspaces.models import Membership


def register() -> None:
    feed.register_consumer(following.CONSUMER)
    presence.on_arrival(_hand_out)
    telling.register()
    schedule.every("inbox.assignment", seconds=10, task="inbox.tasks.sweep_assignment")
    schedule.daily("inbox.purge_decisions", at="03:55", task="inbox.tasks.purge_decisions")
    settings_pages.register(
        settings_pages.Entry(
            "assignment",
            _("Assignment"),
            "split",
            "inbox:assignment",
            order=26,
            group=_("Workspace"),
            allowed=lambda request: permissions.may(request, InboxPermission.MANAGE_ASSIGNMENT),
        )
    )


def _hand_out(person: Membership) -> None:
    queue.nudge_for(person.workspace_id)

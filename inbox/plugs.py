"""What this app plugs into the registries of the floors below, and of its own."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm import feed, notifications, schedule, work
from crm.ui import settings_pages
from directory.notifications import showing
from inbox import belongings, erasing, merging, notifying
from inbox.assignment import plugs as assignment
from inbox.channels.meta import plugs as meta
from inbox.channels.telegram import plugs as telegram
from inbox.channels.webchat import plugs as webchat
from inbox.channels.whatsapp import plugs as whatsapp
from inbox.conversations import plugs as screen
from inbox.demo import building as demo
from inbox.fetching import working as fetching
from inbox.intake import working as intake
from inbox.models import Channel, ChannelUserObjectPermission
from inbox.permissions import DECLARATIONS, InboxPermission
from inbox.sending import courtesies
from inbox.sending import working as sending
from workspaces import first_steps, grants, permissions
from workspaces.demo import chapters
from workspaces.models import Workspace
from workspaces.operator import places


def register_all() -> None:
    screen.register()
    webchat.register()
    whatsapp.register()
    meta.register()
    telegram.register()
    chapters.register(chapters.Chapter("conversations", 10, demo.tell))
    permissions.register(DECLARATIONS)
    belongings.register()
    erasing.register()
    merging.register()
    places.register(places.Place("hooks:journal", _("Webhooks"), "webhook"))
    settings_pages.register(
        settings_pages.Entry(
            "channels",
            _("Channels"),
            "radio-tower",
            "inbox:channels",
            order=25,
            group=_("Workspace"),
            allowed=lambda request: permissions.may(request, InboxPermission.MANAGE_CHANNELS),
        )
    )
    first_steps.register(
        first_steps.Step(
            "channel",
            10,
            _("Connect a channel to begin"),
            _(
                "A WhatsApp number, a Telegram bot or a chat on your site: what people write there becomes"
                " conversations here."
            ),
            "inbox:channels",
            _("Connect"),
            _has_channel,
        )
    )
    for told in notifying.KINDS:
        notifications.register(told)
    feed.register_consumer(notifying.CONSUMER)
    showing.open_leads_at("inbox:thread")
    assignment.register()
    for kind in (intake.KIND, sending.KIND, courtesies.KIND, fetching.KIND):
        work.register_kind(kind)
    schedule.every("inbox.split", seconds=settings.SWEEP_SECONDS, task="inbox.tasks.split_webhooks")
    schedule.daily("inbox.purge_journal", at="03:40", task="inbox.tasks.purge_journal")
    schedule.daily("inbox.raise_floors", at="03:50", task="inbox.tasks.raise_floors")
    grants.register_grantable(
        grants.Grantable(
            model=Channel,
            grants=ChannelUserObjectPermission,
            codenames={"write_channel": _("Writes from it")},
            label=_("Channels"),
            choices=lambda: Channel.objects.in_use().by_name(),
        )
    )


def _has_channel(workspace: Workspace) -> bool:
    return Channel.objects.in_use().exists()

"""What this app plugs into the registries of the floors below, and of its own."""

from django.utils.translation import gettext_lazy as _

from inbox.models import Channel, ChannelUserObjectPermission
from inbox.permissions import DECLARATIONS
from workspaces import grants, permissions


def register_all() -> None:
    permissions.register(DECLARATIONS)
    grants.register_grantable(
        grants.Grantable(
            model=Channel,
            grants=ChannelUserObjectPermission,
            codenames={"write_channel": _("Writes from it")},
            label=_("Channels"),
            choices=lambda: Channel.objects.in_use().by_name(),
        )
    )

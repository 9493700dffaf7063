"""Who may connect channels. From which one may write is a grant on the channel."""

from django.utils.translation import gettext_lazy as _

from workspaces.permissions import ADMINS, Declaration, Permission


class InboxPermission(Permission):
    MANAGE_CHANNELS = "inbox.manage_channels"


DECLARATIONS = [Declaration(InboxPermission.MANAGE_CHANNELS, _("Manage channels"), ADMINS)]

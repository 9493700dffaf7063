"""Who may connect channels, and say who gets what comes by them. From which one may write is a grant on the channel."""

from django.utils.translation import gettext_lazy as _

from workspaces.permissions import ADMINS, Declaration, Permission


class InboxPermission(Permission):
    MANAGE_CHANNELS = "inbox.manage_channels"
    MANAGE_ASSIGNMENT = "inbox.manage_assignment"
    SHARE_VIEWS = "inbox.share_views"


DECLARATIONS = [
    Declaration(InboxPermission.MANAGE_CHANNELS, _("Manage channels"), ADMINS),
    Declaration(InboxPermission.MANAGE_ASSIGNMENT, _("Manage the assignment of conversations"), ADMINS),
    Declaration(
        InboxPermission.SHARE_VIEWS,
        _("Shared views"),
        ADMINS,
        _("Save views of the conversations for everybody, change and delete them"),
        grantable=True,
    ),
]

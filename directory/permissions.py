"""What people may do with leads. Which leads they see is decided by `directory.visibility`."""

from django.utils.translation import gettext_lazy as _

from workspaces.models import Role
from workspaces.permissions import ADMINS, Declaration, Permission

EVERYONE = frozenset(Role)


class DirectoryPermission(Permission):
    WORK_LEADS = "directory.work_leads"
    MANAGE_TAGS = "directory.manage_tags"
    ERASE_LEADS = "directory.erase_leads"
    MERGE_LEADS = "directory.merge_leads"


DECLARATIONS = [
    Declaration(DirectoryPermission.WORK_LEADS, _("Create and edit leads"), EVERYONE),
    Declaration(
        DirectoryPermission.MANAGE_TAGS,
        _("Tags and reasons"),
        ADMINS,
        _("Create, rename and delete tags and the reasons for won and lost"),
        grantable=True,
    ),
    Declaration(
        DirectoryPermission.ERASE_LEADS,
        _("Delete leads for good"),
        ADMINS,
        _("With all messages, files and history. Nobody can bring them back."),
        grantable=True,
    ),
    Declaration(
        DirectoryPermission.MERGE_LEADS,
        _("Merge leads"),
        ADMINS,
        _("Decide which leads are one person, merge them, and take that back for 30 days"),
        grantable=True,
    ),
]

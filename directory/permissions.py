"""What people may do with leads. Which leads they see is decided by `directory.visibility`."""

from django.utils.translation import gettext_lazy as _

from workspaces.models import Role
from workspaces.permissions import ADMINS, Declaration, Permission

EVERYONE = frozenset(Role)


class DirectoryPermission(Permission):
    WORK_LEADS = "directory.work_leads"
    MANAGE_TAGS = "directory.manage_tags"
    MANAGE_FIELDS = "directory.manage_fields"
    IMPORT_LEADS = "directory.import_leads"
    ERASE_LEADS = "directory.erase_leads"
    SHARE_SEGMENTS = "directory.share_segments"
    ERASE_PERSONAL = "directory.erase_personal"
    EXPORT_LEADS = "directory.export_leads"
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
        DirectoryPermission.MANAGE_FIELDS,
        _("Fields of leads"),
        ADMINS,
        _("Create, change and delete the fields of your own, with what leads hold in them"),
        grantable=True,
    ),
    Declaration(
        DirectoryPermission.SHARE_SEGMENTS,
        _("Shared segments"),
        ADMINS,
        _("Save segments of the directory for everybody, change and delete them"),
        grantable=True,
    ),
    Declaration(
        DirectoryPermission.IMPORT_LEADS,
        _("Import leads"),
        ADMINS,
        _("From CSV and Excel, and take an import back. Leads one does not see are never changed."),
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
        DirectoryPermission.ERASE_PERSONAL,
        _("Erase personal data"),
        ADMINS,
        _("Who the lead was goes for good; what it counts for in figures stays."),
        grantable=True,
    ),
    Declaration(
        DirectoryPermission.EXPORT_LEADS,
        _("Export leads"),
        ADMINS,
        _("The leads that they see, as a file"),
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

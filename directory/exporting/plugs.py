"""What exports plug into the registries, called by the app's own."""

from django.utils.translation import gettext_lazy as _

from crm import jobs
from directory import erasure
from directory.exporting import running, sources, withdrawing
from directory.listing import foot, toolbar
from directory.permissions import DirectoryPermission
from workspaces.models import Membership


def register() -> None:
    sources.register_own()
    jobs.register_kind(running.KIND)
    erasure.register(withdrawing.PARTICIPANT)
    label, icon, route = _("Export"), "file-down", "directory:export"
    foot.register(foot.Foot("export", label, icon, route, order=700, allowed=_may_export))
    toolbar.register(toolbar.Tool("export", label, icon, route, order=20, allowed=_may_export, dialog=True))


def _may_export(membership: Membership) -> bool:
    return membership.may(DirectoryPermission.EXPORT_LEADS)

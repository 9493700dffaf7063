"""Who may shape funnels. Who sees whose leads is a grant on the funnel."""

from django.utils.translation import gettext_lazy as _

from workspaces.permissions import ADMINS, Declaration, Permission


class FunnelPermission(Permission):
    MANAGE_FUNNELS = "funnels.manage_funnels"


DECLARATIONS = [Declaration(FunnelPermission.MANAGE_FUNNELS, _("Manage funnels"), ADMINS)]

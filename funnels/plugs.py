"""What this app plugs into the registries of the floors below."""

from django.utils.translation import gettext_lazy as _

from crm.ui import rail
from directory import pipeline
from funnels.models import Funnel, FunnelUserObjectPermission
from funnels.permissions import DECLARATIONS
from funnels.pipeline import Funnels
from workspaces import grants, permissions


def register_all() -> None:
    permissions.register(DECLARATIONS)
    rail.register(rail.Entry("board", _("Funnels"), "square-kanban", "funnels:board", order=30, shortcut="e"))
    pipeline.plug(Funnels())
    grants.register_grantable(
        grants.Grantable(
            model=Funnel,
            grants=FunnelUserObjectPermission,
            codenames={"work_funnel": _("Works in it"), "see_all_leads": _("Sees all its leads")},
            label=_("Funnels"),
            choices=lambda: Funnel.objects.in_use().in_order(),
        )
    )

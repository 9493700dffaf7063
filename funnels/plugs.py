"""What this app plugs into the registries of the floors below."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm import jobs
from crm.ui import rail, settings_pages
from directory import pipeline
from directory.actions import undoing
from directory.bulk import acts
from directory.listing import places
from funnels import belongings, bulk, filtering
from funnels.actions import moves, rehousing
from funnels.board.page import PLACE
from funnels.models import Funnel, FunnelUserObjectPermission
from funnels.permissions import DECLARATIONS, FunnelPermission
from funnels.pipeline import Funnels
from workspaces import first_steps, grants, permissions
from workspaces.models import Workspace
from workspaces.permissions import may


def manages(request: Any) -> bool:
    return may(request, FunnelPermission.MANAGE_FUNNELS)


def register_all() -> None:
    permissions.register(DECLARATIONS)
    rail.register(rail.Entry("board", _("Funnels"), "square-kanban", "funnels:board", order=30, shortcut="e"))
    pipeline.plug(Funnels())
    jobs.register_kind(rehousing.KIND)
    acts.register(bulk.ToStage())
    acts.register(bulk.ToFunnel())
    undoing.register("move", moves.take_back)
    belongings.register()
    filtering.register()
    places.register(places.Place(PLACE, "funnels:board", "#board", has_pk=True))
    settings_pages.register(
        settings_pages.Entry(
            "funnels",
            _("Funnels"),
            "square-kanban",
            "funnels:funnels",
            order=60,
            group=_("Leads"),
            allowed=manages,
        )
    )
    first_steps.register(
        first_steps.Step(
            "funnel",
            20,
            _("Make your first funnel"),
            _("The way your leads go, stage by stage. Start with one made for your trade."),
            "funnels:funnel_new",
            _("New funnel"),
            _has_funnel,
        )
    )
    grants.register_grantable(
        grants.Grantable(
            model=Funnel,
            grants=FunnelUserObjectPermission,
            codenames={"work_funnel": _("Works in it"), "see_all_leads": _("Sees all its leads")},
            label=_("Funnels"),
            choices=lambda: Funnel.objects.in_use().in_order(),
        )
    )


def _has_funnel(workspace: Workspace) -> bool:
    return Funnel.objects.in_use().exists()

"""Sections of a workspace's export. Its deletion needs nothing of ours: all tables are of the tenant."""

from funnels.models import Funnel, FunnelUserObjectPermission, Stage
from workspaces import portability
from workspaces.portability import Row


def register() -> None:
    for section in (
        portability.table("funnels", lambda workspace: Funnel.objects.all(), _funnel),
        portability.table("stages", lambda workspace: Stage.objects.all(), _stage),
        portability.table(
            "funnel_grants",
            lambda workspace: FunnelUserObjectPermission.objects.select_related("permission", "user"),
            _grant,
        ),
    ):
        portability.register_section(section)


def _funnel(funnel: Funnel) -> Row:
    return {
        "id": funnel.pk,
        "name": funnel.name,
        "colour": funnel.colour,
        "position": funnel.position,
        "is_main": funnel.is_main,
        "archived_at": funnel.archived_at,
        "created_at": funnel.created_at,
    }


def _stage(stage: Stage) -> Row:
    return {
        "id": stage.pk,
        "funnel": stage.funnel_id,
        "name": stage.name,
        "colour": stage.colour,
        "position": stage.position,
        "required": stage.required,
        "stale_days": stage.stale_days,
    }


def _grant(grant: FunnelUserObjectPermission) -> Row:
    return {
        "id": grant.pk,
        "person": grant.user.email,
        "grant": grant.permission.codename,
        "funnel": grant.content_object_id,
    }

"""Funnels as the lead's card needs them: see directory.pipeline, whose protocol this keeps."""

from collections.abc import Sequence

from django.shortcuts import get_object_or_404

from directory.actors import Actor
from directory.pipeline import FunnelChoice, StageChoice
from funnels.actions import moves
from funnels.models import Funnel, Stage
from workspaces.models import Membership


class Funnels:
    def choices(self, membership: Membership) -> Sequence[FunnelChoice]:
        found = Funnel.objects.in_use().open_to(membership).in_order().with_stages()
        return [
            FunnelChoice(
                funnel.pk,
                funnel.name,
                tuple(
                    StageChoice(stage.pk, stage.name, stage.colour)
                    for stage in funnel.stages.all()
                    if stage.leaving_since is None
                ),
            )
            for funnel in found
        ]

    def check_moves_to(self, stage_id: int | None, *, by: Actor) -> None:
        moves.check_moves_to(_stage(stage_id), by=by)

    def move(self, lead_id: int, *, by: Actor, stage_id: int | None) -> bool:
        return moves.move(lead_id, by=by, stage=_stage(stage_id)).has_changed

    def asks(self, stage_id: int | None) -> tuple[str, Sequence[str]]:
        stage = _stage(stage_id)
        return (stage.name, stage.required) if stage else ("", ())

    def asked_at(self, workspace_id: str, stage_id: int, lead_id: int, place: str) -> str:
        from funnels.views.requirements import asked_at

        return asked_at(workspace_id, stage_id, [lead_id], place=place)


def _stage(stage_id: int | None) -> Stage | None:
    if stage_id is None:
        return None
    return get_object_or_404(Stage.objects.with_funnel(), pk=stage_id)

"""The funnels whose boards a person may open, with their stages: one query, for the board and its switcher."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crm.prepared import Prepared
from funnels.models import Funnel
from funnels.models.funnel import granted_to
from workspaces.models import Membership


@dataclass(frozen=True, slots=True)
class StagePlan:
    pk: int
    name: str
    colour: str
    is_leaving: bool  # being deleted: nothing is put there any more
    stale_days: int | None = None


@dataclass(slots=True)
class FunnelPlan:
    pk: int
    name: str
    colour: str
    is_main: bool
    is_archived: bool
    is_leaving: bool
    stages: list[StagePlan] = field(default_factory=list)

    @property
    def stage_ids(self) -> list[int]:
        return [stage.pk for stage in self.stages]

    @property
    def takes_leads(self) -> bool:
        return not (self.is_archived or self.is_leaving)

    @property
    def stale_days(self) -> dict[int, int]:
        """Of the stages that have a limit."""
        return {stage.pk: stage.stale_days for stage in self.stages if stage.stale_days}

    def stage(self, pk: int) -> StagePlan | None:
        return next((stage for stage in self.stages if stage.pk == pk), None)


_OF_FUNNEL = ("pk", "name", "colour", "is_main", "archived_at", "leaving_since")
_OF_STAGE = ("stages__pk", "stages__name", "stages__colour", "stages__leaving_since", "stages__stale_days")
_ORDER = ("position", "pk", "stages__position", "stages__pk")
_all = Prepared(lambda: Funnel.objects.order_by(*_ORDER).values_list(*_OF_FUNNEL, *_OF_STAGE))
_granted = Prepared(
    lambda funnels: (
        Funnel.objects.filter(pk__any=funnels).order_by(*_ORDER).values_list(*_OF_FUNNEL, *_OF_STAGE)
    ),
    funnels=[-1],
)


def of(membership: Membership) -> list[FunnelPlan]:
    """In order; archived ones too."""
    rows = _granted.rows(funnels=list(granted_to(membership))) if membership.is_seller else _all.rows()
    plans: dict[int, FunnelPlan] = {}
    for (
        pk,
        name,
        colour,
        is_main,
        archived_at,
        leaving,
        stage,
        stage_name,
        stage_colour,
        stage_leaving,
        stale_days,
    ) in rows:
        plan = plans.get(pk)
        if plan is None:
            plan = FunnelPlan(pk, name, colour, is_main, archived_at is not None, leaving is not None)
            plans[pk] = plan
        if stage is not None:
            plan.stages.append(
                StagePlan(stage, stage_name, stage_colour, stage_leaving is not None, stale_days)
            )
    return list(plans.values())


def chosen(plans: Sequence[FunnelPlan], pk: int | None) -> FunnelPlan | None:
    """The one that is named; without a name the main one, else the first in use."""
    if pk is not None:
        return next((plan for plan in plans if plan.pk == pk), None)
    usable = [plan for plan in plans if plan.takes_leads]
    return next((plan for plan in usable if plan.is_main), usable[0] if usable else None)


def stages_of(plans: Sequence[FunnelPlan]) -> list[tuple[int, int]]:
    """(stage, funnel) of all, as `listening.topics_for` wants them."""
    return [(stage.pk, plan.pk) for plan in plans for stage in plan.stages]

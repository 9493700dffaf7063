"""Funnels and the board. The seller with the grant works in the funnel; to the other seller its board is not there."""

from funnels.models import Funnel, Stage
from tests.access.rows import ADMINS, EVERYONE, Actor, Row, World
from tests.directory import house

OTHERS = frozenset({Actor.SELLER})
ASKED = frozenset({400})  # no lead is named


def funnel(world: World) -> dict[str, object]:
    return {"pk": house.funnel(world.workspace).pk}


def choices(world: World) -> dict[str, object]:
    return {**funnel(world), "field": "tags"}


def stage(world: World) -> dict[str, object]:
    return {"pk": Stage.objects.filter(funnel_id=funnel(world)["pk"])[0].pk}


def works_in_it(world: World) -> None:
    house.grant(world.granted, by=world.owner, work_funnel=Funnel.objects.all())


def of_board(route: str, method: str = "get", **also: object) -> Row:
    let_in = {method: ADMINS, **also}
    target = choices if route.endswith("choices") else funnel
    return Row(route, target=target, grant=works_in_it, unseen=OTHERS, **let_in)  # type: ignore[arg-type]


ROWS = [
    of_board("funnels:board"),
    of_board("funnels:news"),
    of_board("funnels:more"),
    of_board("funnels:counts"),
    of_board("funnels:choices"),
    of_board("funnels:menu"),
    of_board("funnels:moves", "post"),
    of_board("funnels:closures", post=ADMINS),
    Row("funnels:requirements", get=EVERYONE, post=EVERYONE, target=stage, ok=ASKED),
    of_board("funnels:statuses", "post"),
    of_board("funnels:assignments", "post"),
    of_board("funnels:archivals", "post"),
    of_board("funnels:undo", "post"),
    Row("funnels:funnels", get=ADMINS),
    Row("funnels:funnel_new", get=ADMINS, post=ADMINS),
    Row("funnels:funnel_order", post=ADMINS),
    Row("funnels:funnel", get=ADMINS, post=ADMINS, target=funnel),
    Row("funnels:funnel_main", post=ADMINS, target=funnel),
    Row("funnels:funnel_archival", post=ADMINS, target=funnel),
    Row("funnels:funnel_removal", get=ADMINS, post=ADMINS, target=funnel),
    Row("funnels:stages", post=ADMINS, target=funnel),
    Row("funnels:stage_order", post=ADMINS, target=funnel),
    Row("funnels:stage", post=ADMINS, target=stage),
    Row("funnels:stage_rules", get=ADMINS, post=ADMINS, target=stage),
    Row("funnels:stage_removal", get=ADMINS, post=ADMINS, target=stage),
]
